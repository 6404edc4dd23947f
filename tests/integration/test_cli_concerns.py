"""`escalations` beyond acknowledging: pauses, the clock, and customers who cannot be reached, as people type them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.closing import log_call
from models.answers import Said, record
from models.escalations import acknowledge
from models.inbox import receive
from tasks.ask import owe_surveys
from tasks.concerns import judge_answers
from tasks.open_cases import open_cases
from tasks.place import Place
from tests import seed
from tests.integration.test_cli import Type, _report, type_
from vocabulary import CallOutcome, Channel

__all__ = ["type_"]

NOTE = ("--note", "The valve comes on Friday.")


def opened(place: Place, ago: timedelta, **customer: object) -> Place:
    """Escalation 1 came in so long ago."""
    at = datetime.now(UTC) - ago
    closed_at = at - timedelta(days=20)  # whatever holidays there are, the slot has come
    with place.store.write() as db:
        receive(db, [_report("J-1", **customer).model_copy(update={"closed_at": closed_at})], at=closed_at)
    open_cases.fn([1], closed_at)
    owe_surveys.fn([1], at)
    with place.store.write() as db:
        said = Said(nonce="n", channel=Channel.EMAIL, rating=1, comment=None, contact_me=True)
        record(db, 1, said, at=at, change_for=timedelta(hours=72))
    judge_answers.fn([1], at)
    return place


@pytest.fixture
def concern(place: Place) -> Place:
    return opened(place, timedelta(hours=1), email="ann@example.com")


@pytest.fixture
def tried(place: Place) -> Place:
    """Petra called three times, a month ago; the customer has no address to write to."""
    opened(place, timedelta(days=30), phone="+493023125017", channels=["phone"])
    at = datetime.now(UTC) - timedelta(days=29)
    with place.store.write() as db:
        acknowledge(db, 1, by="Petra", at=at)
        for _ in range(3):
            log_call(db, 1, CallOutcome.NO_ANSWER, by="Petra", at=at)
    return place


ASK = ("escalations", "unreachable", "1", "--root-cause", "other", "--action", "Wrote a letter.", "--by", "Petra")


def test_a_concern_is_paused_for_a_reason_of_the_policy_and_goes_on(concern: Place, type_: Type):
    status, _, err = type_("escalations", "pause", "1", "--for", "part on order", *NOTE)
    assert (status, "nobody has acknowledged it" in err) == (2, True)
    assert type_("escalations", "acknowledge", "1")[0] == 0
    status, _, err = type_("escalations", "pause", "1", "--for", "no time", *NOTE)
    assert (status, "it lists: part on order, customer's date, third party" in err) == (2, True)
    until = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d %H:%M}"
    pausing = ("escalations", "pause", "1", "--for", "part on order", *NOTE, "--by", "Petra", "--until", until)
    status, out, _ = type_(*pausing)
    assert (status, f"is paused until {until} UTC" in out) == (0, True)
    status, out, _ = type_("escalations", "clock", "1")
    assert "resolved:             paused, 3 d 22 h left" in out
    assert "paused now: a part is on order; The valve comes on Friday." in out
    assert "escalation paused by Petra" in type_("explain", "1")[1]
    assert "it is to be resolved by" in type_("escalations", "resume", "1")[1]
    status, _, err = type_("escalations", "resume", "1")
    assert (status, "is not paused" in err) == (2, True)


def test_the_clock_shows_both_deadlines_side_by_side_and_who_is_told_next(concern: Place, type_: Type):
    status, out, _ = type_("escalations", "clock", "1")
    lines = out.splitlines()
    assert status == 0
    assert lines[0].startswith("in a person's hands:  22 h 59 min left, due ")
    assert lines[1].startswith("acknowledged:         ")
    assert "next: owner" in out
    status, _, err = type_("escalations", "clock", "99")
    assert (status, "there is no escalation 99" in err) == (2, True)


def test_attempts_are_written_down_and_counted(concern: Place, type_: Type):
    type_("escalations", "acknowledge", "1", "--by", "Petra")
    for _ in range(3):
        assert type_("escalations", "called", "1", "--outcome", "no answer")[0] == 0
    status, _, err = type_("escalations", "called", "1", "--outcome", "solved")
    assert (status, "is no outcome of a call about a concern" in err) == (2, True)
    assert "tried to reach the customer: 3 times (phone)" in type_("escalations", "clock", "1")[1]
    status, _, err = type_(*ASK)
    assert (status, "business days from the first attempt are over on" in err) == (2, True)


def test_a_customer_who_cannot_be_reached_needs_a_second_person(tried: Place, type_: Type):
    assert type_(*ASK)[0] == 0
    assert "Petra asks to close it as unreachable" in type_("escalations", "clock", "1")[1]
    status, _, err = type_("escalations", "sign", "1", "--by", "petra")
    assert (status, "somebody else has to sign" in err) == (2, True)
    assert "closed as unreachable" in type_("escalations", "sign", "1", "--by", "Joan")[1]
    assert "closed: unreachable" in type_("escalations", "list", "--all")[1]
    assert "unreachable (ended): the customer could not be reached" in type_("explain", "1")[1]


def test_a_request_can_be_declined(tried: Place, type_: Type):
    assert type_(*ASK)[0] == 0
    status, _, err = type_("escalations", "decline", "1", "--reason", "no")
    assert (status, "say why" in err) == (2, True)
    assert "stays open" in type_("escalations", "decline", "1", "--reason", "Ask the neighbour.", "--by", "Joan")[1]
    status, _, err = type_("escalations", "sign", "1", "--by", "Joan")
    assert (status, "nothing about escalation 1 waits" in err) == (2, True)


def test_an_alarm_is_listed_taken_once_and_ended_with_what_was_done(concern: Place, type_: Type):
    number = str(seed.alarm(concern, 1, at=datetime.now(UTC)))
    assert "nobody has taken it" in type_("alarms", "list")[1]
    assert type_("alarms", "take", number, "--by", "Nadia")[0] == 0
    status, _, err = type_("alarms", "take", number, "--by", "Petra")
    assert (status, "Nadia took it" in err) == (2, True)
    assert type_("alarms", "end", number, "--outcome", " ")[0] == 2
    assert type_("alarms", "end", number, "--outcome", "The valve was closed.", "--by", "Nadia")[0] == 0
    assert "No open alarms." in type_("alarms", "list")[1]
    assert "ended by Nadia" in type_("alarms", "list", "--all")[1]
    assert type_("alarms", "take", "99")[0] == 2


def test_the_calendar_of_who_is_on_call_is_kept_by_hand_and_from_a_file(concern: Place, type_: Type, tmp_path: Path):
    assert "No shifts." in type_("on-call", "list")[1]
    nadia = "--name", "Nadia", "--email", "nadia@staff.example.com", "--phone", "+49 151 12345678"
    tomorrow, later = (f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d} 08:00" for days in (1, 2))
    times = "--from", tomorrow, "--to", later
    assert type_("on-call", "add", "--department", "Heating", *nadia, *times)[0] == 0
    for wrong in (
        ("--department", "heat pumps", *nadia, *times),
        ("--department", "Heating", *nadia, "--from", later, "--to", tomorrow),
        ("--department", "Heating", *nadia, *times, "--timezone", "Mars"),
        ("--department", "Heating", *nadia, "--from", "tomorrow", "--to", later),
    ):
        assert type_("on-call", "add", *wrong)[0] == 2
    file = tmp_path / "calendar.ics"
    event = f"UID:1\nDTSTART:{tomorrow[:10].replace('-', '')}\nSUMMARY:Otto otto@staff.example.com"
    file.write_text(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n")
    for _ in range(2):
        assert "1 shifts are read" in type_("on-call", "import", str(file), "--department", "*")[1]
    listed = type_("on-call", "list")[1]
    assert ("+4915112345678" in listed, listed.count("Otto")) == (True, 1)
    file.write_bytes(b"\xff\xfe\x00")
    assert type_("on-call", "import", str(file), "--department", "*")[0] == 2
    assert "removed" in type_("on-call", "remove", "1")[1]
    assert type_("on-call", "remove", "1")[0] == 2
