"""A concern goes to another person: told at once, once; and the clock of its receipt is nobody's to reset."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from casework.handing import Handing, hand_over
from models.escalations import acknowledge, resolve
from models.notes import NoteKind
from models.tables import cases, escalations, messages, notes
from tests import seed
from tests.integration.concerns.conftest import MAREK, NOW, PETRA, Desk
from vocabulary import Event, Purpose, Stage

TOM = Handing(name="Tom Okafor", email="tom.okafor@staff.example.com", reason="He knows this boiler.",
              seen_email=PETRA.email)  # fmt: skip


def told(desk: Desk) -> list[tuple[str, str]]:
    handed = [row for row in desk.rows(messages) if row.purpose == Purpose.CONCERN_HANDED_OVER]
    return [(row.to_address, json.loads(row.note)["role"]) for row in handed]


def test_the_new_owner_and_the_former_one_are_told_and_the_reason_is_a_note(desk: Desk, concern: seed.Seeded):
    before = desk.row(escalations, 1)
    desk.do(hand_over, 1, TOM, by=MAREK)
    after = desk.row(escalations, 1)
    assert (after.owner, after.owner_email, after.department) == (TOM.name, TOM.email, "Heating")
    assert told(desk) == [(TOM.email, "owner"), (PETRA.email, "former owner")]
    [note] = desk.rows(notes)
    assert (note.kind, note.by, note.person_email, note.text) == (
        NoteKind.HANDED_OVER, MAREK.name, MAREK.email, "He knows this boiler.",
    )  # fmt: skip
    [entry] = desk.entries(Event.ESCALATION_REASSIGNED)
    assert (entry.actor, entry.clause, json.loads(entry.detail)["note"]) == ("Marek Novak", "4.4", note.id)
    assert "boiler" not in entry.detail
    assert TOM.email not in entry.detail
    untouched = ("received_at", "acknowledge_by", "deadline_at", "resolve_by", "next_at", "supervisor", "retake_by")
    assert {name: after._mapping[name] for name in untouched} == {name: before._mapping[name] for name in untouched}


def test_what_had_been_taken_is_to_be_taken_again_and_the_24_hours_stay_kept(desk: Desk, concern: seed.Seeded):
    desk.do(acknowledge, 1, by=PETRA.name)
    desk.now = NOW + timedelta(hours=20)  # Wednesday, 10:00 in Berlin
    desk.do(hand_over, 1, TOM, by=MAREK)
    row = desk.row(escalations, 1)
    assert (row.acknowledged_at, row.acknowledged_by, row.taken_at) == (None, None, NOW)
    assert row.retake_by - desk.now == timedelta(hours=4), "business hours, from the handing over"
    assert row.next_at == row.retake_by
    desk.now += timedelta(hours=1)
    desk.do(acknowledge, 1, by=TOM.name)
    row = desk.row(escalations, 1)
    assert (row.acknowledged_by, row.taken_at, row.next_at) == (TOM.name, NOW, row.resolve_by)
    entries = [json.loads(entry.detail) for entry in desk.entries(Event.ESCALATION_ACKNOWLEDGED)]
    assert entries == [{"in time": True, "again": None}, {"in time": True, "again": True}]


def test_another_department_brings_its_supervisor(desk: Desk, concern: seed.Seeded):
    amira = replace(TOM, name="Amira Haddad", email="amira.haddad@staff.example.com", department="Customer Service")
    desk.do(hand_over, 1, amira, by=MAREK)
    row = desk.row(escalations, 1)
    assert (row.department, row.supervisor) == ("Customer Service", "Joan Whitfield")


def test_a_resolved_concern_gets_another_owner_and_nothing_to_acknowledge(desk: Desk, concern: seed.Seeded):
    desk.do(resolve, 1, by="Petra", root_cause="parts", action="The valve was replaced.", known_causes=["parts"],
            ask_after=timedelta(hours=48))  # fmt: skip
    before = desk.row(escalations, 1)
    desk.do(hand_over, 1, TOM, by=MAREK)
    after = desk.row(escalations, 1)
    assert (after.owner, after.acknowledged_at, after.next_at) == (TOM.name, before.acknowledged_at, before.next_at)
    assert desk.row(cases, concern.case_id).stage == Stage.RECOVERING


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": "  "}, "the reason for handing it over must have at least 5 characters"),
        ({"email": "Petra.Lindqvist@staff.example.com"}, "it is with Petra Lindqvist already"),
        ({"seen_email": "somebody@staff.example.com"}, "Petra Lindqvist has it by now; look at it again"),
        ({"department": "Moon"}, "'Moon' is no department that takes concerns; these do: Heating, Plumbing, Customer"),
    ],
)
def test_what_cannot_be_handed_over_stays_where_it_is(desk: Desk, concern: seed.Seeded, changes: dict[str, str],
                                                      words: str):  # fmt: skip
    assert words in desk.refused(hand_over, 1, replace(TOM, **changes), by=MAREK)
    assert "there is no escalation 99" in desk.refused(hand_over, 99, TOM)


def test_of_two_who_hand_it_over_at_once_one_does(desk: Desk, concern: seed.Seeded):
    amira = replace(TOM, name="Amira Haddad", email="amira.haddad@staff.example.com")
    got = desk.race(*(partial(desk.do, hand_over, 1, to, by=MAREK) for to in (TOM, amira)))
    owner = desk.row(escalations, 1).owner
    assert got.count(None) == 1
    assert [one for one in got if one] == [f"it was handed over meanwhile: {owner} has it by now; look at it again"]
    assert len(told(desk)) == 2
