"""Invented data for the mails about a reply that nobody has read yet."""

from typing import Final

from templates.cleaning import Plain
from templates.sample_kinds import COMPANY, MessageSample, Values
from vocabulary import Purpose

_WAITING: Final[Values] = {
    "company": COMPANY,
    "reply_id": 812,
    "case_id": 4711,
    "department": "Heating",
    "owner": "Petra Lindqvist",
    "role": "owner",
    "percent": 50,
    "time_left": "12 h 00 min left",
    "received_at": "Wed 18 Mar 2026, 10:12",
    "deadline_at": "Thu 19 Mar 2026, 10:12",
    "missed": None,
    "url": "https://feedback.example.com/console/replies/812",
}


def _mail(name: str, title: str, **changes: Plain) -> MessageSample:
    return MessageSample(name=name, title=title, purpose=Purpose.REPLY_WAITING, values=_WAITING | changes)


REPLY_SAMPLES: Final[tuple[MessageSample, ...]] = (
    _mail("reply-waiting", "a reply that nobody has read, to the owner"),
    _mail("reply-waiting-stand-in", "a reply that nobody has read, to a stand-in", role="stand-in"),
    _mail(
        "reply-waiting-supervisor",
        "a reply that nobody has read, to the supervisor",
        role="supervisor",
        percent=75,
        time_left="6 h 00 min left",
    ),
    _mail("reply-overdue", "an overdue reply, to the owner", percent=100, time_left="0 h 01 min late"),
    _mail(
        "reply-overdue-stand-in",
        "an overdue reply, to a stand-in",
        role="stand-in",
        percent=100,
        time_left="0 h 01 min late",
    ),
    _mail(
        "reply-overdue-no-case",
        "an overdue reply of no case, to the supervisor",
        role="supervisor",
        percent=100,
        case_id=None,
        department=None,
        missed="Petra Lindqvist",
        time_left="0 h 01 min late",
    ),
)
