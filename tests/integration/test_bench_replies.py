"""The replies' benchmark over a real store: a planted wrong outcome is found, and so is a right one."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from benchmarks import replies

SMS = {"channel": "sms", "asked": "survey", "kind": "planted"}


@pytest.fixture(autouse=True)
def same_environment_afterwards(monkeypatch: pytest.MonkeyPatch):
    """The benchmark sets the environment of its own process."""
    for name in [name for name in os.environ if name.startswith("AFTERCARE_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "SMS", "REPLY_DOMAIN", "INBOUND_SECRET", "TWILIO_AUTH_TOKEN"):
        monkeypatch.setenv(f"AFTERCARE_{name}", "")


def bench(tmp_path: Path, *cases: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Its status, and its figures."""
    file, figures = tmp_path / "set.json", tmp_path / "figures.json"
    file.write_text(json.dumps({"cases": [SMS | case for case in cases]}))
    return replies.main([str(file), "--json", str(figures)]), json.loads(figures.read_text())


def test_what_is_right_in_the_store_is_right(tmp_path: Path, capsys):
    status, found = bench(
        tmp_path,
        {"text": "5", "accept": ["rating:5"], "comment": None},
        {"text": "1", "accept": ["rating:1 + concern"]},
        {"text": "STOP", "accept": ["opt_out"]},
        {"text": "5", "accept": ["rating:5"], "channel": "email"},
        {"text": "STOP", "accept": ["opt_out"], "channel": "email"},
        {"text": "5", "accept": ["confirm"], "asked": "recovery"},
        {"text": "1", "accept": ["reopen"], "asked": "recovery"},
        {"text": "I am away", "accept": ["automatic"], "channel": "email", "headers": "Auto-Submitted: auto-replied\n"},
        {"text": "STOP", "accept": ["opt_out"], "asked": "over"},
        {
            "head": "On Mon, Oct 5, 2026 at 6:26 PM {company} <{reply_address}> wrote:",
            "language": "en",
            "program": "planted",
            "quoted_with_gt": True,
        }
        | dict.fromkeys(SMS),
    )
    wrong = [line for line in found["wrong"] if "person" not in line]
    assert wrong == []
    assert found["cases"] == 9 + 24
    assert status == (1 if found["wrong"] else 0)
    assert capsys.readouterr().out.endswith(f"silently wrong: {found['silently_wrong']} of 33\n")


def test_a_planted_wrong_outcome_is_silently_wrong_and_says_what_happened(tmp_path: Path, capsys):
    status, found = bench(
        tmp_path,
        {"text": "5", "accept": ["rating:4", "person"]},
        {"text": "STOP", "accept": ["person", "hold"]},
        {"text": "5", "accept": ["rating:5"], "comment": "very good"},
        {"text": "5", "accept": ["automatic"]},
        {"text": "5", "accept": ["reopen"], "asked": "recovery"},
        {"text": "5", "accept": ["rating:5"]},
    )
    assert (status, found["silently_wrong"], found["cases"]) == (1, 5, 6)
    assert "rated 5" in found["wrong"][0]
    assert "opt_out" in found["wrong"][1]
    assert "is not what the customer wrote" in found["wrong"][2]
    assert "confirm" in found["wrong"][4]
    assert capsys.readouterr().out.endswith("silently wrong: 5 of 6\n")
