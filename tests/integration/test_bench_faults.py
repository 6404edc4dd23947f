"""The benchmark of the faults in its short form: all is well with us, and a planted bug turns it red."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import policy

ROOT = Path(policy.__file__).parent.parent

pytestmark = pytest.mark.slow


def measured(folder: Path, *options: str) -> tuple[int, str, dict[str, Any]]:
    """Exit status, what was printed, and the figures of SQLite."""
    figures = folder / "figures.json"
    short = ["--database", "sqlite", "--cases", "36", "--kills", "4", "--seed", "4", "--json", str(figures)]
    command = [sys.executable, "-P", "-m", "benchmarks.faults", *short, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert figures.exists(), done.stdout + done.stderr
    return done.returncode, done.stdout, json.loads(figures.read_text())[0]


def test_nothing_is_lost_nothing_is_sent_twice_for_no_reason_and_nobody_is_late(tmp_path: Path):
    status, told, figures = measured(tmp_path)
    assert status == 0, told
    assert figures["cases"] >= 36
    assert sum(figures["kills"].values()) == 4
    assert "every bar is held" in told


def test_a_retry_without_a_wait_turns_it_red(tmp_path: Path):
    status, told, figures = measured(tmp_path, "--plant", "blind-retry")
    assert status == 1, told
    assert figures["unexplained_copies"]
