"""Invented data for the scripts of calls: for the preview, and for the tests of the templates."""

from dataclasses import dataclass
from typing import Final

from templates.cleaning import Plain
from templates.samples import COMPANY, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSample:
    name: str
    title: str
    call: str
    """The name of its template."""
    values: Values


_CALL: Final[Values] = {
    "company": COMPANY,
    "call": 12,
    "what": "to ask how it went",
    "attempt": 1,
    "customer_name": "Anna Bergmann",
    "spoken_name": "Anna Bergmann",
    "phone": "+49 30 5550 1234",
    "until": "Fri 13 March 2026, 12:00 CET",
    "window": "09:00 and 20:00",
    "service_kind": "job completed",
    "service_date": "Thursday, 12 March 2026",
    "said_date": "Thursday, 12 March 2026",
    "department": "Heating",
    "branch": "Berlin Mitte",
    "reason": "the customer prefers the phone",
    "reads": "English",
    "says": "English",
    "unserved": None,
    "handled_by": "Heating",
    "contact_by": "Thu 19 March 2026, 10:12 CET",
    "commands": ['./aftercare calls record 12 --outcome answered --rating N --comment "WHAT THE CUSTOMER SAID"'],
}


def _call(name: str, title: str, call: str, **values: Plain) -> CallSample:
    return CallSample(name=name, title=title, call=call, values=_CALL | values)


CALL_SAMPLES: Final[tuple[CallSample, ...]] = (
    _call("survey", "how it went", "survey"),
    _call("survey-unnamed", "how it went, little known, third call", "survey", customer_name=None, spoken_name=None,
          phone=None, attempt=3, unserved="pl"),
    _call("confirm", "an answer to be confirmed", "confirm", what="to confirm an answer", said_rating=2,
          said_comment=["It rattles.", "Still."], said_contact_me=1),
    _call("confirm-comment", "a comment to be confirmed", "confirm", what="to confirm an answer", said_rating=None,
          said_comment=["Nobody came."], said_contact_me=0),
    _call("recovery", "whether it helped", "recovery", what="to ask whether the resolution helped",
          action_taken="we replaced the gas valve and checked the whole line for leaks.",
          resolved_on="Saturday, 21 March 2026"),
)  # fmt: skip
