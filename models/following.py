"""Concerns that are attached to another one of the same customer, and the cases that follow it."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from models.cases import keys_of
from models.store import Store
from models.tables import cases, columns, escalations, services
from vocabulary import Stage

_MAIN, _MAIN_CASE = escalations.alias("main"), cases.alias("main_case")


def _followers(*wanted: Any) -> Any:
    """Cases that wait with an attached concern while the case of the other one has ended."""
    return (
        select(*wanted)
        .join_from(escalations, cases, cases.c.id == escalations.c.case_id)
        .join(_MAIN, _MAIN.c.id == escalations.c.attached_to)
        .join(_MAIN_CASE, _MAIN_CASE.c.id == _MAIN.c.case_id)
        .where(cases.c.stage == Stage.ESCALATED, _MAIN.c.closed_at.is_not(None),
               _MAIN_CASE.c.stage.in_((Stage.ENDED, Stage.CLOSED)))
        .order_by(cases.c.id)
    )  # fmt: skip


def followers(store: Store, *, size: int) -> Iterator[list[int]]:
    """The numbers of those cases, in batches; each once."""
    last = 0
    while True:
        with store.read() as db:
            ids = list(db.execute(_followers(cases.c.id).where(cases.c.id > last).limit(size)).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def waiting_for_their_end(db: Connection, case_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Of these cases those that still wait, locked first: how the other case ended, its concern's resolution."""
    lock = select(cases.c.id).where(cases.c.id.in_(case_ids), cases.c.stage == Stage.ESCALATED).order_by(cases.c.id)
    mine = list(db.execute(lock.with_for_update()).scalars())
    wanted = (
        cases.c.id.label("case_id"), escalations.c.id.label("concern_id"), _MAIN.c.id.label("main_id"),
        *(_MAIN.c[name] for name in ("root_cause", "action", "resolved_at", "resolved_by")),
        *(_MAIN_CASE.c[name] for name in ("disposition", "reason", "clause")),
    )  # fmt: skip
    return db.execute(_followers(*wanted).where(cases.c.id.in_(mine))).all()


def others_of_customer(db: Connection, case_id: int) -> Sequence[Row[Any]]:
    """Open concerns of the same customer in other cases, newest first: what could be attached, and to what."""
    case = db.execute(select(cases).where(cases.c.id == case_id)).one()
    keys = keys_of(case)
    same = or_(cases.c.email_key.in_(keys), cases.c.phone_key.in_(keys))
    return db.execute(
        select(*columns(escalations, "id", "case_id", "severity", "department", "owner", "received_at", "resolved_at"),
               cases.c.kind, services.c.closed_at)
        .join_from(escalations, cases, cases.c.id == escalations.c.case_id)
        .join(services, services.c.id == cases.c.service_id)
        .where(same, cases.c.id != case_id, escalations.c.closed_at.is_(None))
        .order_by(escalations.c.id.desc())
    ).all()  # fmt: skip
