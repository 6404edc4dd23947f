"""The inbox: reports of closed services, each kept once by source, external id and closing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, tuple_

from models.language_tags import language_tag
from models.placeholders import is_no_address
from models.report import ClosedService, ReopenedService, address_key
from models.store import insert_new
from models.tables import columns, services

_TOLERANCE = timedelta(minutes=5)
"""How far a source's clock may be ahead of ours."""
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a report cannot be taken. `index` counts from 0 in the order of the reports."""

    index: int
    field: str
    rule: str


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a list of reports: how many are new, how many we had, and which cannot be taken."""

    new: int
    known: int
    faults: tuple[Fault, ...] = ()


class UnknownService(Exception):
    """A service was reported as reopened that was never reported as closed."""


def receive(db: Connection, reports: Sequence[ClosedService], *, at: datetime, partly: bool = False) -> Received:
    """Take every report into the inbox, in the caller's transaction; or nothing, when one has a fault.

    A report that we have already (same source, id and content) changes nothing. The same id with another content is
    a fault, unless the service was reopened in between. With `partly`, faultless reports are taken all the same.
    """
    known, closings = 0, _closings(db, reports)
    new: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for index, report in enumerate(reports):
        body = report.body_sha256()
        before = closings.setdefault((report.source, report.external_id), [])
        verdict = _place(report, body, before, at)
        if isinstance(verdict, str):
            faults.append(Fault(index, *verdict.split(": ", 1)))
        elif verdict == 0:
            known += 1
        else:
            before.append(_Closing(verdict, body, None))
            new.append(_row(report, body, verdict, at))
    if faults and not partly:
        return Received(new=0, known=known, faults=tuple(faults))
    new.sort(key=lambda row: (row["source"], row["external_id"]))  # two who send the same never wait for each other
    with db.begin_nested() as attempt:
        if len(insert_new(db, services, new, unique=["source", "external_id", "closing"])) == len(new):
            return Received(new=len(new), known=known, faults=tuple(faults))
        attempt.rollback()
    return receive(db, reports, at=at, partly=partly)  # somebody was faster, perhaps with other content: look again


def reopen(db: Connection, report: ReopenedService) -> bool:
    """Note that a service is open again; False when that was known. Its case is cancelled by `schedule_contact`."""
    latest = db.execute(
        select(services.c.id, services.c.reopened_at, services.c.closed_at)
        .where(services.c.source == report.source, services.c.external_id == report.external_id)
        .order_by(services.c.closing.desc())
        .limit(1)
    ).one_or_none()
    if latest is None:
        raise UnknownService
    if latest.reopened_at is not None or report.reopened_at < latest.closed_at:
        return False
    swap = services.update().where(services.c.id == latest.id, services.c.reopened_at.is_(None))
    return db.execute(swap.values(reopened_at=report.reopened_at)).rowcount == 1


def is_ahead(reported: datetime, at: datetime) -> bool:
    """Whether a time lies in the future by more than clocks differ."""
    return reported > at + _TOLERANCE


@dataclass(frozen=True, slots=True)
class _Closing:
    closing: int
    body_sha256: str
    reopened_at: datetime | None


def _closings(db: Connection, reports: Sequence[ClosedService]) -> dict[tuple[str, str], list[_Closing]]:
    """What the inbox has of these services already, by (source, external id), first closing first."""
    keys = sorted({(report.source, report.external_id) for report in reports})
    found: dict[tuple[str, str], list[_Closing]] = {}
    for start in range(0, len(keys), _CHUNK):
        statement = (
            select(*columns(services, "source", "external_id", "closing", "body_sha256", "reopened_at"))
            .where(tuple_(services.c.source, services.c.external_id).in_(keys[start : start + _CHUNK]))
            .order_by(services.c.closing)
        )
        for row in db.execute(statement):
            closing = _Closing(row.closing, row.body_sha256, row.reopened_at)
            found.setdefault((row.source, row.external_id), []).append(closing)
    return found


def _place(report: ClosedService, body: str, before: Sequence[_Closing], at: datetime) -> int | str:
    """The number of the closing that this report is; 0 when we have it; else "field: rule"."""
    if is_ahead(report.closed_at, at):
        return "closed_at: lies in the future; report a service after it was closed"
    if any(closing.body_sha256 == body for closing in before):
        return 0
    if not before:
        return 1
    if before[-1].reopened_at is None:
        return "external_id: this service was reported before with other content; report it as reopened first"
    if report.closed_at < before[-1].reopened_at:
        return "closed_at: is earlier than the time at which the service was reopened"
    return before[-1].closing + 1


def _row(report: ClosedService, body: str, closing: int, at: datetime) -> dict[str, Any]:
    values = report.model_dump(exclude={"channels", "tags"})
    email = report.email if report.email and not is_no_address(report.email) else None
    return values | {
        # As far as they can be read; `body_sha256` stays that of what was reported, so that it is known again.
        "language": report.language and (language_tag(report.language) or report.language),
        "email": email,
        "closing": closing,
        "body_sha256": body,
        "received_at": at,
        "channels": ",".join(report.channels),
        "tags": ",".join(report.tags),
        "email_key": address_key(email) if email else None,
        "phone_key": address_key(report.phone) if report.phone else None,
    }
