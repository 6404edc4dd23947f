"""Who is signed in, and who tried in vain. Nothing here can be used to sign in: tokens and addresses are hashes."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from models.store import insert_new
from models.tables import failed_sign_ins, people, sign_ins, submissions

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
"""OWASP ASVS 5.0 7.3.1 and 7.3.2: how long somebody stays signed in without and with work."""
_SEEN_EVERY = timedelta(minutes=1)
MOST_FAILURES = 5
FAILURES_COUNT_FOR = timedelta(minutes=15)
_FORMS_LAST = timedelta(days=2)


def digest(token: str) -> str:
    """As a token is kept. It has 256 random bits, so that a plain hash says nothing of it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def begin(db: Connection, person_id: int, token: str, *, at: datetime) -> None:
    """Somebody has signed in. What is long over is swept away."""
    db.execute(delete(sign_ins).where((sign_ins.c.since < at - LONGEST) | (sign_ins.c.seen_at < at - IDLE)))
    db.execute(delete(submissions).where(submissions.c.at < at - _FORMS_LAST))
    db.execute(sign_ins.insert().values(token_sha256=digest(token), person_id=person_id, since=at, seen_at=at))


def person_signed_in(db: Connection, token: str, now: datetime) -> Row[Any] | None:
    """The person whom this token lets in now, with `seen_at`."""
    lasts = sign_ins.c.since > now - LONGEST, sign_ins.c.seen_at > now - IDLE, people.c.disabled_at.is_(None)
    statement = select(people, sign_ins.c.seen_at).join_from(sign_ins, people, people.c.id == sign_ins.c.person_id)
    return db.execute(statement.where(sign_ins.c.token_sha256 == digest(token), *lasts)).one_or_none()


def is_stale(seen_at: datetime, now: datetime) -> bool:
    """Whether it is time to write down that somebody is still there: not with every page."""
    return now - seen_at >= _SEEN_EVERY


def seen(db: Connection, token: str, *, at: datetime) -> None:
    db.execute(sign_ins.update().where(sign_ins.c.token_sha256 == digest(token), sign_ins.c.seen_at < at)
               .values(seen_at=at))  # fmt: skip


def end(db: Connection, token: str) -> None:
    db.execute(delete(sign_ins).where(sign_ins.c.token_sha256 == digest(token)))


def end_all(db: Connection, person_id: int) -> None:
    """On every browser."""
    db.execute(delete(sign_ins).where(sign_ins.c.person_id == person_id))


def too_many_failures(db: Connection, keys: Sequence[str], now: datetime) -> bool:
    """Whether one of these (an account, a network address) has failed too often lately."""
    lately = failed_sign_ins.c.key.in_(keys), failed_sign_ins.c.at > now - FAILURES_COUNT_FOR
    counts = select(func.count()).where(*lately).group_by(failed_sign_ins.c.key)
    return any(count >= MOST_FAILURES for count in db.execute(counts).scalars())


def failed(db: Connection, keys: Sequence[str], *, at: datetime) -> None:
    db.execute(delete(failed_sign_ins).where(failed_sign_ins.c.at <= at - FAILURES_COUNT_FOR))
    db.execute(failed_sign_ins.insert(), [{"key": key, "at": at} for key in keys])


def forget_failures(db: Connection, key: str) -> None:
    db.execute(delete(failed_sign_ins).where(failed_sign_ins.c.key == key))


def take_form(db: Connection, nonce: str, person_id: int, *, at: datetime) -> bool:
    """Whether this form comes for the first time. One that is in hand elsewhere is waited for."""
    row = {"nonce": nonce, "person_id": person_id, "at": at, "went_to": ""}
    return bool(insert_new(db, submissions, [row], unique=["nonce"], returning=["nonce"]))


def form_went_to(db: Connection, nonce: str, person_id: int) -> str:
    """Where the page went after a form that was taken before; empty when it is not known."""
    statement = select(submissions.c.went_to).where(submissions.c.nonce == nonce, submissions.c.person_id == person_id)
    return str(db.execute(statement).scalar_one_or_none() or "")


def note_where(db: Connection, nonce: str, went_to: str) -> None:
    db.execute(submissions.update().where(submissions.c.nonce == nonce).values(went_to=went_to))
