"""Unconfirmed answers: a person asks the customer, once per case, and nobody is paged."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from casework.contact import Contact
from models.cases import calls_of, is_open, next_number, stages_of
from models.doubts import unconfirmed_of
from models.owed import OwedCall, give_reason, owe_calls
from policy.concern import Concern, Spoken, judge
from policy.rules import Rules
from vocabulary import Disposition, Stage


def owe_confirming(db: Connection, doubted: Mapping[int, Contact], now: datetime) -> int:
    """Owe a call for each of these cases (taken and judged by this transaction) that needs one; how many.

    A call that is open anyway is told what it is about now, instead of a second one.
    """
    answers, made = unconfirmed_of(db, list(doubted)), calls_of(db, list(doubted), of_survey=False)
    standing, owed = stages_of(db, list(doubted)), []
    for case_id, contact in doubted.items():
        said, calls = answers[case_id], made.get(case_id, [])
        reasons = _reasons(said, contact.rules)
        reason = _reason(said[-1].rating, reasons)
        still_open = [call for call in calls if _is_about(call, said[-1], standing[case_id])]
        if still_open:
            call = still_open[-1]
            give_reason(db, call.id, reason if call.confirms else f"{call.reason.partition(_ALSO)[0]}{_ALSO}{reason}")
        elif _is_to_be_asked(standing[case_id], concern=bool(reasons)) and not any(call.confirms for call in calls):
            owed.append(_call(contact, calls, said[-1], reason, now))
    return owe_calls(db, owed, at=now)


_ALSO = "; also: "


def _is_about(call: Row[Any], answer: Row[Any], case: Row[Any]) -> bool:
    """Whether the call is still to be made, and would be about the same thing as the answer."""
    if not is_open(call) or call.escalation_id != answer.escalation_id:
        return False
    return bool(call.confirms) or case.stage in (Stage.ASKED, Stage.RECOVERING)


def _is_to_be_asked(case: Row[Any], *, concern: bool) -> bool:
    """While an answer of the customer counts, or a person has the case in hand, there is nothing to ask about;
    unless the unconfirmed one holds a concern that nobody would hear of. Who has opted out is not asked.
    """
    if case.stage in (Stage.ASKED, Stage.RECOVERING):
        return True
    answered = case.disposition in (Disposition.SATISFIED, Disposition.NEUTRAL)
    return bool(case.stage == Stage.ENDED and answered and concern)


def _reasons(said: list[Row[Any]], rules: Rules) -> tuple[str, ...]:
    """What the unconfirmed answers of a case would be concerns for, each once."""
    found: dict[str, None] = {}
    for answer in said:
        spoken = Spoken(rating=answer.rating, comment=answer.comment, contact_me=answer.contact_me,
                        solved=False, concern=False, concern_open=False)  # fmt: skip
        verdict = judge(spoken, rules.survey, rules.escalation)
        found |= dict.fromkeys(verdict.reasons if isinstance(verdict, Concern) else ())
    return tuple(found)


def _reason(rating: int | None, concerns: tuple[str, ...]) -> str:
    about = "; ".join(concerns) or ("a comment without a rating" if rating is None else f"rating {rating} of 5")
    return f"confirm the rating with the customer: a program may have answered ({about})"


def _call(contact: Contact, made: list[Row[Any]], answer: Row[Any], reason: str, now: datetime) -> OwedCall:
    tried = [call.done_at for call in made if call.done_at]
    about = {"escalation_id": answer.escalation_id, "confirms": answer.id}
    return contact.call(next_number(made), reason, tried, now, **about)
