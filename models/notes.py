"""Notes: what a person writes down about a case. The words stand in their own row; the log points to it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from models.escalations import EscalationError
from models.log import NewEntry, append
from models.tables import cases, columns, messages, notes, subtasks
from vocabulary import Clause, Event, Stage

LONGEST = 4000


class NoteKind(StrEnum):
    """What a note is: a person's words about a case."""

    COMMENT = "comment"
    WRITTEN = "written to the customer"
    """The words of a mail or SMS that was owed with it."""
    CALLED = "called the customer"
    LETTER = "sent a letter"
    VISITED = "visited the customer"
    HANDED_OVER = "handed over"
    """Why the concern went to another person."""
    ATTACHED = "attached"
    CORRECTED = "root cause corrected"
    WITHDRAWN = "sub-task withdrawn"
    LIFTED = "opt-out lifted"
    """Why an opt-out was recorded by mistake."""


class SubtaskEnd(StrEnum):
    """How a sub-task ended. An open one has no end."""

    DONE = "done"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who does something to a concern."""

    name: str
    email: str | None = None
    """None at the command line, where nobody signs in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    case_id: int
    kind: NoteKind
    text: str
    escalation_id: int | None = None


def add_note(
    db: Connection, new: NewNote, *, by: Author, at: datetime, clause: Clause = Clause.RECORD, logged: bool = True
) -> int:
    """Write a note down; its number. `logged` is False only where another entry points to it."""
    row = {"case_id": new.case_id, "escalation_id": new.escalation_id, "kind": new.kind, "at": at, "by": by.name,
           "person_email": by.email, "text": worded(new.text, "the note")}  # fmt: skip
    note_id = int(db.execute(notes.insert().returning(notes.c.id), row).scalar_one())
    if logged:
        detail = {"kind": new.kind, "concern": new.escalation_id}
        append(db, [NewEntry(event=Event.NOTE_ADDED, at=at, clause=clause, case_id=new.case_id, ref_id=note_id,
                             actor=by.name, detail=detail)])  # fmt: skip
    return note_id


def comment(
    db: Connection, case_id: int, text: str, *, by: Author, at: datetime, escalation_id: int | None = None
) -> int:
    """A comment on a case, or on its concern. Raises EscalationError for a record that is sealed."""
    stage = db.execute(select(cases.c.stage).where(cases.c.id == case_id).with_for_update()).scalar_one_or_none()
    if stage is None:
        raise EscalationError(f"there is no case {case_id}; `./aftercare cases` shows them")
    if stage == Stage.CLOSED:
        raise EscalationError(f"case {case_id} is closed and sealed: nothing can be added to its record")
    new = NewNote(case_id=case_id, kind=NoteKind.COMMENT, text=text, escalation_id=escalation_id)
    return add_note(db, new, by=by, at=at)


def worded(text: str, what: str, *, least: int = 1) -> str:
    """The text without blanks at its ends. Raises EscalationError when it says too little or too much."""
    stripped = text.strip()
    if len(stripped) < least:
        raise EscalationError(f"{what} must say something" if least == 1 else
                              f"{what} must have at least {least} characters")  # fmt: skip
    if len(stripped) > LONGEST:
        raise EscalationError(f"{what} has {len(stripped)} characters; {LONGEST} are the most")
    return stripped


def notes_by_id(db: Connection, ids: Collection[int]) -> Mapping[int, Row[Any]]:
    """For those who write the messages that carry them."""
    return {row.id: row for row in db.execute(select(notes).where(notes.c.id.in_(ids)))} if ids else {}


def messages_by_id(db: Connection, ids: Collection[int]) -> Mapping[int, Row[Any]]:
    """What is said of a message in a mail about it: what it was, to whom, and the provider's word for its failure."""
    wanted = select(*columns(messages, "id", "purpose", "channel", "to_name", "code"))
    return {row.id: row for row in db.execute(wanted.where(messages.c.id.in_(ids)))} if ids else {}


def subtasks_by_id(db: Connection, ids: Collection[int]) -> Mapping[int, Row[Any]]:
    return {row.id: row for row in db.execute(select(subtasks).where(subtasks.c.id.in_(ids)))} if ids else {}
