"""Who is signed in, and who tried in vain. Nothing here can be used to sign in: tokens and addresses are hashes."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from models.store import insert_new, take_turns
from models.tables import failed_sign_ins, people, sign_ins, submissions

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
"""OWASP ASVS 5.0 7.3.1 and 7.3.2: how long somebody stays signed in without and with work."""
_SEEN_EVERY = timedelta(minutes=1)
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


def try_once(db: Connection, limits: Mapping[str, int], *, at: datetime) -> bool:
    """Count one more attempt under each of these keys, unless one of them has failed as often as it may lately.

    Counted before the password is looked at, in a transaction that others wait for: of many guesses at once no more are
    tried than one after the other. `forget_failures` takes back what turned out right.
    """
    for key in sorted(limits):
        take_turns(db, key)
    db.execute(delete(failed_sign_ins).where(failed_sign_ins.c.at <= at - FAILURES_COUNT_FOR))
    lately = failed_sign_ins.c.key.in_(limits), failed_sign_ins.c.at > at - FAILURES_COUNT_FOR
    counts = select(failed_sign_ins.c.key, func.count()).where(*lately).group_by(failed_sign_ins.c.key)
    if any(count >= limits[key] for key, count in db.execute(counts).tuples()):
        return False
    db.execute(failed_sign_ins.insert(), [{"key": key, "at": at} for key in limits])
    return True


def take_back(db: Connection, key: str, *, at: datetime) -> None:
    """One attempt, counted at this instant, was right after all. Those before it stay."""
    newest = select(func.max(failed_sign_ins.c.id)).where(failed_sign_ins.c.key == key, failed_sign_ins.c.at == at)
    db.execute(delete(failed_sign_ins).where(failed_sign_ins.c.id == newest.scalar_subquery()))


def forget_failures(db: Connection, keys: Collection[str]) -> None:
    db.execute(delete(failed_sign_ins).where(failed_sign_ins.c.key.in_(keys)))


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
