"""Promises about the clock of a concern (clause 4.4): it stands still for listed reasons only, never on the way in."""

import json
from datetime import datetime, timedelta

import pytest

from casework.concern_clock import ConcernClock, clock_of, clocks_of
from casework.handing import Handing, hand_over
from casework.pauses import pause, resume
from models.escalations import EscalationError, known
from models.notes import Author
from models.tables import escalation_pauses
from policy.concern_clock import State
from tests.acceptance.days import Days, berlin
from vocabulary import Event, Purpose

NOTE = "The valve comes from the maker on Friday."
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def unhappy(days: Days) -> Days:
    """A customer rated 1 on Monday at 15:00, a minute ago."""
    days.report()
    days.live(hours=5)
    days.answer(days.letters()[0], rating=1, comment="It drips again.")
    days.live(minutes=1)
    return days


@pytest.fixture
def taken(unhappy: Days) -> Days:
    """… and an hour later it is in Petra's hands."""
    unhappy.live(hours=1)
    unhappy.acknowledge()
    return unhappy


def paused(days: Days, code: str = "part on order", until: datetime | None = None, note: str = NOTE) -> datetime:
    with days.here.store.write() as db:
        return pause(db, 1, code=code, note=note, by="Petra Lindqvist", at=days.now, until=until)


def resumed(days: Days) -> datetime:
    with days.here.store.write() as db:
        return resume(db, 1, by="Petra Lindqvist", at=days.now)


def clock(days: Days) -> ConcernClock:
    with days.here.store.read() as db:
        concern = known(db, 1)
        found = clock_of(db, concern, days.now)
        assert clocks_of(db, [concern], days.now) == {1: found.clocks}, "a list says the same"
        return found


def overdue_mails(days: Days) -> list[str]:
    return [mail.to for mail in days.letters(Purpose.DEADLINE_WARNING) if "resolution" in mail.text]


def test_a_pause_moves_the_resolution_target_by_exactly_its_time(taken: Days):
    target = taken.escalation().resolve_by
    paused(taken)
    taken.live(days=2, hours=3)
    resolution = clock(taken).clocks.resolution
    assert (resolution.state, resolution.due_at) == (State.PAUSED, target), "what was left when the clock was stopped"
    assert taken.escalation().resolve_by > target + 13 * DAY, "and nothing takes it for late meanwhile"
    assert resumed(taken) == target + 2 * DAY + 3 * HOUR
    assert taken.escalation().resolve_by == target + 2 * DAY + 3 * HOUR
    assert clock(taken).paused is None
    taken.live(until=target + 2 * DAY)
    assert overdue_mails(taken) == []
    taken.live(hours=4)
    assert len(overdue_mails(taken)) == 2, "owner and supervisor, once, at the date that it moved to"
    taken.live(days=10)
    assert len(overdue_mails(taken)) == 2


def test_a_pause_ends_by_itself_at_its_latest_date_and_both_ends_are_in_the_log(taken: Days):
    target = taken.escalation().resolve_by
    until = taken.now + 3 * DAY
    assert paused(taken, until=until) == until
    begun_at = taken.now
    taken.live(days=3, hours=1)
    [row] = taken.rows(escalation_pauses)
    assert (row.ended_at, row.ended_by, row.ended_because) == (until, "aftercare", "its latest date")
    assert taken.escalation().resolve_by == target + 3 * DAY
    [begun], [ended] = taken.entries(Event.ESCALATION_PAUSED), taken.entries(Event.ESCALATION_RESUMED)
    assert (begun.at, begun.actor, ended.actor) == (begun_at, "Petra Lindqvist", "aftercare")
    assert json.loads(begun.detail)["code"] == "part on order"
    assert json.loads(ended.detail)["paused hours"] == 72
    assert NOTE not in begun.detail + ended.detail, "people write names into notes; the log holds none"


def test_being_down_makes_no_pause_longer(taken: Days):
    target = taken.escalation().resolve_by
    paused(taken, until=taken.now + DAY)
    taken.now += 9 * DAY  # nothing ran
    taken.live(minutes=1)
    assert taken.escalation().resolve_by == target + DAY
    assert len(overdue_mails(taken)) == 2, "and what became late meanwhile is told"
    assert "late" in clock(taken).clocks.resolution.words


def test_what_the_customer_says_ends_a_pause_at_that_moment(taken: Days):
    target = taken.escalation().resolve_by
    paused(taken)
    taken.live(days=1)
    taken.answer(taken.letters(Purpose.SURVEY)[0], rating=1, comment="And now the pump is loud.")
    taken.live(hours=5)
    [row] = taken.rows(escalation_pauses)
    assert (row.ended_because, row.ended_by) == ("the customer said something", "customer")
    assert taken.escalation().resolve_by == target + DAY


def test_resolving_ends_a_pause_and_counts_as_in_time(taken: Days):
    target = taken.escalation().resolve_by
    paused(taken)
    taken.live(until=target + 2 * DAY)
    taken.resolve()
    [row] = taken.rows(escalation_pauses)
    assert (row.ended_at, row.ended_because) == (taken.now, "the concern was resolved")
    assert taken.escalation().resolved_at < taken.escalation().resolve_by
    assert json.loads(taken.entries(Event.ESCALATION_RESOLVED)[0].detail)["in time"] is True


def test_the_24_hours_into_a_persons_hands_are_never_paused(unhappy: Days):
    with pytest.raises(EscalationError, match="cannot be paused: nobody has acknowledged it: the 24 hours"):
        paused(unhappy)
    unhappy.live(days=2)
    assert len(unhappy.entries(Event.ESCALATION_BREACHED)) == 3
    assert unhappy.rows(escalation_pauses) == []


@pytest.mark.parametrize(
    ("code", "note", "fault"),
    [
        ("too much to do", NOTE, "is no reason for a pause in the policy of this case; it lists: part on order"),
        ("part on order", " part  ", "a pause needs a note that says why"),
    ],
)
def test_a_pause_needs_a_reason_of_the_policy_and_a_note(taken: Days, code: str, note: str, fault: str):
    with pytest.raises(EscalationError, match=fault):
        paused(taken, code, note=note)
    assert taken.rows(escalation_pauses) == []
    assert taken.entries(Event.ESCALATION_PAUSED) == []


def test_pauses_for_one_reason_do_not_add_up_beyond_what_the_policy_allows(taken: Days):
    for _ in range(2):
        paused(taken, until=taken.now + 7 * DAY)
        taken.live(days=7, minutes=2)
    with pytest.raises(EscalationError, match="the 14 days that the policy allows for 'part on order' are used up"):
        paused(taken)
    paused(taken, "third party")  # another reason has days of its own


def test_a_second_pause_and_the_end_of_none_are_refused(taken: Days):
    with pytest.raises(EscalationError, match="is not paused"):
        resumed(taken)
    paused(taken)
    with pytest.raises(EscalationError, match="it is paused already"):
        paused(taken, "third party")
    taken.resolve()
    with pytest.raises(EscalationError, match="it is resolved: there is nothing to pause"):
        paused(taken)


def test_handing_it_over_ends_a_pause(taken: Days):
    target, marek = taken.escalation().resolve_by, Author(name="Marek Novak")
    paused(taken)
    taken.live(days=1)
    tom = Handing(name="Tom Okafor", email="tom.okafor@staff.example.com", reason="Petra is ill.")
    with taken.here.store.write() as db:
        hand_over(db, 1, tom, by=marek, at=taken.now)
    [row] = taken.rows(escalation_pauses)
    assert (row.ended_at, row.ended_because) == (taken.now, "the concern was handed over")
    assert taken.escalation().resolve_by == target + DAY
    found = clock(taken).clocks
    assert found.hands.state is State.MET, "the 24 hours were met by who had it first"
    assert (found.acknowledgement.state, found.acknowledgement.due_at) == (State.RUNNING, taken.escalation().retake_by)
    with pytest.raises(EscalationError, match="nobody has acknowledged it"):
        paused(taken)
    taken.live(days=1)
    assert "late by" in clock(taken).clocks.acknowledgement.words
    taken.acknowledge()
    paused(taken)
    assert clock(taken).paused is not None


def test_a_pause_cannot_hide_that_a_concern_is_late(taken: Days):
    taken.live(days=5)
    with pytest.raises(EscalationError, match="its resolution target has passed"):
        paused(taken)


def test_a_concern_that_was_opened_again_has_new_days_to_pause(taken: Days):
    paused(taken, until=taken.now + 13 * DAY)
    taken.live(days=13, minutes=1)
    taken.resolve()
    taken.live(hours=49)
    taken.answer(taken.letters(Purpose.RECOVERY_SURVEY)[0], rating=1)
    taken.live(minutes=1)
    taken.acknowledge()
    assert paused(taken) == taken.now + 14 * DAY
    assert len(clock(taken).pauses) == 2


def test_the_page_knows_who_was_told_when_and_who_is_next(unhappy: Days):
    unhappy.live(hours=19)
    found = clock(unhappy)
    assert [(told.percent, told.roles, told.names) for told in found.told] == [
        (50, ("owner",), ("Petra Lindqvist",)),
        (75, ("owner", "supervisor"), ("Petra Lindqvist", "Marek Novak")),
    ]
    received_at = unhappy.escalation().received_at
    assert [round((told.at - received_at) / HOUR, 1) for told in found.told] == [12, 18]
    assert found.coming is not None
    assert (found.coming.percent, found.coming.at) == (90, received_at + 21.6 * HOUR)
    unhappy.acknowledge()
    assert clock(unhappy).coming is None
    unhappy.live(days=5)
    assert [told.what for told in clock(unhappy).told] == ["deadline", "deadline", "resolution"]


def test_rungs_of_an_earlier_round_are_told_apart(taken: Days):
    taken.live(days=5)
    taken.resolve()
    taken.live(hours=49)
    taken.answer(taken.letters(Purpose.RECOVERY_SURVEY)[0], rating=1)
    taken.live(hours=13)
    assert [(told.what, told.percent, told.earlier) for told in clock(taken).told] == [
        ("resolution", 100, True),
        ("deadline", 50, False),
    ]


@pytest.mark.parametrize(
    "closed",
    [
        berlin("2026-10-23 10:00"),  # the clocks go back in the night to Sunday
        berlin("2027-03-26 09:00"),  # Good Friday, and the clocks go forward
        berlin("2026-12-23 15:00"),  # Christmas
    ],
)
def test_every_rung_is_worked_once_and_on_time_over_holidays_and_changes_of_the_clocks(days: Days, closed: datetime):
    days.now = closed
    days.report()
    days.live(days=8)
    days.answer(days.letters()[0], contact_me=True)
    days.live(minutes=1)
    received_at = days.escalation().received_at
    days.live(days=3)
    worked = [(round((told.at - received_at) / HOUR, 1), told.percent) for told in clock(days).told]
    assert worked == [(12, 50), (18, 75), (21.6, 90), (24, 100), (28, 100), (32, 100)]
