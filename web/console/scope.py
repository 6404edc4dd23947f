"""Whose a number in an address is: what is not a person's to see is answered like what does not exist."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, Select, select

from models.people import stands_in_for
from models.tables import alarms, calls, cases, columns, escalations, people, replies, reviews, subtasks
from policy.permissions import EVERYWHERE
from vocabulary import Permission
from web.console.doors import Kind, Visit


@dataclass(frozen=True, slots=True)
class Belongs:
    """To which departments something belongs, and to whom by address. Nobody's: everybody with the permission."""

    departments: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    nobodys: bool = False


def may_see(visit: Visit, kind: Kind, seen: frozenset[str]) -> bool:
    """`seen`: the departments whose cases the permission shows to this person."""
    return is_theirs(visit, belongs_to(visit.db, kind, visit.number), seen)


def belongs_to(db: Connection, kind: Kind, number: int) -> Belongs | None:
    """None for a number that nothing has."""
    return _FINDERS[kind](db, number)


def is_theirs(visit: Visit, belongs: Belongs | None, seen: frozenset[str]) -> bool:
    """Whether something is this person's, who sees these departments' by the permission that is asked for."""
    if belongs is None:
        return False
    if seen >= EVERYWHERE or belongs.nobodys or belongs.departments & seen:
        return True
    return bool(belongs.people & addresses_of(visit))


def sees_concern(visit: Visit, number: int) -> bool:
    """Whether this person may see a concern that is not the one in the address."""
    return may_see(replace(visit, number=number), "concern", visit.departments(Permission.CONCERNS))


def addresses_of(visit: Visit) -> frozenset[str]:
    """A person's own address, and those of the people for whom they stand in now."""
    absent = stands_in_for(visit.db, visit.person.id, visit.now)
    return frozenset({visit.person.email, *(person.email for person in absent)})


def _case(db: Connection, number: int) -> Belongs | None:
    found = db.execute(select(cases.c.department).where(cases.c.id == number)).scalar_one_or_none()
    if found is None:
        return None
    return _of_concerns(db, select(escalations).where(escalations.c.case_id == number), frozenset({found}))


def _concern(db: Connection, number: int) -> Belongs | None:
    of_case = select(cases.c.department).join_from(escalations, cases, cases.c.id == escalations.c.case_id)
    found = db.execute(of_case.where(escalations.c.id == number)).scalar_one_or_none()
    if found is None:
        return None
    return _of_concerns(db, select(escalations).where(escalations.c.id == number), frozenset({found}))


def _of_concerns(db: Connection, concerns: Select[tuple[object]], departments: frozenset[str]) -> Belongs:
    """Also those who take the concern, wherever they work."""
    rows = db.execute(concerns).all()
    handling = {row.department for row in rows}
    held = {row.owner_email.lower() for row in rows} | {row.supervisor_email.lower() for row in rows}
    return Belongs(departments | handling, frozenset(held))


def _call(db: Connection, number: int) -> Belongs | None:
    found = db.execute(select(calls.c.case_id).where(calls.c.id == number)).scalar_one_or_none()
    return None if found is None else _case(db, found)


def _reply(db: Connection, number: int) -> Belongs | None:
    """Of those to whom it was handed over; else of whom its case belongs to."""
    wanted = select(*columns(replies, "id", "case_id", "handled_by"))
    found = db.execute(wanted.where(replies.c.id == number)).one_or_none()
    if found is None:
        return None
    if found.handled_by is not None:
        return Belongs(frozenset({found.handled_by}))
    return Belongs(nobodys=True) if found.case_id is None else _case(db, found.case_id)


def _person(db: Connection, number: int) -> Belongs | None:
    found = db.execute(select(people.c.id).where(people.c.id == number)).scalar_one_or_none()
    return None if found is None else Belongs()


def _review(db: Connection, number: int) -> Belongs | None:
    """Of the whole company: nobody's, for whoever reads reports."""
    found = db.execute(select(reviews.c.id).where(reviews.c.id == number)).scalar_one_or_none()
    return None if found is None else Belongs(nobodys=True)


def _alarm(db: Connection, number: int) -> Belongs | None:
    """Of whom its case belongs to; of no case, everybody's with the permission."""
    found = db.execute(select(*columns(alarms, "case_id", "department")).where(alarms.c.id == number)).one_or_none()
    if found is None:
        return None
    return Belongs(nobodys=True) if found.case_id is None else Belongs(frozenset({found.department}))


def _subtask(db: Connection, number: int) -> Belongs | None:
    """Of those who are asked, and of those who have the concern."""
    found = db.execute(select(subtasks).where(subtasks.c.id == number)).one_or_none()
    concern = None if found is None else _concern(db, found.escalation_id)
    if found is None or concern is None:
        return None
    asked = frozenset({found.owner_email.lower()})
    return Belongs(concern.departments | {found.department}, concern.people | asked)


_FINDERS: Final[dict[Kind, Callable[[Connection, int], Belongs | None]]] = {
    "case": _case,
    "concern": _concern,
    "call": _call,
    "reply": _reply,
    "person": _person,
    "subtask": _subtask,
    "review": _review,
    "alarm": _alarm,
}
