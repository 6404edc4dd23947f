"""`up` watches its parts: which are started again, and which are left alone."""

import sys
import threading
from pathlib import Path

import pytest

from cli import up
from cli.fault import Fault
from cli.parts import Part
from cli.up import Watched
from config.settings import Settings


def part(tmp_path: Path, name: str, code: str) -> Part:
    return Part(name, [sys.executable, "-c", code], tmp_path / f"{name}.log", {})


def test_ten_ends_within_an_hour_are_made_good_and_the_eleventh_is_not(tmp_path: Path):
    one = Watched(part(tmp_path, "worker", ""))
    assert [one.keeps_ending(at) for at in range(10)] == [False] * 10
    assert one.keeps_ending(10.0)
    assert one.given_up


def test_what_ended_long_ago_does_not_count(tmp_path: Path):
    one = Watched(part(tmp_path, "worker", ""))
    assert not any(one.keeps_ending(at) for at in range(0, 36_000, 400))


def test_a_part_that_keeps_ending_is_left_alone_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(up, "_LOOK_EVERY_S", 0.01)
    bad, good = part(tmp_path, "worker", "raise SystemExit(3)"), part(tmp_path, "web", "import time; time.sleep(600)")
    for each in (bad, good):
        each.start()
    stopping, settings = threading.Event(), Settings(home=tmp_path, prefect_port=1)
    watching = threading.Thread(target=up._watch, args=(settings, [bad, good], stopping))
    watching.start()
    while "left alone" not in (said := capsys.readouterr().out) and watching.is_alive():
        stopping.wait(0.05)
    assert "The worker keeps ending (status 3) and is left alone" in said
    assert watching.is_alive()
    assert good.ended() is None
    good.ask_to_stop()
    stopping.set()
    watching.join()
    up.stop_all([bad, good], within_s=5)


def test_when_nothing_is_left_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(up, "_LOOK_EVERY_S", 0.01)
    bad = part(tmp_path, "web application", "raise SystemExit(1)")
    bad.start()
    with pytest.raises(Fault, match="every part keeps ending"):
        up._watch(Settings(home=tmp_path, prefect_port=1), [bad], threading.Event())
