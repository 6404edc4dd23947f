"""The timeline of a case: every entry from the closed service to now, in plain words and with what people wrote."""

import json
from datetime import timedelta

from casework.handing import Handing, hand_over
from casework.subtasks import Asking, ask, finish
from casework.writing import Writing, write_to_customer
from models.escalations import acknowledge, resolve
from models.notes import comment
from models.tables import entries, notes
from models.timeline import timeline
from policy.telling import sentence, words_of
from tests import seed
from tests.integration.concerns.conftest import MAREK, NOW, Desk
from vocabulary import Channel, Event


def story(desk: Desk, case_id: int = 1) -> list[tuple[str, str | None]]:
    with desk.place.store.read() as db:
        return [(sentence(one.event, one.detail, one.about), words_of(one.event, one.about))
                for one in timeline(db, case_id)]  # fmt: skip


def test_every_entry_is_there_in_order_after_the_closed_service(desk: Desk, concern: seed.Seeded):
    desk.do(acknowledge, 1, by="Petra")
    with desk.place.store.read() as db:
        moments = timeline(db, 1)
    logged = [row for row in desk.rows(entries) if row.case_id == 1]
    assert [(one.event, one.at, one.actor, one.clause) for one in moments[1:]] == [
        (Event(row.event), row.at, row.actor, row.clause) for row in logged
    ]
    assert (moments[0].event, moments[0].at) == (Event.SERVICE_RECEIVED, seed.CLOSED_AT)
    assert story(desk)[0][0].startswith("The service was closed: job completed (crm job-")


def test_it_says_what_people_wrote_and_what_was_sent(desk: Desk):
    seed.escalated(desk.place, comment="It drips again.")
    rules = desk.place.policy.rules
    desk.do(comment, 1, "Rang at nine, engaged.", escalation_id=1)
    desk.do(write_to_customer, 1, Writing(channel=Channel.EMAIL, text="Tom comes on Friday."), rules=rules,
            in_use=[Channel.EMAIL])  # fmt: skip
    due = NOW + timedelta(days=1)
    desk.do(ask, 1, Asking(department="Plumbing", what="Check the cellar, please.", due_at=due))
    desk.do(finish, 1, "The cellar is dry.", by=MAREK)
    to = Handing(name="Tom Okafor", email="tom.okafor@staff.example.com", reason="He knows the boiler.")
    desk.do(hand_over, 1, to, by=MAREK)
    told = story(desk)
    assert ("The customer answered about the service by email: rating 1 of 5.", "It drips again.") in told
    assert ("A comment was added.", "Rang at nine, engaged.") in told
    assert ("A message was written to the customer.", "Tom comes on Friday.") in told
    assert ("A sub-task for Plumbing was opened.", "Check the cellar, please.") in told
    assert ("A sub-task for Plumbing was done.", "The cellar is dry.") in told
    assert ("The concern was handed over to another person in Heating.", "He knows the boiler.") in told
    messages = [what for what, _ in told if what.startswith("A message about the concern by e-mail is to go out at")]
    assert len(messages) == 1, "that it was sent, not its body"
    assert ("A concern was opened (dissatisfied) with Heating.", None) in told


def test_a_concern_that_was_resolved_tells_its_cause(desk: Desk, concern: seed.Seeded):
    desk.do(resolve, 1, by="Petra", root_cause="parts", action="The valve was replaced.", known_causes=["parts"],
            ask_after=timedelta(hours=48))  # fmt: skip
    told = [what for what, _ in story(desk)]
    assert "The concern was resolved in time; root cause: parts." in told
    assert "The case went from escalated to recovering: the concern was resolved." in told


def test_nobody_else_s_words_are_in_it(desk: Desk, concern: seed.Seeded):
    other = seed.escalated(desk.place, comment="Another customer's words.")
    desk.do(comment, other.case_id, "Another case's note.")
    assert not [words for _, words in story(desk) if words]
    assert story(desk, 99) == []


def test_no_entry_holds_what_a_note_says(desk: Desk, concern: seed.Seeded):
    desk.do(comment, 1, "Her name is Bergmann.")
    assert len(desk.rows(notes)) == 1
    assert not [row for row in desk.rows(entries) if "Bergmann" in json.dumps(row.detail)]
