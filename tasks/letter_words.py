"""What people wrote, for the messages that carry it: read from its own row when the message is written."""

import json
from typing import Any

from sqlalchemy import Connection, Row

from models.notes import messages_by_id, notes_by_id, subtasks_by_id
from policy.telling import sentence
from templates.dates import moment_text
from vocabulary import Event


class Words:
    """Notes and sub-tasks of the messages of one burst. A message names them by number only."""

    def __init__(self, db: Connection, owed: list[Row[Any]], web_url: str) -> None:
        self._console = f"{web_url}/console"
        named = [json.loads(message.note) for message in owed]
        self._notes = notes_by_id(db, {note["note_id"] for note in named if "note_id" in note})
        self._lost = messages_by_id(db, {note["lost_id"] for note in named if "lost_id" in note})
        self._subtasks = subtasks_by_id(db, {note["subtask_id"] for note in named if "subtask_id" in note})

    def of(self, message: Row[Any]) -> dict[str, Any]:
        """The words of the note that the message is about, and who wrote them; empty when it is about none."""
        note = self._notes.get(json.loads(message.note).get("note_id"))
        return {} if note is None else {"words": note.text, "written_by": note.by}

    def for_staff(self, message: Row[Any], zone: str) -> dict[str, Any]:
        """Where to work on it; what a mail about a sub-task or a lost message says of that. Moments are in `zone`."""
        subtask = self._subtasks.get(json.loads(message.note).get("subtask_id"))
        if subtask is None:
            lost = self._lost.get(json.loads(message.note).get("lost_id"))
            told = {} if lost is None else {"lost": sentence(Event.MESSAGE_FAILED, {}, lost._asdict())}
            return {"url": f"{self._console}/concerns/{message.escalation_id}", **told}
        return {
            "department": subtask.department,
            "words": subtask.what,
            "written_by": subtask.asked_by,
            "due": moment_text(subtask.due_at, zone),
            "result": subtask.result,
            "ended_by": subtask.ended_by,
            "url": f"{self._console}/subtasks/{subtask.id}",
        }
