"""What a mail about a signature says: read from the request when the mail is written."""

import json
from typing import Any

from sqlalchemy import Connection, Row

from models.unreachable import requests_by_id
from templates.dates import moment_text


class Requests:
    """The requests of the messages of one burst. A message names its own by number only."""

    def __init__(self, db: Connection, owed: list[Row[Any]], web_url: str) -> None:
        self._console = f"{web_url}/console"
        numbers = {number for message in owed if (number := json.loads(message.note).get("request_id"))}
        self._known = requests_by_id(db, numbers)

    def of(self, message: Row[Any], zone: str) -> dict[str, Any]:
        """Empty when the message is about none. Moments are in `zone`."""
        note = json.loads(message.note)
        request = self._known.get(note.get("request_id"))
        if request is None:
            return {}
        declined = request.signed is False
        return {
            "asked_by": request.asked_by,
            "asked_at": moment_text(request.asked_at, zone),
            "attempts": request.attempts,
            "channels": ", ".join(request.channels.split(",")),
            "first_at": moment_text(request.first_at, zone),
            "root_cause": request.root_cause,
            "action_taken": request.action,
            "url": f"{self._console}/concerns/{request.escalation_id}/clock",
            "declined_by": request.decided_by if declined else None,
        }
