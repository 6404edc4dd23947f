"""Concerns whose customers cannot be reached: what was tried, and the request for a signature."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, true

from models.doubts import is_unconfirmed
from models.log import NewEntry, append
from models.tables import answers, calls, columns, escalations, messages, notes, replies, unreachable_requests
from vocabulary import CallOutcome, Channel, Clause, Delivery, Event, Purpose

_NOBODY = (CallOutcome.NO_ANSWER, CallOutcome.BUSY, CallOutcome.WRONG_NUMBER)
_SENT = (Delivery.ACCEPTED, Delivery.DELIVERED, Delivery.FAILED, Delivery.REJECTED)
_BY_ITSELF = (Purpose.SURVEY, Purpose.REMINDER, Purpose.THANK_YOU, Purpose.RECOVERY_SURVEY)
"""What goes out without a person wanting to reach the customer about the concern."""
_NOTED: dict[str, str] = {"called the customer": Channel.PHONE.value, "sent a letter": "letter",
                          "visited the customer": "visit"}  # fmt: skip
"""Contacts that people note (`models.notes.NoteKind`), and the channel that each is."""
MACHINES = ("automatic", "bounce")
"""As replies are kept that no person wrote."""
_BY_A_MACHINE = "automatic"
"""As `models.replies.Settlement` has it: a person saw that a machine wrote it."""


def last_word(db: Connection, concern: Row[Any]) -> datetime:
    """When the customer last said something: an answer, a reply, or a call that reached them."""
    of_case = concern.case_id
    heard = (
        select(func.max(answers.c.received_at)).where(answers.c.case_id == of_case, ~is_unconfirmed()),
        select(func.max(replies.c.received_at)).where(
            replies.c.case_id == of_case,
            replies.c.understood.not_in(MACHINES),
            replies.c.settlement.is_distinct_from(_BY_A_MACHINE),
        ),
        select(func.max(calls.c.done_at)).where(calls.c.case_id == of_case, calls.c.outcome.not_in(_NOBODY)),
    )
    found = [db.execute(query).scalar() for query in heard]
    last: datetime = max(at for at in (concern.received_at, *found) if at is not None)
    return last


def attempts_since(db: Connection, case_id: int, since: datetime) -> list[tuple[datetime, str]]:
    """When and how the customer was tried: calls that reached nobody, messages that a person sent, contacts noted."""
    called = select(calls.c.done_at).where(calls.c.case_id == case_id, calls.c.done_at > since,
                                           calls.c.outcome.in_(_NOBODY))  # fmt: skip
    written = select(messages.c.settled_at, messages.c.channel).where(
        messages.c.case_id == case_id, messages.c.settled_at > since, messages.c.state.in_(_SENT),
        messages.c.to_address.is_(None), messages.c.purpose.not_in(_BY_ITSELF),
    )  # fmt: skip
    noted = select(notes.c.at, notes.c.kind).where(notes.c.case_id == case_id, notes.c.at > since,
                                                   notes.c.kind.in_(_NOTED))  # fmt: skip
    found = [(at, Channel.PHONE.value) for at in db.execute(called).scalars()]
    found += [(at, channel) for at, channel in db.execute(written).tuples()]
    return sorted(found + [(at, _NOTED[kind]) for at, kind in db.execute(noted).tuples()])


def add_request(db: Connection, concern: Row[Any], values: dict[str, Any], *, by: str, at: datetime) -> int:
    """The id of the request. A unique index refuses a second one that is open."""
    row = {"escalation_id": concern.id, "asked_at": at, "asked_by": by, **values}
    new = unreachable_requests.insert().returning(unreachable_requests.c.id)
    request_id = int(db.execute(new, row).scalar_one())
    detail = {"attempts": values["attempts"], "channels": values["channels"], "root cause": values["root_cause"]}
    append(db, [_entry(Event.UNREACHABLE_ASKED, concern, by, at, detail)])
    return request_id


def open_request(db: Connection, escalation_id: int) -> Row[Any] | None:
    """What waits for a signature."""
    waiting = unreachable_requests.c.escalation_id == escalation_id, unreachable_requests.c.decided_at.is_(None)
    return db.execute(select(unreachable_requests).where(*waiting)).one_or_none()


def requests_of(db: Connection, escalation_id: int) -> Sequence[Row[Any]]:
    """Oldest first."""
    of_concern = select(unreachable_requests).where(unreachable_requests.c.escalation_id == escalation_id)
    return db.execute(of_concern.order_by(unreachable_requests.c.id)).all()


def requests_by_id(db: Connection, ids: Collection[int]) -> Mapping[int, Row[Any]]:
    """For those who write the messages about them."""
    if not ids:
        return {}
    return {row.id: row for row in db.execute(select(unreachable_requests).where(unreachable_requests.c.id.in_(ids)))}


def waiting_requests(db: Connection, departments: Collection[str], *, most: int) -> Sequence[Row[Any]]:
    """Those of these departments ("*" for all) that wait for a signature, oldest first, with what they are about."""
    mine = true() if "*" in departments else escalations.c.department.in_(departments)
    of_concern = columns(escalations, "case_id", "department", "severity", "owner", "owner_email", "supervisor_email")
    waiting = (
        select(*unreachable_requests.c, *of_concern)
        .join(escalations, escalations.c.id == unreachable_requests.c.escalation_id)
        .where(unreachable_requests.c.decided_at.is_(None), mine)
    )
    return db.execute(waiting.order_by(unreachable_requests.c.id).limit(most)).all()


def decide(
    db: Connection, concern: Row[Any], request: Row[Any], *, signed: bool, by: str, at: datetime, note: str | None
) -> None:
    """Write down what became of a request, in the transaction that holds the concern's case."""
    still_open = unreachable_requests.c.id == request.id, unreachable_requests.c.decided_at.is_(None)
    values = {"decided_at": at, "decided_by": by, "signed": signed, "note": note}
    db.execute(unreachable_requests.update().where(*still_open).values(values))
    event = Event.UNREACHABLE_SIGNED if signed else Event.UNREACHABLE_DECLINED
    detail = {"asked by": request.asked_by, "attempts": request.attempts, "channels": request.channels}
    append(db, [_entry(event, concern, by, at, detail)])


def _entry(event: Event, concern: Row[Any], by: str, at: datetime, detail: dict[str, Any]) -> NewEntry:
    return NewEntry(event=event, at=at, clause=Clause.SUPERVISOR, case_id=concern.case_id, ref_id=concern.id, actor=by,
                    detail=detail)  # fmt: skip
