"""What mails about a reply say that nobody reads: which one, whose, since when and by when. Nothing of what it says."""

import json
from typing import Any

from sqlalchemy import Connection, Row

from casework.unread import readers, rules_for
from models.unread import to_read
from policy.rules import Rules
from templates.dates import moment_text
from vocabulary import Purpose

_NO_CASE_ZONE = "UTC"


class UnreadReplies:
    """Those of the messages of one burst. `rules`: the policy in force."""

    def __init__(self, db: Connection, owed: list[Row[Any]], rules: Rules, web_url: str) -> None:
        notes = (json.loads(message.note) for message in owed if message.purpose == Purpose.REPLY_WAITING)
        self._replies = to_read(db, {note["reply_id"] for note in notes})
        self._owners = {
            number: readers(reply, rules_for(db, reply, rules))["owner"][0] for number, reply in self._replies.items()
        }
        self._console = f"{web_url}/console"

    def of(self, message: Row[Any]) -> dict[str, Any]:
        """The values of its template, besides the message's own note."""
        note = json.loads(message.note)
        reply = self._replies[note["reply_id"]]
        zone = reply.timezone or _NO_CASE_ZONE
        stands_in = note.get("stands_in") and note["role"] == "owner"
        return {
            "case_id": reply.case_id,
            "department": reply.handled_by or reply.department,
            "owner": self._owners[reply.id],
            "received_at": moment_text(reply.received_at, zone),
            "deadline_at": moment_text(reply.read_by, zone),
            "url": f"{self._console}/replies/{reply.id}",
            **({"role": "stand-in"} if stands_in else {}),
        }
