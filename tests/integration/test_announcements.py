"""Announcements: owed with what they tell of, told once each, and never with a word about anybody."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from models.announcements import announced_as
from models.escalations import acknowledge, resolve
from models.tables import announcements, entries, escalations, services
from tasks.concerns import judge_answers
from tasks.ladder import work_ladder
from tasks.place import Place
from tasks.place import place as here
from tasks.records import check_records
from tasks.tally import Tally
from tests import seed
from tests.outbound import NOW, SECRET, YES, Serve, deliver, ids, receiver, resolved, rows, told
from vocabulary import Announced, Delivery, Event, Stage

__all__ = ["receiver"]


def test_a_whole_life_of_a_concern_is_told_in_order_and_each_thing_once(place: Place, receiver: Serve):
    server = receiver(YES)
    seeded = seed.escalated(place)
    for hours in (12, 18, 22, 24):
        work_ladder.fn([seeded.escalation_id], NOW + timedelta(hours=hours))
    resolved(seeded)
    work_ladder.fn([seeded.escalation_id], seed.RECOVERING_AT)
    seed.say(place, seeded.case_id, at=seed.RECOVERING_AT, rating=1, escalation_id=seeded.escalation_id)
    judge_answers.fn([seeded.case_id], seed.RECOVERING_AT)
    deliver(seed.RECOVERING_AT)
    by_number = dict(zip(ids(server), told(server), strict=True))
    in_order = [by_number[row.ref] for row in rows()]
    said = [(each["type"], each["data"].get("percent")) for each in in_order]
    assert said == [
        ("escalation.opened", None),
        ("escalation.warned", 50),
        ("escalation.warned", 75),
        ("escalation.warned", 90),
        ("escalation.breached", 100),
        ("escalation.resolved", None),
        ("escalation.reopened", None),
    ]
    assert len(set(ids(server))) == len(said)
    deliver(seed.RECOVERING_AT + timedelta(days=1))
    assert len(server.quiet().requests) == len(said)


def test_what_is_told_of_a_concern(place: Place, receiver: Serve):
    server = receiver(YES)
    seeded = seed.escalated(place)
    deliver()
    [concern] = rows(escalations)
    assert told(server) == [
        {
            "type": "escalation.opened",
            "timestamp": "2026-10-06T11:00:00Z",
            "data": {
                "case": seeded.case_id,
                "escalation": concern.id,
                "severity": concern.severity,
                "department": "Heating",
                "received_at": "2026-10-06T11:00:00Z",
                "deadline_at": "2026-10-07T11:00:00Z",
                "reopened": 0,
                "url": f"http://127.0.0.1:8000/console/concerns/{concern.id}",
            },
        }
    ]


def test_what_is_told_of_a_closed_case(place: Place, receiver: Serve):
    server = receiver(YES)
    seeded = seed.ended(place)
    check_records.fn([seeded.case_id], NOW + timedelta(days=4))
    deliver(NOW + timedelta(days=4))
    [closed] = told(server)
    assert closed["type"] == "case.closed"
    assert closed["data"] == {
        "case": seeded.case_id,
        "department": "Heating",
        "disposition": "satisfied",
        "url": f"http://127.0.0.1:8000/console/cases/{seeded.case_id}",
    }


def test_a_target_that_is_late_is_told_of_the_deadline_as_it_was(place: Place, receiver: Serve):
    server = receiver(YES)
    seeded = seed.escalated(place)
    resolved(seeded)
    work_ladder.fn([seeded.escalation_id], seed.RECOVERING_AT)
    seed.say(place, seeded.case_id, at=seed.RECOVERING_AT, rating=1, escalation_id=seeded.escalation_id)
    judge_answers.fn([seeded.case_id], seed.RECOVERING_AT)
    deliver(seed.RECOVERING_AT)
    by_type = {each["type"]: each["data"] for each in told(server)}
    assert by_type["escalation.opened"]["deadline_at"] == "2026-10-07T11:00:00Z"
    assert by_type["escalation.reopened"]["deadline_at"] == "2026-10-10T11:00:00Z"
    assert by_type["escalation.resolved"]["root_cause"] == "workmanship"


def test_nothing_of_customers_or_staff_is_told_or_kept(place: Place, receiver: Serve):
    server = receiver(YES)
    seeded = seed.escalated(place, customer_name="Canary Canarson", email="canary@example.com", phone="+49 30 5551234")
    with here().store.write() as db:
        acknowledge(db, seeded.escalation_id or 0, by="Nora Canarsdottir", at=NOW)
    resolved(seeded)
    deliver(seed.RESOLVED_AT)
    [concern], [service] = rows(escalations), rows(services)
    people = {service.customer_name, service.email, service.phone, concern.owner, concern.owner_email,
              concern.supervisor, concern.supervisor_email, "Nora", "Petra", "canar", "gas valve"}  # fmt: skip
    everything = repr(server.quiet().requests) + repr(rows())
    assert len(server.quiet().requests) == 2
    assert not [name for name in people if name.lower() in everything.lower()]
    assert "127.0.0.1:" not in repr([row._asdict() for row in rows()])  # no address of a target
    assert SECRET not in everything


def test_each_target_hears_what_it_wants(place: Place, receiver: Serve):
    all_, one = receiver(YES), receiver(YES, name="BREACHES", EVENTS="escalation.breached case.closed")
    seeded = seed.escalated(place)
    work_ladder.fn([seeded.escalation_id], NOW + timedelta(hours=24))
    deliver(NOW + timedelta(hours=24))
    assert sorted(each["type"] for each in told(all_)) == ["escalation.breached", "escalation.opened"]
    assert [each["type"] for each in told(one)] == ["escalation.breached"]


def test_without_a_target_nothing_is_owed(place: Place):
    seed.escalated(place)
    assert rows() == []
    assert +deliver() == Tally()


def test_what_is_rolled_back_is_not_announced(place: Place, receiver: Serve):
    receiver(YES)
    seeded = seed.escalated(place)
    try:
        with here().store.write() as db:
            resolve(db, seeded.escalation_id or 0, by="P", root_cause="w", action="Something was done.",
                    known_causes=["w"], ask_after=timedelta(hours=1), at=NOW)  # fmt: skip
            assert db.execute(select(func.count()).select_from(announcements)).scalar_one() == 2
            raise InterruptedError
    except InterruptedError:
        assert [row.event for row in rows()] == ["escalation.opened"]


def test_every_entry_that_is_announced_has_its_announcement_and_no_other(place: Place, receiver: Serve):
    receiver(YES)
    seeded = seed.escalated(place)
    for hours in range(0, 40, 2):
        work_ladder.fn([seeded.escalation_id], NOW + timedelta(hours=hours))
    wanted = {row.id for row in rows(entries) if announced_as(Event(row.event), json.loads(row.detail))}
    assert {row.entry_id for row in rows()} == wanted
    assert len(rows()) == len(wanted) == 7


def test_the_log_is_silent_about_announcements(place: Place, receiver: Serve):
    receiver(YES)
    seed.escalated(place)
    before = rows(entries)
    deliver()
    assert rows(entries) == before
    assert [row.state for row in rows()] == [Delivery.ACCEPTED]


def test_one_who_comes_later_hears_of_what_happens_from_then_on(place: Place, receiver: Serve):
    seeded = seed.escalated(place)
    server = receiver(YES)
    resolved(seeded)
    deliver(seed.RESOLVED_AT)
    assert [each["type"] for each in told(server)] == ["escalation.resolved"]


def test_which_entries_are_announced():
    closed: Mapping[str, Any] = {"to": Stage.CLOSED}
    found = {event: announced_as(event, closed) for event in Event}
    assert {event for event, word in found.items() if word} == {
        Event.STAGE_CHANGED, Event.ESCALATION_OPENED, Event.ESCALATION_WARNED, Event.ESCALATION_BREACHED,
        Event.ESCALATION_RESOLVED, Event.ESCALATION_REOPENED,
    }  # fmt: skip
    assert {word for word in found.values() if word} == set(Announced)
    assert announced_as(Event.STAGE_CHANGED, {"to": Stage.ENDED}) is None
