"""Links in mails, and what customers say through them. Every answer is a new row; the last one counts."""

import hashlib
import json
import secrets
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select

from models.closed_again import Again, again, opened
from models.doubts import is_unconfirmed
from models.going_on import customer_spoke
from models.log import SYSTEM, NewEntry, append
from models.moves import Move, advance
from models.owed import withdraw_confirming
from models.tables import answers, cases, columns, links, messages
from models.tokens import without_tokens
from vocabulary import Channel, Clause, Delivery, Disposition, Event, LinkPurpose, Stage

_TOKEN_BYTES = 20
"""160 bits from the system's generator; no slow hash is needed above 112 (OWASP ASVS 5.0, 6.5.2)."""
_TAKES_ANSWERS = frozenset({Stage.ASKED, Stage.ANSWERED, Stage.ESCALATED, Stage.RECOVERING, Stage.ENDED})


class TooLate(Exception):
    """The case takes no answers any more, or not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    token: str
    purpose: LinkPurpose
    case_id: int
    escalation_id: int | None
    channel: Channel
    """Of the message that carries it: an answer behind it counts for this channel."""
    created_at: datetime
    expires_at: datetime
    message_id: int | None = None
    """The message that carries it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One submission. `nonce` makes it the same one when it arrives twice."""

    nonce: str
    channel: Channel
    rating: int | None
    comment: str | None
    contact_me: bool
    solved: bool = False
    concern: bool = False
    entered_by: str | None = None
    received_at: datetime | None = None
    """When the customer said it, if that was before it is recorded: the hours for a concern count from then."""
    suspicion: tuple[str, ...] = ()
    """Signs that no person submitted it. Then it is unconfirmed: kept, but it changes nothing that counts."""
    judge_at: datetime | None = None
    """When it may be judged; at once when left out."""


@dataclass(frozen=True, slots=True)
class Recorded:
    answer_id: int
    case_id: int
    version: int
    again: bool
    """The same submission was recorded before; nothing was written now."""


def new_token() -> str:
    """32 lower-case letters and digits: it survives programs that change the case of addresses."""
    return b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode().lower()


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def add_links(db: Connection, new: Sequence[NewLink]) -> None:
    """Keep the hashes of tokens that are about to be sent."""
    if not new:
        return
    rows = [
        {
            "token_sha256": token_sha256(link.token),
            "purpose": link.purpose,
            "case_id": link.case_id,
            "escalation_id": link.escalation_id,
            "channel": link.channel,
            "created_at": link.created_at,
            "expires_at": link.expires_at,
            "message_id": link.message_id,
        }
        for link in new
    ]
    db.execute(links.insert(), rows)


def open_link(db: Connection, token: str, purposes: Sequence[LinkPurpose], now: datetime, *, hold: bool = False) -> Any:
    """The link with its case and service, if it may be used now. None alike for unknown, expired and used ones.

    An unsubscribe link never runs out: to say "done" and do nothing would be a lie. Nor does the address of a reply:
    what comes too late for an answer goes to a person. With `hold` the case stays as it is until the transaction ends.
    Of a service that was reopened and closed again: with the newest case once that is asked, however old the link is;
    `sent_for` is the case that the link was sent for.
    """
    found = opened(db, token_sha256(token), purposes, hold=hold)
    if found is None or found.purpose in (LinkPurpose.UNSUBSCRIBE, LinkPurpose.REPLY):
        return found
    in_time = found.expires_at > now or found.case_id != found.sent_for
    return found if in_time and still_answerable(found, now) else None


def asks_again(db: Connection, token: str) -> Again | None:
    """Why a survey's link asks nothing for the moment; None for every link that asks, or never will."""
    return again(db, token_sha256(token))


def still_answerable(link: Any, now: datetime) -> bool:
    """Whether the case (with its concern, if the question was about one) still takes an answer."""
    if link.stage not in _TAKES_ANSWERS:
        return False
    if link.escalation_id is not None:
        return bool(link.stage == Stage.RECOVERING and link.closed_at is None)
    if link.answered_at is None:
        return bool(link.stage == Stage.ASKED)
    return link.change_until > now and link.disposition not in (Disposition.CANCELLED, Disposition.OPTED_OUT)


def last_answer(db: Connection, case_id: int, escalation_id: int | None) -> Row[Any] | None:
    """What the customer said last about the service, or about the solution of that concern. Not what is unconfirmed:
    nobody is shown what a program wrote.
    """
    return db.execute(
        select(*columns(answers, "rating", "comment", "contact_me", "entered_by"))
        .where(
            answers.c.case_id == case_id,
            answers.c.escalation_id.is_not_distinct_from(escalation_id),
            ~is_unconfirmed(),
        )
        .order_by(answers.c.version.desc())
        .limit(1)
    ).one_or_none()


# What runs for every single answer is put together once: that takes several times as long as running it.
_HELD_CASE = (
    select(*columns(cases, "stage", "policy_version", "change_until", "contacted_at", "judge_at"))
    .where(cases.c.id == bindparam("of_case"))
    .with_for_update()
)
_EARLIER = select(*columns(answers, "id", "version", "nonce"), is_unconfirmed().label("unconfirmed")).where(
    or_(answers.c.nonce == bindparam("of_nonce"), answers.c.case_id == bindparam("of_case"))
)
_TO_BE_JUDGED = cases.update().where(cases.c.id == bindparam("of_case")).values(judge_at=bindparam("judge"))
_RATED = _TO_BE_JUDGED.values(
    rating=bindparam("new_rating"), answered_at=bindparam("at"), change_until=bindparam("until")
)


def record(
    db: Connection, case_id: int, said: Said, *, at: datetime, change_for: timedelta, escalation_id: int | None = None
) -> Recorded:
    """Append an answer, log it, and leave the case to be judged; all in the caller's transaction."""
    # Taking the case's row first keeps two submissions apart until the first one has its version.
    case = db.execute(_HELD_CASE, {"of_case": case_id}).one()
    earlier = db.execute(_EARLIER, {"of_case": case_id, "of_nonce": said.nonce}).all()
    before = next((row for row in earlier if row.nonce == said.nonce), None)
    if before is not None:
        return Recorded(before.id, case_id, before.version, again=True)
    if case.stage not in _TAKES_ANSWERS:
        raise TooLate(f"case {case_id} takes no answers: it is {case.stage}")
    version = 1 + max((row.version for row in earlier), default=0)
    row = _row(said) | {
        "case_id": case_id,
        "version": version,
        "escalation_id": escalation_id,
        "received_at": said.received_at or at,
    }
    answer_id = db.execute(answers.insert().returning(answers.c.id), row).scalar_one()
    append(db, [_entry(case_id, answer_id, version, said, at, case.policy_version)])
    if said.suspicion:
        db.execute(_TO_BE_JUDGED, {"of_case": case_id, "judge": case.judge_at or at})
        return Recorded(answer_id, case_id, version, again=False)
    if case.contacted_at is None:
        _note_contact(db, case_id, said, at)
    if case.stage == Stage.ESCALATED:
        customer_spoke(db, case_id, at=said.received_at or at)
    if any(one.unconfirmed for one in earlier):
        withdraw_confirming(db, [case_id], at=at, reason="the customer has answered", escalation_id=escalation_id)
    judge = min(case.judge_at or _NEVER, said.judge_at or at)
    if escalation_id is None:
        until = case.change_until or at + change_for
        db.execute(_RATED, {"of_case": case_id, "at": at, "judge": judge, "new_rating": said.rating, "until": until})
        _to_answered(db, case_id, Stage(case.stage), said, at=at)
    else:
        db.execute(_TO_BE_JUDGED, {"of_case": case_id, "judge": judge})
    return Recorded(answer_id, case_id, version, again=False)


def _row(said: Said) -> dict[str, Any]:
    columns_of_row = ("nonce", "channel", "rating", "comment", "contact_me", "solved", "concern", "entered_by")
    suspicion = json.dumps(said.suspicion, ensure_ascii=False) if said.suspicion else None
    comment = without_tokens(said.comment) if said.comment else said.comment
    return {name: getattr(said, name) for name in columns_of_row} | {"suspicion": suspicion, "comment": comment}


_NEVER = datetime.max.replace(tzinfo=UTC)


def _note_contact(db: Connection, case_id: int, said: Said, at: datetime) -> None:
    """Whoever answers was contacted: if not by a call, then by a message of which we heard nothing, or nothing good."""
    doubtful = messages.c.state.in_((Delivery.UNKNOWN, Delivery.FAILED))
    earliest = select(func.min(messages.c.settled_at)).where(messages.c.case_id == case_id, doubtful)
    sent_at = db.execute(earliest).scalar()
    values = {"contacted_at": sent_at or at, "contact_channel": said.channel}
    db.execute(cases.update().where(cases.c.id == case_id).values(values))


def _entry(case_id: int, answer_id: int, version: int, said: Said, at: datetime, policy_version: str) -> NewEntry:
    return NewEntry(
        event=Event.ANSWER_RECEIVED,
        at=at,
        clause=Clause.ASK,
        case_id=case_id,
        ref_id=answer_id,
        actor=said.entered_by or "customer",
        policy_version=policy_version,
        detail={"channel": said.channel, "rating": said.rating, "comment": bool(said.comment),
                "contact me": said.contact_me, "version": version, "unconfirmed": list(said.suspicion)},
    )  # fmt: skip


def _to_answered(db: Connection, case_id: int, source: Stage, said: Said, *, at: datetime) -> None:
    if source in (Stage.ASKED, Stage.ENDED):
        values: dict[str, Any] = {"next_at": at}
        if source is Stage.ENDED:  # how it ends is open again
            values |= dict.fromkeys(("disposition", "reason", "clause", "ended_at"))
        move = Move(case_id=case_id, clause=Clause.ASK, reason="the customer answered", values=values)
        advance(db, source, Stage.ANSWERED, [move], at=at, actor=said.entered_by or SYSTEM)
