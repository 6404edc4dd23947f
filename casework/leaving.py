"""Somebody leaves: nothing of theirs is given to others in silence. Whoever shuts them out says what becomes of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from casework.handing import Handing, hand_over
from models import people
from models.notes import Author
from models.people import Person, PersonError
from models.tables import escalations


@dataclass(frozen=True, slots=True)
class Work:
    """What is in somebody's hands: numbers of open concerns, and for whom they stand in."""

    concerns: tuple[int, ...]
    stands_in_for: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """`concerns`: "leave" with them, so that their supervisors see them, or "hand over" to `successor`, a number."""

    concerns: str
    successor: str = ""


def open_work(db: Connection, person: Person, now: datetime) -> Work:
    theirs = func.lower(escalations.c.owner_email) == person.email, escalations.c.closed_at.is_(None)
    numbers = db.execute(select(escalations.c.id).where(*theirs).order_by(escalations.c.deadline_at)).scalars()
    return Work(tuple(numbers), tuple(people.stands_in_for(db, person.id, now)))


def let_go(db: Connection, person_id: int, leaving: Leaving, *, by: Person, at: datetime) -> None:
    """Shut a person out, and do with their concerns what was said. PersonError when nothing was said of them."""
    person = people.find(db, person_id)
    work = open_work(db, person, at)
    if work.concerns and leaving.concerns not in ("leave", "hand over"):
        raise PersonError(f"{person.name} has {len(work.concerns)} open concerns: say what becomes of them")
    if work.concerns and leaving.concerns == "hand over":
        successor = _successor(db, leaving.successor, person)
        for number in work.concerns:
            handing = Handing(name=successor.name, email=successor.email, reason=f"{person.name} has left")
            hand_over(db, number, handing, by=Author(name=by.name, email=by.email), at=at)
    people.disable(db, person_id, at=at, by=by.name)


def _successor(db: Connection, text: str, leaver: Person) -> Person:
    if not text.isascii() or not text.isdigit():
        raise PersonError("name who takes the concerns over")
    successor = people.find(db, int(text[:9]))
    if successor.disabled_at is not None or successor.id == leaver.id:
        raise PersonError(f"{successor.name} cannot take them over; choose somebody who may sign in")
    return successor
