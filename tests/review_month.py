"""A month made by hand for the tests of the review: rows as the procedure would have left them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table

from models.month import Month
from models.tables import answers, calls, cases, entries, escalations, messages, services
from tasks.month_figures import Counted, count_month
from tasks.place import Place
from vocabulary import Event

OCTOBER = Month(2026, 10)
NOW = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
CLOSED = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
HEATING, PLUMBING = "Heating", "Plumbing"


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


class Office:
    """Writes rows as the procedure would have left them."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._last = 0

    def insert(self, table: Table, **values: Any) -> None:
        with self.place.store.write() as db:
            db.execute(table.insert(), values)

    def service(self, department: str = HEATING, closed: datetime = CLOSED, **changes: Any) -> int:
        self._last += 1
        values: dict[str, Any] = {
            "id": self._last, "source": "crm", "external_id": f"job-{self._last}", "closing": 1, "body_sha256": "",
            "received_at": closed, "closed_at": closed, "taken_at": closed, "kind": "job completed",
            "department": department, "branch": "Berlin", "region": "DE-BE", "timezone": "Europe/Berlin",
            "customer_name": "Wilhelmina Canary", "email": "canary@example.com", "channels": "", "tags": "",
        }  # fmt: skip
        self.insert(services, **values | changes)
        return self._last

    def case(self, department: str = HEATING, closed: datetime = CLOSED, **changes: Any) -> int:
        """A closed case that ended with no answer, unless `changes` say otherwise; contact is due after 48 hours."""
        of_service = {name: changes.pop(name) for name in ("timezone", "branch", "kind") if name in changes}
        number = self.service(department, closed, **of_service)
        values: dict[str, Any] = {
            "id": number, "service_id": number, "stage": "closed", "opened_at": closed, "department": department,
            "policy_version": self.place.policy.version, "kind": "job completed", "branch": "Berlin",
            "region": "DE-BE", "timezone": "Europe/Berlin", "recipient_timezone": "Europe/Berlin", "preferred": 1,
            "ladder": "email", "rung": 0, "closed_at": closed, "contact_not_before_at": closed,
            "contact_due_at": closed + hours(48), "next_at": closed, "reminders": 0, "disposition": "no answer",
            "reason": "no answer within 14 days", "clause": "4.3",
        }  # fmt: skip
        after = changes.pop("contacted_after", None)
        contacted = {} if after is None else {"contacted_at": closed + hours(after), "contact_channel": "email"}
        self.insert(cases, **values | of_service | contacted | changes)
        return number

    def rated(
        self, rating: int | None, department: str = HEATING, comment: str | None = None, *, solved: bool = False,
        **changes: Any,
    ) -> int:  # fmt: skip
        """A case whose customer answered a day after closing."""
        fine = rating is None or rating > 2
        end = ("satisfied" if rating and rating > 3 else "neutral", f"rating {rating} of 5", "4.3")
        ending = dict(zip(("disposition", "reason", "clause"), end if fine else (None,) * 3, strict=True))
        values = {"contacted_after": 4, "answered_at": CLOSED + hours(24), "rating": rating, **ending} | changes
        number = self.case(department, **values)
        self.answer(number, 1, rating=rating, comment=comment, solved=solved)
        return number

    def answer(self, case_id: int, version: int, *, rating: int | None, comment: str | None, solved: bool) -> None:
        values = {"id": case_id * 10 + version, "case_id": case_id, "version": version,
                  "nonce": f"{case_id}.{version}", "channel": "email", "received_at": CLOSED + hours(24),
                  "contact_me": False, "solved": solved, "concern": False}  # fmt: skip
        self.insert(answers, **values, rating=rating, comment=comment)

    def concern(self, case_id: int, **changes: Any) -> None:
        """Received a day after closing, with 4 hours to acknowledge it and 4 days to resolve it."""
        at = CLOSED + hours(24)
        values = {
            "id": case_id, "case_id": case_id, "answer_id": case_id * 10 + 1, "severity": "dissatisfied",
            "reasons": "[]", "department": HEATING, "owner": "Owner", "owner_email": "o@example.com",
            "supervisor": "Supervisor", "supervisor_email": "s@example.com", "received_at": at, "opened_at": at,
            "acknowledge_by": at + hours(4), "deadline_at": at + hours(24), "resolve_by": at + hours(96),
            "warned": 0, "repeats": 0, "reopened": 0,
        }  # fmt: skip
        after = {name: at + hours(changes.pop(f"{name}_after")) for name in ("acknowledged", "resolved", "closed")
                 if f"{name}_after" in changes}  # fmt: skip
        values["taken_at"] = after.get("acknowledged")
        self.insert(escalations, **values | {f"{name}_at": value for name, value in after.items()} | changes)

    def message(self, case_id: int, state: str, purpose: str = "survey", **changes: Any) -> None:
        self._last += 1
        values = {"ref": f"r{self._last}", "key": f"k{self._last}", "case_id": case_id, "purpose": purpose,
                  "channel": "email", "note": "{}", "owed_at": CLOSED, "due_at": CLOSED, "state": state, "attempts": 1,
                  "possible_duplicate": False}  # fmt: skip
        self.insert(messages, **values | changes)


@pytest.fixture
def office(place: Place) -> Office:
    return Office(place)


@pytest.fixture
def october(office: Office) -> Office:
    """Fourteen services: nine cases ended, four are open, one report waits in the inbox."""
    five = office.rated(5, contacted_after=4)
    office.rated(4, contacted_after=10)
    low = office.rated(1, contacted_after=60, stage="escalated")  # contacted 12 hours late
    recovered = office.rated(2, contacted_after=12, disposition="recovered", reason="it helped", clause="4.4")
    # answered, though the outcome of the mail stayed unknown
    office.rated(3, contacted_at=None, contact_channel=None, answered_at=CLOSED + hours(8))
    office.rated(None, PLUMBING, contacted_after=24, contact_channel="phone", reason="a comment without a rating")
    silent = office.case(PLUMBING, contacted_after=20)
    waiting = office.case(PLUMBING, contacted_after=30, stage="asked", disposition=None, reason=None, clause=None)
    late = office.case(PLUMBING, stage="planned", disposition=None, reason=None, clause=None)
    evening = datetime(2026, 10, 31, 20, 0, tzinfo=UTC)
    office.case(PLUMBING, evening, stage="planned", disposition=None, reason=None, clause=None,
                contact_due_at=NOW + hours(14))  # fmt: skip
    office.case(HEATING, ladder="", disposition="suppressed", reason="asked less than 30 days ago", clause="2.3")
    office.case(PLUMBING, ladder="", disposition="ineligible", reason="a test record", clause="2.2")
    office.case(HEATING, disposition="opted out", reason="the customer has opted out", clause="2.4")
    office.service(source="tickets", taken_at=None)
    office.concern(low, acknowledged_after=5, resolve_by=NOW + hours(1), repeats=1)
    office.concern(recovered, acknowledged_after=2, resolved_after=30, closed_after=80, outcome="recovered",
                   root_cause="workmanship", action="a new valve", reopened=1)  # fmt: skip
    office.insert(entries, at=CLOSED, event=Event.ESCALATION_BREACHED, case_id=recovered, ref_id=recovered,
                  actor="aftercare", clause="4.4", detail="{}")  # fmt: skip
    for case_id, state in ((five, "accepted"), (late, "rejected"), (waiting, "due"), (silent, "withdrawn")):
        office.message(case_id, state)
    office.message(low, "accepted", possible_duplicate=True)
    office.message(low, "unknown", "escalation_notice", to_address="owner@example.com")
    for attempt, outcome in ((1, "no answer"), (2, "answered"), (3, None)):
        office.insert(calls, case_id=waiting, attempt=attempt, reason="", owed_at=CLOSED, due_from=CLOSED,
                      due_to=CLOSED, outcome=outcome)  # fmt: skip
    return office


def counted(office: Office, month: Month = OCTOBER, now: datetime = NOW) -> Counted:
    with office.place.store.read() as db:
        return count_month(db, month, now, office.place.policy.rules)
