"""The people of the company: who they are, what they may see, and who stands in for them."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from models.log import SYSTEM, NewEntry, append
from models.places import ZoneError, check_zone
from models.refused import Refused
from models.sign_ins import end_all
from models.store import insert_new
from models.tables import people
from vocabulary import Event, Role

_CLAUSE = "3"
"""Roles and responsibilities."""
_ADDRESS = re.compile(r"[^@\s<>\"'(),;:\\]+@[^@\s<>\"'(),;:\\]+\.[^@\s<>\"'(),;:\\.]+")
_LONGEST_NAME = 80


class PersonError(Refused):
    """What was asked cannot be done with this person. The text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: int
    email: str
    name: str
    roles: frozenset[Role]
    departments: frozenset[str]
    """Whose cases are theirs; "*" for all."""
    zone: ZoneInfo
    away_from: date | None = None
    away_until: date | None = None
    stand_in_id: int | None = None
    disabled_at: datetime | None = None
    has_password: bool = False

    def is_away(self, now: datetime) -> bool:
        """On the day that it is where they are."""
        if self.away_from is None:
            return False
        today = now.astimezone(self.zone).date()
        return self.away_from <= today and (self.away_until is None or today <= self.away_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    email: str
    name: str
    roles: Collection[Role]
    departments: Collection[str] = ("*",)
    timezone: str = "UTC"
    password_hash: str | None = None


def add(db: Connection, new: NewPerson, *, at: datetime, by: str = SYSTEM) -> int:
    """Let a person in; the new id. PersonError when the address is taken or something is wrong with the values."""
    values = _values(new.name, new.roles, new.departments, new.timezone)
    row = {"email": _address(new.email), "password_hash": new.password_hash, "created_at": at, **values}
    added = insert_new(db, people, [row], unique=["email"])
    if not added:
        raise PersonError(f"{new.email} is known already: change that person instead")
    person_id = int(added[0].id)
    _log(db, Event.PERSON_ADDED, person_id, by, at, {"roles": values["roles"]})
    return person_id


def change(
    db: Connection, person_id: int, *, name: str, roles: Collection[Role], departments: Collection[str], timezone: str,
    at: datetime, by: str,
) -> None:  # fmt: skip
    """Who gets other rights signs in again with them."""
    before = find(db, person_id)
    values = _values(name, roles, departments, timezone)
    if Role.ADMIN in before.roles and Role.ADMIN not in roles:
        _keep_an_admin(db, person_id)
    db.execute(people.update().where(people.c.id == person_id).values(values))
    if before.roles != frozenset(roles) or before.departments != frozenset(departments):
        end_all(db, person_id)
    _log(db, Event.PERSON_CHANGED, person_id, by, at, {"roles": values["roles"]})


def set_own(
    db: Connection, person_id: int, *, timezone: str, away_from: date | None, away_until: date | None,
    stand_in_id: int | None, at: datetime, by: str,
) -> None:  # fmt: skip
    """What somebody says of themselves: their clock, and when they are away."""
    zone = _zone(timezone)
    if away_from is None and (away_until or stand_in_id):
        raise PersonError("say from which day on you are away, or leave the other fields empty")
    if away_from and away_until and away_until < away_from:
        raise PersonError("the last day away lies before the first")
    if away_from and stand_in_id is None:
        raise PersonError("name who stands in for you")
    if stand_in_id == person_id:
        raise PersonError("nobody can stand in for themselves")
    if stand_in_id is not None:
        find(db, stand_in_id)
    away = {"away_from": away_from, "away_until": away_until, "stand_in_id": stand_in_id}
    db.execute(people.update().where(people.c.id == person_id).values(timezone=zone, **away))
    _log(db, Event.PERSON_CHANGED, person_id, by, at, {"away": bool(away_from)})


def set_password(db: Connection, person_id: int, password_hash: str, *, at: datetime, by: str) -> None:
    """Ends what was signed in with the old one."""
    db.execute(people.update().where(people.c.id == person_id).values(password_hash=password_hash))
    end_all(db, person_id)
    _log(db, Event.PERSON_CHANGED, person_id, by, at, {"password": "new"})


def disable(db: Connection, person_id: int, *, at: datetime, by: str) -> None:
    """Shut a person out, at once. What is theirs stays theirs until somebody says otherwise."""
    person = find(db, person_id)
    if person.disabled_at is not None:
        raise PersonError(f"{person.name} was shut out before")
    if Role.ADMIN in person.roles:
        _keep_an_admin(db, person_id)
    db.execute(people.update().where(people.c.id == person_id).values(disabled_at=at))
    end_all(db, person_id)
    _log(db, Event.PERSON_DISABLED, person_id, by, at, {})


def enable(db: Connection, person_id: int, *, at: datetime, by: str) -> None:
    """Let somebody in again who was shut out."""
    person = find(db, person_id)
    if person.disabled_at is None:
        raise PersonError(f"{person.name} was not shut out")
    db.execute(people.update().where(people.c.id == person_id).values(disabled_at=None))
    _log(db, Event.PERSON_CHANGED, person_id, by, at, {"let in": "again"})


def find(db: Connection, person_id: int) -> Person:
    found = db.execute(select(people).where(people.c.id == person_id)).one_or_none()
    if found is None:
        raise PersonError(f"there is no person {person_id}")
    return person_of(found)


def by_email(db: Connection, email: str) -> Person | None:
    found = db.execute(select(people).where(people.c.email == email.strip().lower())).one_or_none()
    return person_of(found) if found else None


def by_identity(db: Connection, subject: str, email: str | None) -> Person | None:
    """Whom the identity provider means, if they are let in: known by its number, or the first time by an address that
    it vouches for."""
    open_to = people.c.disabled_at.is_(None)
    found = db.execute(select(people).where(people.c.oidc_subject == subject, open_to)).one_or_none()
    if found is None and email is not None:
        first = people.c.email == email, people.c.oidc_subject.is_(None), open_to
        swap = people.update().where(*first).values(oidc_subject=subject).returning(*people.c)
        found = db.execute(swap).one_or_none()
    return person_of(found) if found else None


def listed(db: Connection, *, everybody: bool = False) -> list[Person]:
    """By name; with `everybody` also those who are shut out."""
    statement = select(people).order_by(people.c.name, people.c.id)
    rows = db.execute(statement if everybody else statement.where(people.c.disabled_at.is_(None)))
    return [person_of(row) for row in rows]


def stand_in(db: Connection, email: str, now: datetime) -> Person | None:
    """Who stands in now for the person with this address. One step: a stand-in who is away has none of their own."""
    person = by_email(db, email)
    if person is None or person.stand_in_id is None or not person.is_away(now):
        return None
    substitute = find(db, person.stand_in_id)
    return None if substitute.disabled_at or substitute.is_away(now) else substitute


def stand_ins(db: Connection, now: datetime) -> dict[str, Person]:
    """Who stands in now, by the address of who is away: what `stand_in` says of each, all at once."""
    named = select(people).where(people.c.stand_in_id.is_not(None))
    substitutes = select(people).where(people.c.id.in_(select(people.c.stand_in_id)))
    by_id = {person.id: person for person in map(person_of, db.execute(substitutes))}
    here = {id: person for id, person in by_id.items() if person.disabled_at is None and not person.is_away(now)}
    away = [person for person in map(person_of, db.execute(named)) if person.is_away(now)]
    return {person.email: here[person.stand_in_id] for person in away if person.stand_in_id in here}


def stands_in_for(db: Connection, person_id: int, now: datetime) -> list[Person]:
    """Those for whom this person stands in now."""
    rows = db.execute(select(people).where(people.c.stand_in_id == person_id)).all()
    return [person for person in map(person_of, rows) if person.is_away(now)]


def password_of(db: Connection, email: str) -> tuple[Person, str | None] | None:
    """Somebody who is not shut out, and their password's hash."""
    open_to = people.c.email == email.strip().lower(), people.c.disabled_at.is_(None)
    found = db.execute(select(people).where(*open_to)).one_or_none()
    return (person_of(found), found.password_hash) if found else None


def person_of(row: Row[Any]) -> Person:
    return Person(
        id=row.id, email=row.email, name=row.name,
        roles=frozenset(map(Role, row.roles.split(","))), departments=frozenset(row.departments.split("\n")),
        zone=ZoneInfo(row.timezone), away_from=row.away_from, away_until=row.away_until,
        stand_in_id=row.stand_in_id, disabled_at=row.disabled_at, has_password=row.password_hash is not None,
    )  # fmt: skip


def _values(name: str, roles: Collection[Role], departments: Collection[str], timezone: str) -> dict[str, Any]:
    named = " ".join(name.split())
    if not named or len(named) > _LONGEST_NAME:
        raise PersonError(f"a person needs a name of at most {_LONGEST_NAME} characters")
    if not roles:
        raise PersonError("a person needs a role; choose at least one")
    theirs = sorted({" ".join(department.split()) for department in departments} - {""})
    if not theirs:
        raise PersonError("a person needs a department, or * for all")
    return {"name": named, "roles": ",".join(sorted(roles)), "departments": "\n".join(theirs),
            "timezone": _zone(timezone)}  # fmt: skip


def _address(text: str) -> str:
    address = text.strip().lower()
    if not _ADDRESS.fullmatch(address):
        raise PersonError("that is no e-mail address; write it as name@example.com")
    return address


def _zone(text: str) -> str:
    try:
        return check_zone(text.strip())
    except ZoneError:
        raise PersonError("that is no time zone; write it as Europe/Berlin") from None


def _keep_an_admin(db: Connection, person_id: int) -> None:
    """Locked, so that the last two cannot shut each other out at once."""
    open_to = people.c.disabled_at.is_(None), people.c.id != person_id, people.c.roles.contains(Role.ADMIN)
    if not db.execute(select(people.c.id).where(*open_to).order_by(people.c.id).with_for_update()).all():
        raise PersonError("this is the last administrator; make somebody else one first")


def _log(db: Connection, event: Event, person_id: int, by: str, at: datetime, detail: dict[str, Any]) -> None:
    append(db, [NewEntry(event=event, at=at, clause=_CLAUSE, ref_id=person_id, actor=by, detail=detail)])
