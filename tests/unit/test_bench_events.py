"""The events' benchmark: its posts are what our hook takes, and its count finds what is missing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.event_load import PER_POST, Result, Sender
from benchmarks.events import Lost, Site, check
from channels.sendgrid_events import read_events
from channels.sendgrid_signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, is_signed, public_key
from cli import bench
from models.store import Store
from vocabulary import Channel
from web.news import take_in


def parts(post: bytes) -> tuple[dict[str, str], bytes]:
    head, _, body = post.partition(b"\r\n\r\n")
    return dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:]), body


def test_its_posts_are_signed_and_hold_so_many_events_each():
    sender = Sender(1)
    key, seen = public_key(sender.public_key), set[str]()
    for _ in range(5):
        headers, body = parts(sender.post())
        assert is_signed([headers[SIGNATURE_HEADER]], [headers[TIMESTAMP_HEADER]], body, [key])
        assert int(headers["Content-Length"]) == len(body)
        seen |= {report.event_id for report in read_events(body, datetime.now(UTC))}
    assert len(seen) == 5 * PER_POST
    assert sender.mails == 5 * PER_POST // 2


def test_what_is_acknowledged_and_missing_is_found(store: Store):
    sender, now = Sender(1), datetime.now(UTC)
    for count in (1, 2):
        _, body = parts(sender.post())
        with store.write() as db:
            take_in(db, "sendgrid", read_events(body, now), Channel.EMAIL, at=now)
        check(Site(store, sender), count * PER_POST, merged=False)
    with pytest.raises(Lost, match="150 events were acknowledged, but 100 are there"):
        check(Site(store, sender), 3 * PER_POST, merged=False)
    with pytest.raises(Lost, match="the ending was told"):
        check(Site(store, sender), 2 * PER_POST, merged=True)


def test_a_rate_is_what_was_acknowledged_and_waits_are_told_by_rank():
    result = Result(seconds=2.0, acknowledged=100, waits_s=[0.001 * number for number in range(100)])
    assert (result.rate, result.percentile_ms(0.5), result.percentile_ms(0.99)) == (50, 50, 99)


def test_the_options_reach_the_program_that_measures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    started: list[list[str]] = []
    monkeypatch.setattr(bench.os, "execv", lambda _program, command: started.append(command))
    file = tmp_path / "figures.json"
    assert CliRunner().invoke(bench.app, ["events", "--seconds", "5", "--json", str(file)]).exit_code == 0
    assert started[0][3:] == ["benchmarks.events", "--seconds", "5.0", "--rate", "5000", "--json", str(file)]
