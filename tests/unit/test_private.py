"""What is written at home is for its owner alone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.private import open_to_others, private_home


@pytest.fixture(autouse=True)
def lax() -> Iterator[None]:
    """As most accounts are set up."""
    former = os.umask(0o022)
    yield
    os.umask(former)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_home_that_is_made_is_closed_and_so_is_what_is_written(tmp_path: Path):
    home = tmp_path / "not" / "there"
    private_home(home)
    (home / "refused.csv").write_text("Ann Example")
    (home / "reviews").mkdir()
    assert (mode(home), mode(home / "refused.csv"), mode(home / "reviews")) == (0o700, 0o600, 0o700)


def test_what_an_earlier_version_left_open_is_closed_and_nothing_else(tmp_path: Path):
    tmp_path.chmod(0o755)
    (tmp_path / "aftercare.db").write_text("")
    (tmp_path / "reviews").mkdir(mode=0o755)
    (tmp_path / "notes.txt").write_text("somebody else's")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (tmp_path / "log").symlink_to(elsewhere)
    private_home(tmp_path)
    assert (mode(tmp_path / "aftercare.db"), mode(tmp_path / "reviews")) == (0o600, 0o700)
    assert (mode(tmp_path), mode(tmp_path / "notes.txt"), mode(elsewhere)) == (0o755, 0o644, 0o755)
    assert open_to_others(tmp_path)


def test_a_closed_home_is_not_complained_about(tmp_path: Path):
    tmp_path.chmod(0o700)
    assert not open_to_others(tmp_path)
