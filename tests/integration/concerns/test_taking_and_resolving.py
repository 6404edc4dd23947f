"""Two people at once: one acknowledges or resolves, the other one is told who was faster."""

from datetime import timedelta
from functools import partial
from typing import Any

from models.escalations import acknowledge, resolve
from models.notes import NoteKind
from models.root_causes import correct_root_cause
from models.tables import cases, escalations, notes
from tests import seed
from tests.integration.concerns.conftest import MAREK, NOW, PETRA, Desk
from vocabulary import Event, Stage

CAUSES = ("workmanship", "parts", "other")


def resolving(desk: Desk, concern: seed.Seeded, by: str, cause: str = "parts") -> Any:
    return desk.do(resolve, concern.escalation_id, by=by, root_cause=cause, action="The valve was replaced.",
                   known_causes=CAUSES, ask_after=timedelta(hours=48))  # fmt: skip


def test_of_people_who_acknowledge_at_once_one_has_it(desk: Desk, concern: seed.Seeded):
    names = [f"Person {number}" for number in range(6)]
    told = desk.race(*(partial(desk.do, acknowledge, concern.escalation_id, by=name) for name in names))
    winner = desk.row(escalations, 1).acknowledged_by
    assert told.count(None) == 1
    assert {one for one in told if one} == {f"escalation 1 was acknowledged by {winner} already"}
    assert [entry.actor for entry in desk.entries(Event.ESCALATION_ACKNOWLEDGED)] == [winner]
    assert desk.row(escalations, 1).taken_at == NOW


def test_of_people_who_resolve_at_once_one_does_and_the_others_are_told_who(desk: Desk, concern: seed.Seeded):
    names = [f"Person {number}" for number in range(6)]
    told = desk.race(*(partial(resolving, desk, concern, name) for name in names))
    winner = desk.row(escalations, 1).resolved_by
    assert told.count(None) == 1
    assert {one for one in told if one} == {f"escalation 1 was resolved by {winner} already"}
    assert [entry.actor for entry in desk.entries(Event.ESCALATION_RESOLVED)] == [winner]
    assert desk.row(cases, concern.case_id).stage == Stage.RECOVERING


def correcting(was: str, now: str, reason: str = "It was the supplier's part.") -> dict[str, Any]:
    return {"was": was, "root_cause": now, "reason": reason, "known_causes": CAUSES, "by": MAREK}


def test_a_corrected_root_cause_stays_in_the_log_with_both_words_and_the_reason(desk: Desk, concern: seed.Seeded):
    resolving(desk, concern, "Petra", "workmanship")
    desk.do(correct_root_cause, 1, **correcting("workmanship", "parts"))
    assert desk.row(escalations, 1).root_cause == "parts"
    [entry] = desk.entries(Event.ROOT_CAUSE_CORRECTED)
    assert (entry.actor, entry.clause) == ("Marek Novak", "4.6")
    assert '"from": "workmanship", "to": "parts"' in entry.detail
    assert "supplier" not in entry.detail
    [note] = desk.rows(notes)
    assert (note.kind, note.text) == (NoteKind.CORRECTED, "It was the supplier's part.")
    assert '"root cause": "workmanship"' in desk.entries(Event.ESCALATION_RESOLVED)[0].detail, "as it was written then"


def test_a_root_cause_is_corrected_by_who_saw_the_present_one(desk: Desk, concern: seed.Seeded):
    correct = partial(desk.refused, correct_root_cause, 1)
    assert "has no root cause yet" in correct(**correcting("parts", "other"))
    resolving(desk, concern, "Petra", "workmanship")
    assert "'workmanship' by now, not 'parts'" in correct(**correcting("parts", "other"))
    assert "use one of: workmanship, parts, other" in correct(**correcting("workmanship", "luck"))
    assert "is 'workmanship' already" in correct(**correcting("workmanship", "workmanship"))
    assert "must say something" in correct(**correcting("workmanship", "parts", reason=" "))


def test_two_corrections_at_once_are_one(desk: Desk, concern: seed.Seeded):
    resolving(desk, concern, "Petra", "workmanship")
    told = desk.race(*(partial(desk.do, correct_root_cause, 1, **correcting("workmanship", to))
                       for to in ("parts", "other")))  # fmt: skip
    assert told.count(None) == 1
    assert len(desk.entries(Event.ROOT_CAUSE_CORRECTED)) == len(desk.rows(notes)) == 1
    assert PETRA.name not in {note.by for note in desk.rows(notes)}
