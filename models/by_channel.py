"""How each channel did: what went out on it, what became of that, and what customers did with it. Counts only."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, or_, select

from models.deliveries import TO_CUSTOMERS
from models.doubts import is_unconfirmed
from models.optouts import ON_THE_PHONE
from models.tables import answers, calls, entries, messages, replies
from vocabulary import CallOutcome, Cause, Channel, Delivery, Event

_SENT = (Delivery.ACCEPTED, Delivery.DELIVERED, Delivery.FAILED, Delivery.REJECTED, Delivery.UNKNOWN)
_FAILED = (Delivery.FAILED, Delivery.REJECTED)
_SPOKE = (CallOutcome.ANSWERED, CallOutcome.SOLVED, CallOutcome.CONCERN, CallOutcome.REFUSED, CallOutcome.CALL_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFigures:
    """Messages to customers, or calls. The answers and opt-outs followed a message, or were given in a call."""

    sent: int = 0
    arrived: int = 0
    """Delivered, as the provider says; calls in which somebody spoke."""
    failed: int = 0
    """Refused, bounced, dropped, undelivered; calls to wrong numbers."""
    barred: int = 0
    """Of the failed ones: not carried because of our sender."""
    moved_on: int = 0
    """Of the failed ones: the case went on over another channel."""
    answered_on_page: int = 0
    answered_by_reply: int = 0
    answered_in_call: int = 0
    opted_out: int = 0
    """Also for one channel or a time."""
    unconfirmed: int = 0


def channel_figures(db: Connection) -> dict[Channel, ChannelFigures]:
    """Of all cases, by channel."""
    counted: dict[Channel, dict[str, int]] = {channel: {} for channel in Channel}
    for name, channel, count in (*_of_messages(db), *_of_calls(db), *_of_answers(db), *_of_optouts(db)):
        if channel is not None and count:
            counted[Channel(channel)][name] = int(count)
    return {channel: ChannelFigures(**figures) for channel, figures in counted.items()}


def waiting_replies(db: Connection) -> int:
    """Replies that a person is to look at."""
    return int(db.execute(select(func.count()).select_from(replies).where(replies.c.settled_at.is_(None))).scalar_one())


def _of_messages(db: Connection) -> list[tuple[str, Any, int]]:
    failed = messages.c.state.in_(_FAILED)
    counts = select(
        messages.c.channel,
        _count(messages.c.state.in_(_SENT)).label("sent"),
        _count(messages.c.state == Delivery.DELIVERED).label("arrived"),
        _count(failed).label("failed"),
        _count(messages.c.cause == Cause.SENDER).label("barred"),
        _count(and_(failed, _went_on())).label("moved_on"),
    )
    asked = counts.where(messages.c.purpose.in_(TO_CUSTOMERS)).group_by(messages.c.channel)
    return [(name, row.channel, row._mapping[name]) for row in db.execute(asked)
            for name in ("sent", "arrived", "failed", "barred", "moved_on")]  # fmt: skip


def _went_on() -> ColumnElement[bool]:
    later = messages.alias()
    same_case = later.c.case_id == messages.c.case_id
    by_message = select(later.c.id).where(same_case, later.c.id > messages.c.id, later.c.channel != messages.c.channel)
    by_call = select(calls.c.id).where(calls.c.case_id == messages.c.case_id, calls.c.owed_at >= messages.c.settled_at)
    return or_(by_message.correlate(messages).exists(), by_call.correlate(messages).exists())


def _of_calls(db: Connection) -> list[tuple[str, Any, int]]:
    counts = select(
        _count(calls.c.done_at.is_not(None)),
        _count(calls.c.outcome.in_(_SPOKE)),
        _count(calls.c.outcome == CallOutcome.WRONG_NUMBER),
    )
    return [(name, Channel.PHONE, count) for name, count in
            zip(("sent", "arrived", "failed"), db.execute(counts).one(), strict=True)]  # fmt: skip


def _of_answers(db: Connection) -> list[tuple[str, Any, int]]:
    by_reply = select(replies.c.id).where(replies.c.answer_id == answers.c.id).correlate(answers).exists()
    how = case(
        (is_unconfirmed(), "unconfirmed"),
        (answers.c.channel == Channel.PHONE, "answered_in_call"),
        (by_reply, "answered_by_reply"),
        else_="answered_on_page",
    )
    each = select(how.label("how"), answers.c.channel).select_from(answers).subquery()
    grouped = select(each.c.how, each.c.channel, func.count()).group_by(each.c.how, each.c.channel)
    return [(row[0], row[1], row[2]) for row in db.execute(grouped)]


def _of_optouts(db: Connection) -> list[tuple[str, Any, int]]:
    on_the_phone = entries.c.detail.contains(ON_THE_PHONE, autoescape=True)
    on = case((on_the_phone, Channel.PHONE), else_=_written_last(entries.c.case_id, entries.c.at))
    said = entries.c.event.in_((Event.OPTED_OUT, Event.PREFERENCE_SET)) & entries.c.case_id.is_not(None)
    each = select(on.label("channel")).where(said).subquery()
    grouped = select(each.c.channel, func.count()).group_by(each.c.channel)
    return [("opted_out", row[0], row[1]) for row in db.execute(grouped)]


def _written_last(case_id: ColumnElement[Any], at: ColumnElement[Any]) -> Any:
    """The channel of the last message to the customer of a case that was out by then."""
    out = messages.c.case_id == case_id, messages.c.settled_at <= at, messages.c.purpose.in_(TO_CUSTOMERS)
    taken = messages.c.state.in_((Delivery.ACCEPTED, Delivery.DELIVERED, Delivery.FAILED, Delivery.UNKNOWN))
    last = select(messages.c.channel).where(*out, taken).order_by(messages.c.settled_at.desc(), messages.c.id.desc())
    return last.limit(1).scalar_subquery()


def _count(condition: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(case((condition, literal(1)), else_=literal(0))), 0)
