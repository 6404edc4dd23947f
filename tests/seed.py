"""Cases in a given stage, brought there by what the procedure itself does: nothing is written past the real functions.

Every function takes the fixture `place` first, because tasks work at the place that it sets up. Times are fixed: the
service is closed on `CLOSED_AT`, its customer is asked on `ASKED_AT`, both on working days in Berlin.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from casework.alarms import Reported, raise_alarm
from casework.rules import rules_of
from models.answers import NewLink, Said, add_links, new_token, record
from models.escalations import open_escalations, resolve
from models.inbox import receive
from models.replies import NewReply, keep
from models.report import ClosedService
from models.senders import cases_by_id
from models.tables import calls, cases, services
from tasks.ask import owe_surveys
from tasks.concerns import judge_answers
from tasks.ladder import work_ladder
from tasks.open_cases import open_cases
from tasks.place import Place
from vocabulary import Channel, Danger, LinkPurpose

CLOSED_AT = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)
"""A Monday, 10:30 in Berlin."""
RECEIVED_AT = CLOSED_AT + timedelta(minutes=10)
ASKED_AT = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
ANSWERED_AT = ASKED_AT + timedelta(hours=2)
RESOLVED_AT = ANSWERED_AT + timedelta(days=1)
RECOVERING_AT = RESOLVED_AT + timedelta(days=2)
"""When the customer is asked whether the resolution helped: 9 October 2026, 11:00 UTC, a Friday."""

_NUMBERS = count(1)


@dataclass(frozen=True)
class Seeded:
    """A case, and the tokens of links that lead to it. `escalation_id` is there once it was escalated."""

    case_id: int
    service_id: int
    survey: str
    unsubscribe: str
    recovery: str | None = None
    escalation_id: int | None = None


def report(**changes: Any) -> ClosedService:
    """A service of a customer of its own, closed on `CLOSED_AT`."""
    number = next(_NUMBERS)
    values: dict[str, Any] = {
        "source": "crm",
        "external_id": f"job-{number}",
        "closed_at": CLOSED_AT,
        "kind": "job completed",
        "department": "Heating",
        "branch": "Berlin Mitte",
        "region": "DE-BE",
        "timezone": "Europe/Berlin",
        "customer_name": "Anna Bergmann",
        "contact_basis": "existing customer",
        "email": f"anna.{number}@example.com",
        "phone": f"+49 30 5550{number:05}",
    }
    return ClosedService.model_validate(values | changes)


def planned(place: Place, *, at: datetime = RECEIVED_AT, **changes: Any) -> Seeded:
    """A case that was opened at `at`. `changes` are fields of the report."""
    reported = report(**changes)
    with place.store.write() as db:
        assert not receive(db, [reported], at=at).faults
        wanted = select(services.c.id).where(services.c.external_id == reported.external_id)
        service_id = db.execute(wanted.order_by(services.c.closing.desc()).limit(1)).scalar_one()
    open_cases.fn([service_id], at)
    with place.store.read() as db:
        case_id = db.execute(select(cases.c.id).where(cases.c.service_id == service_id)).scalar_one()
    survey = add_link(place, case_id, LinkPurpose.SURVEY, at=at)
    unsubscribe = add_link(place, case_id, LinkPurpose.UNSUBSCRIBE, at=at, days=60)
    return Seeded(case_id, service_id, survey, unsubscribe)


def asked(place: Place, *, at: datetime = ASKED_AT, **changes: Any) -> Seeded:
    """A case whose survey is owed since `at`."""
    seeded = planned(place, **changes)
    owe_surveys.fn([seeded.case_id], at)
    return seeded


def answered(place: Place, *, at: datetime = ANSWERED_AT, rating: int | None = 5, comment: str | None = None,
             contact_me: bool = False, **changes: Any) -> Seeded:  # fmt: skip
    """A case with an answer that nobody has judged."""
    seeded = asked(place, **changes)
    say(place, seeded.case_id, at=at, rating=rating, comment=comment, contact_me=contact_me)
    return seeded


def ended(place: Place, *, rating: int = 5, **changes: Any) -> Seeded:
    """A case whose good answer was judged as soon as it came."""
    seeded = answered(place, rating=rating, **changes)
    judge_answers.fn([seeded.case_id], ANSWERED_AT)
    return seeded


def escalated(place: Place, *, rating: int = 1, **changes: Any) -> Seeded:
    """A case with an open concern."""
    seeded = answered(place, rating=rating, **changes)
    judge_answers.fn([seeded.case_id], ANSWERED_AT)
    with place.store.read() as db:
        concern = open_escalations(db, [seeded.case_id])[seeded.case_id]
    return replace(seeded, escalation_id=concern.id)


def recovering(place: Place, **changes: Any) -> Seeded:
    """A case whose concern was resolved on `RESOLVED_AT`, and whose customer is asked since `RECOVERING_AT`."""
    seeded = escalated(place, **changes)
    assert seeded.escalation_id is not None
    with place.store.write() as db:
        resolve(db, seeded.escalation_id, by="Petra Lindqvist", root_cause="workmanship",
                action="The gas valve was replaced and checked.", known_causes=["workmanship"],
                ask_after=timedelta(hours=48), at=RESOLVED_AT)  # fmt: skip
    work_ladder.fn([seeded.escalation_id], RECOVERING_AT)
    token = add_link(place, seeded.case_id, LinkPurpose.RECOVERY, at=RECOVERING_AT, escalation_id=seeded.escalation_id)
    return replace(seeded, recovery=token)


def to_be_called(place: Place, *, at: datetime = ASKED_AT, **changes: Any) -> int:
    """A call that is to be made since `at`; its number. `changes` are fields of the report."""
    seeded = asked(place, at=at, **({"channels": ["phone"]} | changes))
    with place.store.read() as db:
        return int(db.execute(select(calls.c.id).where(calls.c.case_id == seeded.case_id)).scalar_one())


def reply(
    place: Place, case_id: int | None = None, text: str = "What did this cost?", *, at: datetime = ANSWERED_AT,
    read_by: datetime | None = None,
) -> int:  # fmt: skip
    """A reply that waits for a person; its number."""
    new = NewReply(channel=Channel.EMAIL, external_id=new_token(), case_id=case_id, policy_version=None,
                   from_key="k" * 64, text=text, attachments=0, understood="unclear",
                   to_person="asks a question", read_by=read_by)  # fmt: skip
    with place.store.write() as db:
        kept = keep(db, new, at=at)
    assert kept is not None
    return kept


def alarm(place: Place, case_id: int, *, at: datetime = ANSWERED_AT, **changes: Any) -> int:
    """A danger that somebody reported."""
    reported = Reported(**{"dangers": (Danger.GAS,), "source": f"test:{next(_NUMBERS)}", "received_at": at} | changes)
    with place.store.write() as db:
        [case] = cases_by_id(db, [case_id])
        number = raise_alarm(db, reported, case, rules=place.policy.rules, at=at)
    assert number is not None
    return number


def say(place: Place, case_id: int, *, at: datetime, rating: int | None = None, comment: str | None = None,
        contact_me: bool = False, escalation_id: int | None = None) -> None:  # fmt: skip
    """An answer as the survey records it."""
    said = Said(nonce=new_token(), channel=Channel.EMAIL, rating=rating, comment=comment, contact_me=contact_me)
    with place.store.write() as db:
        version = db.execute(select(cases.c.policy_version).where(cases.c.id == case_id)).scalar_one()
        change_for = timedelta(hours=rules_of(db, version).survey.change_hours)
        record(db, case_id, said, at=at, change_for=change_for, escalation_id=escalation_id)


def add_link(place: Place, case_id: int, purpose: LinkPurpose, *, at: datetime, days: int = 18,
             escalation_id: int | None = None, channel: Channel = Channel.EMAIL) -> str:  # fmt: skip
    """The token of a link as a mail would carry it."""
    token = new_token()
    link = NewLink(token=token, purpose=purpose, case_id=case_id, escalation_id=escalation_id, channel=channel,
                   created_at=at, expires_at=at + timedelta(days=days))  # fmt: skip
    with place.store.write() as db:
        add_links(db, [link])
    return token
