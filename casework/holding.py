"""People hold back what goes to customers, and give their word for what a person or a fuse holds back."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from models import holds
from models.notes import Author, worded
from models.refused import Refused
from models.tables import cases
from vocabulary import Channel, Scope

_SHORTEST_REASON = 5
BY_PEOPLE = (Scope.COMPANY, Scope.BRANCH, Scope.CHANNEL)
"""What a person may hold. The ending of cases is held by its fuse alone."""


class HoldError(Refused):
    """It cannot be held or released. The text says why and what to do."""


def hold(db: Connection, scope: Scope, name: str, *, reason: str, by: Author, at: datetime) -> int:
    """Hold back everything, a branch's messages or a channel's, in the caller's transaction; the hold's number.

    Raises HoldError for what is not there or held already, EscalationError when the reason says too little or too much.
    """
    name = _checked(db, scope, name.strip())
    number = holds.hold(db, scope, name, reason=worded(reason, "the reason", least=_SHORTEST_REASON), by=by.name, at=at)
    if number is None:
        raise HoldError("that is held already")
    return number


def release(db: Connection, number: int, *, by: Author, at: datetime) -> holds.Held:
    """Let it go on. What was due meanwhile goes out in its next contact window. HoldError: it is not held any more."""
    found = holds.release(db, number, by=by.name, at=at)
    if found is None:
        raise HoldError(f"nothing is held under number {number}")
    return found


def told(held: holds.Held) -> str:
    """What is held, in words: "all messages to customers"."""
    match held.scope:
        case Scope.COMPANY:
            return "all messages to customers"
        case Scope.BRANCH:
            return f"messages to customers of {held.name}"
        case Scope.CHANNEL:
            return _CHANNELS[Channel(held.name)]
        case Scope.ENDING:
            return "the ending of cases without an answer, and their reminders"


_CHANNELS = {
    Channel.EMAIL: "e-mails to customers",
    Channel.SMS: "text messages to customers",
    Channel.PHONE: "calls to customers",
}


def _checked(db: Connection, scope: Scope, name: str) -> str:
    match scope:
        case Scope.COMPANY:
            return ""
        case Scope.CHANNEL if name in (Channel.EMAIL, Channel.SMS):
            return name
        case Scope.CHANNEL:
            raise HoldError(f"{name!r} is no channel on which messages are sent: {Channel.EMAIL} or {Channel.SMS}")
        case Scope.BRANCH:
            return _branch(db, name)
        case Scope.ENDING:
            raise HoldError("the ending of cases is held by its fuse alone")


def _branch(db: Connection, name: str) -> str:
    """As cases name it."""
    known = select(cases.c.branch).where(func.lower(cases.c.branch) == name.lower()).limit(1)
    found: str | None = db.execute(known).scalar()
    if found is None:
        raise HoldError(f"no case is of the branch {name!r}; the page Cases shows which there are")
    return found
