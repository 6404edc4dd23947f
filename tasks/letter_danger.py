"""What messages about a danger say: to the person on call which danger it is and where; to the customer what to do."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from policy.rules import Rules
from templates.dates import moment_text
from vocabulary import Danger, Purpose


class DangerWords:
    """`rules`: the policy in force, whose advice is the newest."""

    def __init__(self, rules: Rules, web_url: str) -> None:
        self._rules = rules
        self._console = f"{web_url}/console"

    def of(self, message: Row[Any], language: str) -> dict[str, Any]:
        """The values of its template."""
        note = json.loads(message.note)
        dangers = tuple(Danger(word) for word in note["dangers"].split(","))
        if message.purpose == Purpose.SAFETY_ADVICE:
            fallback = self._rules.languages.fallback
            return {"advice": self._rules.danger.advice_on(dangers, language, fallback) or ""}
        department = note["alarm_department"]
        return {
            "alarm_id": note["alarm_id"],
            "danger": ", ".join(dangers),
            "danger_department": "department not known" if department == "*" else department,
            "received_at": moment_text(datetime.fromisoformat(note["received"]), "UTC"),
            "role": note["role"],
            "rung": note["rung"],
            "url": f"{self._console}/alarms/{note['alarm_id']}",
        }
