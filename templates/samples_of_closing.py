"""Invented data for the mails about a signature, and for those that a stand-in gets."""

from typing import Final

from templates.cleaning import Plain
from templates.sample_kinds import COMPANY, MessageSample, Values
from vocabulary import Purpose

_SIGNATURE: Final[Values] = {
    "company": COMPANY,
    "escalation_id": 2047,
    "case_id": 4711,
    "department": "Heating",
    "owner": "Petra Lindqvist",
    "role": "supervisor",
    "severity": "dissatisfied",
    "missed": None,
    "asked_by": "Petra Lindqvist",
    "asked_at": "Fri 27 Mar 2026, 10:12",
    "attempts": 4,
    "channels": "phone, email",
    "first_at": "Thu 19 Mar 2026, 11:30",
    "root_cause": "billing",
    "action_taken": "The invoice was corrected and sent by post.",
    "declined_by": None,
    "url": "https://feedback.example.com/console/concerns/2047/clock",
}


def _mail(name: str, title: str, values: Values, **changes: Plain) -> MessageSample:
    return MessageSample(name=name, title=title, purpose=Purpose.SIGNATURE_REQUEST, values=values | changes)


CLOSING_SAMPLES: Final[tuple[MessageSample, ...]] = (
    _mail("signature", "signature asked for, to the supervisor", _SIGNATURE),
    _mail("signature-declined", "signature declined, to the owner", _SIGNATURE, role="owner",
          declined_by="Marek Novak",),
)  # fmt: skip
