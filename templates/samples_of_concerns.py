"""Invented data for the messages that people send while they work on a concern."""

from typing import Final

from templates.cleaning import Plain
from templates.sample_kinds import COMPANY, MessageSample, Values
from vocabulary import Purpose

_UPDATE: Final[Values] = {
    "company": COMPANY,
    "customer_name": "Anna",
    "service_kind": "job completed",
    "service_date": "Thursday, 12 March 2026",
    "unsubscribe_url": "https://feedback.example.com/u/m4t6x2p7q5w3z6k2v4c7b5n3l6r2y4d7",
    "words": "The part is here. Tom comes on Friday, 9 to 11.\nSorry that it took so long.",
    "written_by": "Petra Lindqvist",
}
_STAFF: Final[Values] = {
    "company": COMPANY,
    "escalation_id": 2047,
    "case_id": 4711,
    "department": "Heating",
    "owner": "Petra Lindqvist",
    "role": "owner",
    "severity": "dissatisfied",
    "missed": None,
}
_HANDED: Final[Values] = _STAFF | {
    "words": "Tom is ill until Monday, and you know this boiler.",
    "written_by": "Marek Novak",
    "comment": "The boiler has been off again since this morning.\nPlease send somebody today.",
    "customer_name": "Anna Bergmann",
    "customer_email": "anna.bergmann@example.com",
    "customer_phone": "+49 30 5550 1234",
    "acknowledge_by": "Wed 18 Mar 2026, 14:12",
    "deadline_at": "Thu 19 Mar 2026, 10:12",
    "resolve_by": "Sun 22 Mar 2026, 10:12",
    "url": "https://feedback.example.com/console/concerns/2047",
}
_SUBTASK: Final[Values] = _STAFF | {
    "role": "asked",
    "department": "Billing",
    "subtask_id": 12,
    "words": "Please cancel invoice 881: the part was under warranty.",
    "written_by": "Petra Lindqvist",
    "due": "Fri 20 Mar 2026, 12:00",
    "result": None,
    "ended_by": None,
    "url": "https://feedback.example.com/console/subtasks/12",
}


def _mail(name: str, title: str, purpose: Purpose, values: Values, **changes: Plain) -> MessageSample:
    return MessageSample(name=name, title=title, purpose=purpose, values=values | changes)


CONCERN_SAMPLES: Final[tuple[MessageSample, ...]] = (
    _mail("concern-update", "a person writes about the concern", Purpose.CONCERN_UPDATE, _UPDATE),
    _mail("answer-to-reply", "a person answers what the customer wrote", Purpose.ANSWER_TO_REPLY, _UPDATE,
          words="Yes, the second boiler can be checked on Friday as well.\nTom brings the part."),
    _mail("handed-over", "concern handed over, to the new owner", Purpose.CONCERN_HANDED_OVER, _HANDED),
    _mail("handed-over-former", "concern handed over, to the former owner", Purpose.CONCERN_HANDED_OVER, _HANDED,
          role="former owner", comment=None, customer_phone=None),
    _mail("subtask-asked", "sub-task, to the department", Purpose.SUBTASK_NOTICE, _SUBTASK),
    _mail("subtask-done", "sub-task done, to the owner of the concern", Purpose.SUBTASK_NOTICE, _SUBTASK,
          role="done", result="Cancelled; the credit note went out today.", ended_by="Ben Carter"),
    _mail("subtask-withdrawn", "sub-task withdrawn, to the department", Purpose.SUBTASK_NOTICE, _SUBTASK,
          role="withdrawn", result="The customer has paid it, and is content.", ended_by="Petra Lindqvist"),
    _mail("message-lost", "a message did not arrive, to the owner", Purpose.MESSAGE_LOST, _STAFF,
          lost="A message about the concern by e-mail did not arrive (bounce 5.1.1).",
          url="https://feedback.example.com/console/concerns/2047"),
)  # fmt: skip
