"""One month's figures of concerns, messages and calls, and the comments that customers left with a rating.

Like `models.figures`, they are about the services that were closed in the month.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, and_, case, func, or_, select

from models.doubts import is_unconfirmed
from models.figures import Deadline, Spread, spread
from models.month import InMonth
from models.tables import answers, calls, cases, entries, escalations, messages, services
from vocabulary import CallOutcome, Cause, Delivery, Event, Purpose, Stage

_PAGE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerns:
    """A concern that was opened again counts once. It is late when any of its rounds was."""

    opened: int
    handed_over: Deadline
    """Acknowledged by a named person within 24 elapsed hours."""
    acknowledged: Deadline
    """Acknowledged within the target in business hours, in the latest round."""
    resolved: Deadline
    """Resolved within the target, in the latest round."""
    hours_to_acknowledge: Spread
    hours_to_resolve: Spread
    severities: Mapping[str, int]
    outcomes: Mapping[str, int]
    """Of closed concerns."""
    reopened: int
    repeated: int
    """Customers who said it again while it was open."""
    still_open: int
    root_causes: Mapping[str, int]
    """Of resolved concerns, most frequent first."""
    solved_on_the_phone: int
    """Raised and settled in the call: logged, never opened as a concern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of the messages of one purpose."""

    purpose: str
    sent: int
    """Taken by the provider, and not known to have failed."""
    delivered: int
    """Of those sent, the ones that arrived, as far as the provider tells."""
    failed: int
    """Taken, and then dropped, bounced or called spam."""
    refused: int
    barred: int
    """Of those failed or refused, the ones that carriers did not take because of our sender."""
    unknown: int
    withdrawn: int
    waiting: int
    possible_duplicates: int


@dataclass(frozen=True, slots=True)
class Comment:
    """What a customer wrote, with the rating. This is personal data: it is counted word by word, and not kept."""

    rating: int
    text: str
    names: tuple[str, ...]
    """The customer's and the agent's, so that they can be left out."""


def concerns(db: Connection, month: InMonth, now: datetime) -> Concerns:
    e, breached = escalations.c, _breached()
    counted = {
        "opened": e.id.is_not(None),
        "reopened": e.reopened > 0,
        "repeated": e.repeats > 0,
        "still_open": e.closed_at.is_(None),
        "handed_over": and_(e.taken_at <= e.deadline_at, ~breached),
        "may_be_handed_over": and_(e.taken_at.is_(None), e.deadline_at >= now, ~breached),
        "acknowledged": e.taken_at <= e.acknowledge_by,
        "may_be_acknowledged": and_(e.taken_at.is_(None), e.acknowledge_by >= now),
        "resolved": e.resolved_at <= e.resolve_by,
        "may_be_resolved": and_(e.resolved_at.is_(None), e.resolve_by >= now),
    }
    columns: list[Any] = [func.count().filter(condition).label(name) for name, condition in counted.items()]
    joined = select(*columns).join_from(escalations, cases, cases.c.id == e.case_id)
    found = db.execute(joined.where(month(cases))).one()._mapping
    return Concerns(
        opened=found["opened"],
        handed_over=_deadline(found, "handed_over"),
        acknowledged=_deadline(found, "acknowledged"),
        resolved=_deadline(found, "resolved"),
        hours_to_acknowledge=_hours(db, month, e.taken_at),
        hours_to_resolve=_hours(db, month, e.resolved_at),
        severities=_counted(db, month, e.severity),
        outcomes=_counted(db, month, e.outcome),
        reopened=found["reopened"],
        repeated=found["repeated"],
        still_open=found["still_open"],
        root_causes=_counted(db, month, e.root_cause),
        solved_on_the_phone=_solved(db, month),
    )


def _breached() -> Any:
    """The clock starts again when a concern is opened again; that an earlier round was late stands in the log."""
    late = and_(entries.c.case_id == escalations.c.case_id, entries.c.ref_id == escalations.c.id,
                entries.c.event == Event.ESCALATION_BREACHED)  # fmt: skip
    return select(entries.c.id).where(late).correlate(escalations).exists()


def _deadline(found: Mapping[Any, int], name: str) -> Deadline:
    kept, not_yet = found[name], found[f"may_be_{name}"]
    return Deadline(kept=kept, late=found["opened"] - kept - not_yet, not_yet_due=not_yet)


def _hours(db: Connection, month: InMonth, until: Column[Any]) -> Spread:
    joined = select(escalations.c.received_at, until).join_from(escalations, cases, cases.c.id == escalations.c.case_id)
    return spread(db, joined.where(month(cases), until.is_not(None)))


def _counted(db: Connection, month: InMonth, column: Column[Any]) -> dict[str, int]:
    """How often each value occurs, the most frequent first."""
    wanted = select(column, func.count()).join_from(escalations, cases, cases.c.id == escalations.c.case_id)
    rows = db.execute(wanted.where(month(cases), column.is_not(None)).group_by(column)).tuples()
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


def _solved(db: Connection, month: InMonth) -> int:
    wanted = select(func.count(answers.c.case_id.distinct())).join_from(answers, cases, cases.c.id == answers.c.case_id)
    return int(db.execute(wanted.where(month(cases), answers.c.solved)).scalar_one())


def sent(db: Connection, month: InMonth) -> Sequence[Sent]:
    """The messages of the month's cases by purpose, to customers and to staff."""
    state = messages.c.state
    states = {
        "sent": state.in_((Delivery.ACCEPTED, Delivery.DELIVERED)),
        "delivered": state == Delivery.DELIVERED,
        "failed": state == Delivery.FAILED,
        "refused": state == Delivery.REJECTED,
        "barred": messages.c.cause == Cause.SENDER,
        "unknown": state == Delivery.UNKNOWN,
        "withdrawn": state == Delivery.WITHDRAWN,
        "waiting": or_(state == Delivery.DUE, state == Delivery.CLAIMED),
        "possible_duplicates": messages.c.possible_duplicate,
    }
    counted = [func.count().filter(condition).label(name) for name, condition in states.items()]
    wanted = select(messages.c.purpose, *counted).join_from(messages, cases, cases.c.id == messages.c.case_id)
    rows = db.execute(wanted.where(month(cases)).group_by(messages.c.purpose)).all()
    order = list(Purpose)
    return sorted((Sent(**row._mapping) for row in rows), key=lambda sent: order.index(Purpose(sent.purpose)))


def calls_made(db: Connection, month: InMonth) -> dict[str, int]:
    """Calls by outcome, as the procedure orders outcomes; then those not needed any more and those still to be made."""
    outcome = func.coalesce(calls.c.outcome, case((calls.c.withdrawn_at.is_not(None), _NOT_NEEDED)))
    wanted = select(outcome, func.count()).join_from(calls, cases, cases.c.id == calls.c.case_id)
    by_outcome = wanted.where(month(cases)).group_by(outcome)
    found: dict[str | None, int] = dict(db.execute(by_outcome).tuples().all())
    order: list[str | None] = [*CallOutcome, _NOT_NEEDED, None]
    return {outcome or "still to be made": found[outcome] for outcome in order if outcome in found}


_NOT_NEEDED = "not needed any more"


def unconfirmed(db: Connection, month: InMonth) -> dict[str, int]:
    """Answers that no person has confirmed, and what became of their cases. They are in no other figure."""
    of_month = select(func.count(), func.count(answers.c.case_id.distinct())).join_from(
        answers, cases, cases.c.id == answers.c.case_id
    )
    doubtful = of_month.where(month(cases), is_unconfirmed())
    received, of_cases = db.execute(doubtful).one()
    heard = db.execute(doubtful.where(cases.c.answered_at.is_not(None))).one()[1]
    waiting = db.execute(doubtful.where(cases.c.answered_at.is_(None), cases.c.stage == Stage.ASKED)).one()[1]
    return {"Received": received, "Cases with one": of_cases, "… whose customer was heard": heard,
            "… still waited for": waiting, "… not confirmed": of_cases - heard - waiting}  # fmt: skip


def comments(db: Connection, month: InMonth) -> Iterator[Comment]:
    """The comment in the last answer of each case that also has a rating; streamed, a page at a time."""
    later = answers.alias("later")
    newer = and_(later.c.case_id == answers.c.case_id, later.c.version > answers.c.version,
                 later.c.escalation_id.is_(None), ~is_unconfirmed(later))  # fmt: skip
    wanted = (
        select(answers.c.rating, answers.c.comment, services.c.customer_name, services.c.agent)
        .join_from(answers, cases, cases.c.id == answers.c.case_id)
        .join(services, services.c.id == cases.c.service_id)
        .where(month(cases), answers.c.escalation_id.is_(None), answers.c.rating.is_not(None),
               answers.c.comment.is_not(None), ~is_unconfirmed(),
               ~select(later.c.id).where(newer).correlate(answers).exists())
    )  # fmt: skip
    for row in db.execute(wanted, execution_options={"yield_per": _PAGE}):
        yield Comment(row.rating, row.comment, tuple(name for name in (row.customer_name, row.agent) if name))
