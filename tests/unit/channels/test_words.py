"""Word of what happened, as a program and a room of a chat are given it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.protocol import Word
from channels.slack import text
from channels.webhook import body

AT = datetime(2026, 10, 6, 11, 0, 0, 250000, tzinfo=UTC)
CONCERN: dict[str, Any] = {
    "case": 7, "escalation": 3, "severity": "dissatisfied", "department": "Heating",
    "deadline_at": "2026-10-07T11:00:00Z", "reopened": 0,
}  # fmt: skip


def word(event: str = "escalation.opened", **about: Any) -> Word:
    page = "https://care.example.com/console/concerns/3"
    return Word(ref="msg_1", event=event, at=AT, about=CONCERN | about, url=page)


def test_a_webhook_has_the_form_that_standard_webhooks_recommends():
    told = json.loads(body(word()))
    assert told == {
        "type": "escalation.opened",
        "timestamp": "2026-10-06T11:00:00.250000Z",
        "data": CONCERN | {"url": "https://care.example.com/console/concerns/3"},
    }
    assert body(word()) == body(word())


@pytest.mark.parametrize(
    ("event", "about", "line"),
    [
        ("escalation.opened", {}, "Concern 3 opened · dissatisfied · Heating · until 2026-10-07 11:00 UTC · "),
        (
            "escalation.warned", {"percent": 75},
            "Concern 3: 75 % of the time is gone · dissatisfied · Heating · until 2026-10-07 11:00 UTC · ",
        ),
        (
            "escalation.warned", {"limit": "resolution"},
            "Concern 3: taken, but not resolved in time · dissatisfied · Heating · until 2026-10-07 11:00 UTC · ",
        ),
        (
            "escalation.breached", {"percent": 100},
            "Concern 3: the deadline has passed and nobody has taken it · dissatisfied · Heating · ",
        ),
        (
            "escalation.resolved", {"root_cause": "workmanship"},
            "Concern 3 resolved · dissatisfied · Heating · workmanship · ",
        ),
    ],
)  # fmt: skip
def test_a_room_reads_one_line(event: str, about: dict[str, Any], line: str):
    assert text(word(event, **about)) == f"{line}<https://care.example.com/console/concerns/3|Open>"


@pytest.mark.parametrize(
    "hostile",
    [
        "<!channel>", "<@U123>", "@all", "@here", "<https://evil.example|Open>", "[Open](https://evil.example)",
        "![x](https://evil.example/x.png)", "a\nb\r\nc", "`code`", "*bold*", "~gone~", "# title", "> quote",
        "| a | b |", "{escalation.__class__}", "https://evil.example/x", "&lt;!channel&gt;",
    ],
)  # fmt: skip
def test_a_word_stays_a_word_in_every_chat(hostile: str):
    said = text(word(department=hostile))
    before, _, link = said.rpartition(" · ")
    assert link == "<https://care.example.com/console/concerns/3|Open>"
    assert not set("<>@[]()!`*~#|{}:\n\r") & set(before.replace(":", "", before.count("11:00")))
    assert "&" not in before.replace("&amp;", "")


def test_a_closed_case_is_said_with_its_disposition():
    about = {"case": 9, "department": "A & B", "disposition": "no answer"}
    page = "https://care.example.com/console/cases/9?a=1&b=<2>|3"
    closed = Word(ref="m", event="case.closed", at=AT, about=about, url=page)
    link = "<https://care.example.com/console/cases/9?a=1&amp;b=%3C2%3E%7C3|Open>"
    assert text(closed) == f"Case 9 closed: no answer · A &amp; B · {link}"
