"""Invented data for the messages about a danger."""

from typing import Final

from templates.sample_kinds import COMPANY, MessageSample, Values
from vocabulary import Purpose

_ALARM: Final[Values] = {
    "company": COMPANY,
    "alarm_id": 17,
    "danger": "gas",
    "danger_department": "Heating",
    "received_at": "Sat 14 Mar 2026, 21:34 UTC",
    "role": "on call",
    "rung": 0,
    "missed": None,
    "url": "https://feedback.example.com/console/alarms/17",
}
_ADVICE: Final[Values] = {
    "company": COMPANY,
    "customer_name": "Anna",
    "service_kind": "job completed",
    "service_date": "Thursday, 12 March 2026",
    "unsubscribe_url": "https://feedback.example.com/u/m4t6x2p7q5w3z6k2v4c7b5n3l6r2y4d7",
    "advice": "If you smell gas: no flames, no light switches. Open the windows, leave the building and call 112 from "
    "outside. Our team has been alerted.",
}

DANGER_SAMPLES: Final[tuple[MessageSample, ...]] = (
    MessageSample(name="safety-advice", title="what to do in a danger", purpose=Purpose.SAFETY_ADVICE, values=_ADVICE),
    MessageSample(name="danger", title="a danger, to the person on call", purpose=Purpose.DANGER_ALARM, values=_ALARM),
    MessageSample(name="danger-passed-on", title="a danger that nobody took, to the supervisor",
                  purpose=Purpose.DANGER_ALARM, values=_ALARM | {"rung": 1, "role": "supervisor"}),
)  # fmt: skip
