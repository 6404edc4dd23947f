"""A person says what a reply is: it becomes an answer, a concern or an opt-out, or is noted as done."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from casework.rules import rules_of
from casework.unread import take_warnings_back
from models.answers import Said, TooLate, last_answer, record
from models.log import NewEntry, append
from models.optouts import EVERYTHING, Refusal, opt_out, suppress_address
from models.replies import ReplyError, Settlement, case_asked, find, name_answer
from models.reply_queue import answer_of, cases_of_sender, take
from models.spellings import keys_of_number
from models.subjects import case_and_service
from models.unread import wake
from policy.rules import SurveyRules
from vocabulary import Channel, Clause, Event, Stage

_RATINGS = range(1, 6)
_LONGEST = 4000
_OF_NO_CASE = (Settlement.OPT_OUT, Settlement.NOTED)
_ABOUT_RECOVERY = (Settlement.CONFIRMED, Settlement.NOT_CONFIRMED)
_RECORDED = (Settlement.ANSWER, Settlement.CONCERN, *_ABOUT_RECOVERY)
_NO_ANSWERS = (Stage.PLANNED, Stage.CLOSED)
_ELSE = "call the customer, or hand the reply over to who can help; then mark it as done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person makes of a reply. `reason`: why, which is asked for when our proposal of an opt-out is refused."""

    how: Settlement
    rating: int | None = None
    comment: str | None = None
    refusal: Refusal = EVERYTHING
    reason: str | None = None


def settle_reply(
    db: Connection, reply_id: int, how: Settlement, *, by: str, at: datetime, rating: int | None = None,
    comment: str | None = None, refusal: Refusal = EVERYTHING, reason: str | None = None,
) -> None:  # fmt: skip
    """Take a reply out of the queue, once, with what follows from it, in the caller's transaction. What waited for it
    is looked at at once. Raises ReplyError.
    """
    verdict = Verdict(how=how, rating=rating, comment=comment, refusal=refusal, reason=(reason or "").strip() or None)
    _check(verdict, at)
    reply = take(db, reply_id, how=how, by=by, at=at, reason=verdict.reason)
    case = case_asked(db, reply.case_id) if reply.case_id is not None else None
    proposal = proposal_of(reply)
    in_the_way = obstacle(how, reply, case) or _unexplained(verdict, proposal)
    if in_the_way:
        raise ReplyError(in_the_way)
    take_warnings_back(db, reply, at)
    _log(db, reply, case, verdict, proposal, by, at)
    if case is not None and how in _RECORDED:
        _record(db, reply, case, verdict, by=by, at=at, rules=rules_of(db, case.policy_version).survey)
    elif how is Settlement.OPT_OUT:
        _leave(db, reply, verdict.refusal, by, at)
    for case_id in cases_of_sender(db, reply):
        wake(db, case_id, at)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Our best reading of a reply."""

    how: Settlement
    rating: int | None = None


def proposal_of(reply: Row[Any]) -> Proposal | None:
    """None where we have none to make."""
    told = json.loads(reply.proposal or "null")
    if told is None or told.get("as") not in set(Settlement):
        return None
    return Proposal(Settlement(told["as"]), told.get("rating"))


def obstacle(how: Settlement, reply: Row[Any], case: Row[Any] | None) -> str | None:
    """Why a reply cannot be that, and what to do instead; None when it can. `case`: as `case_asked` gives it."""
    if case is None:
        if how not in _OF_NO_CASE:
            return "it belongs to no case of ours: record an opt-out of its sender, hand it over, or mark it as done"
        has_sender = how is not Settlement.OPT_OUT or reply.from_key
        return None if has_sender else "its sender is not known, so nobody can be opted out: mark it as done"
    if how in _ABOUT_RECOVERY and case.escalation_id is None:
        return f"case {case.case_id} no longer asks whether it was put right: record an answer or a concern"
    if how in _RECORDED and case.stage in _NO_ANSWERS:
        return f"case {case.case_id} takes no answers: it is {case.stage}. To help, {_ELSE}"
    if how is Settlement.AUTOMATIC and reply.answer_id is not None:
        return "it was written on our page, not sent by a machine"
    return None


def possible(reply: Row[Any], case: Row[Any] | None) -> dict[Settlement, str | None]:
    """For each word what is in its way, of those that make sense for such a reply at all."""
    return {how: obstacle(how, reply, case) for how in Settlement}


def customers_day(db: Connection, reply_id: int, day: date, *, otherwise: ZoneInfo) -> datetime:
    """When a day begins by the calendar of the customer of a reply; `otherwise` where the customer is not known."""
    reply = find(db, reply_id)
    zone = otherwise
    if reply.case_id is not None:
        zone = ZoneInfo(case_and_service(db, reply.case_id)[0].recipient_timezone)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _check(verdict: Verdict, at: datetime) -> None:
    how, refusal = verdict.how, verdict.refusal
    if verdict.rating is not None and how not in (Settlement.ANSWER, Settlement.CONCERN):
        raise ReplyError("a rating belongs to an answer or a concern: choose one of them, or leave it out")
    if verdict.comment and how not in _RECORDED:
        raise ReplyError("a comment belongs to an answer or a concern: choose one of them, or leave it out")
    if verdict.rating is not None and verdict.rating not in _RATINGS:
        raise ReplyError("a rating is a number from 1 to 5")
    for name, text in (("comment", verdict.comment), ("reason", verdict.reason)):
        if len(text or "") > _LONGEST:
            raise ReplyError(f"a {name} has at most {_LONGEST} characters, and this one {len(text or '')}: shorten it")
    if refusal != EVERYTHING and how is not Settlement.OPT_OUT:
        raise ReplyError("a channel and a date belong to an opt-out: choose it, or leave them out")
    if refusal.until is not None and refusal.until <= at:
        raise ReplyError("the day until which nothing is sent must be in the future")


def _unexplained(verdict: Verdict, proposal: Proposal | None) -> str | None:
    refused = proposal is not None and proposal.how is Settlement.OPT_OUT and verdict.how is not Settlement.OPT_OUT
    return "it reads like an opt-out: give the reason why it is none" if refused and not verdict.reason else None


def _log(
    db: Connection, reply: Row[Any], case: Row[Any] | None, verdict: Verdict, proposal: Proposal | None, by: str,
    at: datetime,
) -> None:  # fmt: skip
    """With what we had proposed, and whether the person followed it. Words of people stay in their own rows."""
    detail: dict[str, Any] = {"as": verdict.how, "rating": verdict.rating, "comment": bool(verdict.comment)}
    if verdict.refusal != EVERYTHING:
        until = verdict.refusal.until
        detail |= {"refused": verdict.refusal.channel, "until": f"{until:%Y-%m-%d}" if until else None}
    if proposal is not None:
        followed = proposal == Proposal(verdict.how, verdict.rating) and verdict.refusal == EVERYTHING
        detail |= {"proposed": proposal.how, "proposed rating": proposal.rating, "followed": followed}
    append(db, [NewEntry(event=Event.REPLY_SETTLED, at=at, clause=Clause.RECORD, case_id=reply.case_id,
                         ref_id=reply.id, actor=by, policy_version=case.policy_version if case else None,
                         detail=detail | {"reason given": bool(verdict.reason)})])  # fmt: skip


def _record(
    db: Connection, reply: Row[Any], case: Row[Any], verdict: Verdict, *, by: str, at: datetime, rules: SurveyRules
) -> None:
    """As an answer of the moment when the customer wrote. What they had rated before, they have rated still."""
    own, about_recovery = answer_of(db, reply), case.escalation_id is not None
    unchanged = verdict == Verdict(how=Settlement.ANSWER, reason=verdict.reason)
    if own is not None and own.suspicion is None and unchanged and not about_recovery:
        return  # it was recorded as just that when it came
    before = own or last_answer(db, case.case_id, case.escalation_id)
    rating = verdict.rating or (before.rating if before else None)
    solved = verdict.how is Settlement.CONFIRMED
    if about_recovery and verdict.how is Settlement.ANSWER:
        solved = _is_yes(rating, rules)
    said = Said(
        nonce=f"reply:{reply.id}",
        channel=Channel(own.channel if own else reply.channel),
        rating=None if verdict.how in _ABOUT_RECOVERY else rating,
        comment=verdict.comment or reply.text[:_LONGEST] or None,
        contact_me=bool(own and own.contact_me),
        solved=solved,
        concern=verdict.how in (Settlement.CONCERN, Settlement.NOT_CONFIRMED),
        entered_by=by,
        received_at=reply.received_at,
    )
    change_for = timedelta(hours=rules.change_hours)
    try:
        recorded = record(db, case.case_id, said, at=at, change_for=change_for, escalation_id=case.escalation_id)
    except TooLate as late:
        raise ReplyError(f"{late}. To help, {_ELSE}") from None
    name_answer(db, reply.id, recorded.answer_id)


def _is_yes(rating: int | None, rules: SurveyRules) -> bool:
    """Whether a rating says that it was put right: a person has read the words beside it."""
    if rating is None or rules.low_max < rating < rules.satisfied_min:
        raise ReplyError("that is neither yes nor no to whether it was put right: say which of them it is")
    return rating >= rules.satisfied_min


def _leave(db: Connection, reply: Row[Any], refusal: Refusal, by: str, at: datetime) -> None:
    source = f"reply by {reply.channel}, read by {by}"
    said_by = reply.from_key if reply.channel == Channel.SMS else None
    if reply.case_id is not None:
        opt_out(db, reply.case_id, at=at, source=source, refusal=refusal, said_by=said_by, recorded_by=by)
    else:
        keys = keys_of_number(reply.sender) if said_by and reply.sender else reply.from_key
        suppress_address(db, keys, at=at, source=source, actor=by, refusal=refusal, said_by=said_by,
                         recorded_by=by)  # fmt: skip
