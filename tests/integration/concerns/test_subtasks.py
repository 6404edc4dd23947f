"""Sub-tasks: mailed to the department, done or withdrawn once, and in the way of a resolution until then."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from casework.subtasks import Asking, ask, finish, withdraw
from models.escalations import resolve
from models.notes import Author, NoteKind
from models.tables import escalations, messages, notes, subtasks
from tests import seed
from tests.integration.concerns.conftest import NOW, PETRA, Desk
from vocabulary import Event, Purpose

TOM = Author(name="Tom Okafor", email="tom.okafor@staff.example.com")
PIPE = Asking(department="Plumbing", what="Please check the pipe in the cellar.", due_at=NOW + timedelta(days=1))
RESOLVED: dict[str, Any] = {"root_cause": "parts", "action": "The valve was replaced.", "known_causes": ["parts"],
                            "ask_after": timedelta(hours=48), "by": "Petra"}  # fmt: skip


def told(desk: Desk) -> list[tuple[str, str]]:
    mails = [row for row in desk.rows(messages) if row.purpose == Purpose.SUBTASK_NOTICE]
    return [(row.to_address, json.loads(row.note)["role"]) for row in mails]


def test_the_department_is_mailed_and_its_answer_goes_to_the_owner(desk: Desk, concern: seed.Seeded):
    number = desk.do(ask, 1, PIPE)
    [row] = desk.rows(subtasks)
    assert (row.id, row.owner, row.owner_email, row.asked_by) == (number, TOM.name, TOM.email, PETRA.name)
    desk.do(finish, number, "The pipe was tight; nothing to do.", by=TOM)
    [row] = desk.rows(subtasks)
    assert (row.ended_as, row.ended_by, row.result) == ("done", TOM.name, "The pipe was tight; nothing to do.")
    assert told(desk) == [(TOM.email, "asked"), (PETRA.email, "done")]
    [asked], [done] = desk.entries(Event.SUBTASK_ASKED), desk.entries(Event.SUBTASK_DONE)
    assert (asked.ref_id, done.ref_id, done.actor) == (number, number, TOM.name)
    assert "pipe" not in asked.detail + done.detail


def test_a_concern_is_not_resolved_over_an_open_sub_task(desk: Desk, concern: seed.Seeded):
    desk.do(ask, 1, PIPE)
    assert "sub-task 1 is still open: have it done, or withdraw it" in desk.refused(resolve, 1, **RESOLVED)
    desk.do(withdraw, 1, "The customer found the leak.")
    desk.do(resolve, 1, **RESOLVED)
    assert desk.row(escalations, 1).resolved_by == "Petra"
    [note] = desk.rows(notes)
    assert (note.kind, note.text) == (NoteKind.WITHDRAWN, "The customer found the leak.")
    assert told(desk) == [(TOM.email, "asked"), (TOM.email, "withdrawn")]
    assert "is resolved: nothing more can be asked" in desk.refused(ask, 1, PIPE)


def test_resolving_and_asking_at_once_leave_no_open_sub_task_behind(desk: Desk, concern: seed.Seeded):
    got = desk.race(partial(desk.do, ask, 1, PIPE), partial(desk.do, resolve, 1, **RESOLVED))
    resolved, asked = desk.row(escalations, 1).resolved_at is not None, bool(desk.rows(subtasks))
    assert resolved is not asked
    assert sum(isinstance(one, str) for one in got) == 1


def test_a_sub_task_ends_once(desk: Desk, concern: seed.Seeded):
    desk.do(ask, 1, PIPE)
    got = desk.race(partial(desk.do, finish, 1, "The pipe was replaced.", by=TOM),
                    partial(desk.do, withdraw, 1, "No longer needed."))  # fmt: skip
    [row] = desk.rows(subtasks)
    assert got.count(None) == 1
    assert [one for one in got if one] == [f"sub-task 1 is {row.ended_as} already, by {row.ended_by}"]


@pytest.mark.parametrize(
    ("asking", "words"),
    [
        ({"what": "Look."}, "what is to be done must have at least 10 characters"),
        ({"due_at": NOW}, "is over: name a later one"),
        ({"department": "Moon"}, "'Moon' is no department of the policy; these are: Heating, Plumbing"),
    ],
)
def test_what_cannot_be_asked_is_said(desk: Desk, concern: seed.Seeded, asking: dict[str, Any], words: str):
    values = {"department": PIPE.department, "what": PIPE.what, "due_at": PIPE.due_at} | asking
    assert words in desk.refused(ask, 1, Asking(**values))
    assert "there is no sub-task 7" in desk.refused(finish, 7, "The pipe was replaced.")
