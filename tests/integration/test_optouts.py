"""Opt-outs by channel and for a time, wherever they are read."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.cases import keys_of, opted_out, refusals
from models.deliveries import still_wanted, unwanted
from models.due import open_calls
from models.optouts import EVERYTHING, Refusal, opt_out
from models.tables import cases, entries, messages, suppressions
from tasks.ask import owe_surveys
from tasks.place import Place
from tests import seed
from vocabulary import Channel, Disposition, Event, Stage

NOW = seed.ASKED_AT + timedelta(hours=1)
MAIL, SMS, PHONE = (Refusal(channel=channel) for channel in (Channel.EMAIL, Channel.SMS, Channel.PHONE))


def pause(days: int, at: datetime = NOW) -> Refusal:
    return Refusal(until=at + timedelta(days=days))


def leave(place: Place, case: seed.Seeded, refusal: Refusal, at: datetime = NOW) -> bool:
    with place.store.write() as db:
        return opt_out(db, case.case_id, at=at, source="test", refusal=refusal)


def row(place: Place, case: seed.Seeded) -> Any:
    with place.store.read() as db:
        return db.execute(select(cases).where(cases.c.id == case.case_id)).one()


def all_rows(place: Place, table: Any) -> list[Any]:
    with place.store.read() as db:
        return list(db.execute(select(table)))


def refused(place: Place, case: seed.Seeded, at: datetime) -> set[str]:
    with place.store.read() as db:
        keys = keys_of(row(place, case))
        return set(refusals(opted_out(db, keys, at), keys))


def test_one_channel_less_leaves_the_others(place: Place):
    case = seed.asked(place)  # by mail first, then by phone
    assert row(place, case).ladder.split(",")[0] == Channel.EMAIL
    assert leave(place, case, PHONE)
    after = row(place, case)
    assert (after.stage, after.ladder) == (Stage.ASKED, "email")
    assert refused(place, case, NOW) == {"phone"}
    assert [entry.event for entry in all_rows(place, entries)][-1] == Event.PREFERENCE_SET


def test_the_rung_that_was_tried_stays_on_the_record(place: Place):
    case = seed.asked(place)
    leave(place, case, MAIL)
    after = row(place, case)
    assert (after.stage, after.ladder, after.rung, after.next_at) == (Stage.ASKED, "email,phone", 0, NOW)


def test_a_planned_case_loses_the_channel_at_once(place: Place):
    case = seed.planned(place, channels="email, phone")
    leave(place, case, MAIL, seed.RECEIVED_AT)
    after = row(place, case)
    assert (after.stage, after.ladder, after.preferred) == (Stage.PLANNED, "phone", 1)


def test_without_a_channel_left_the_case_ends(place: Place):
    case = seed.planned(place)
    leave(place, case, MAIL, seed.RECEIVED_AT)
    leave(place, case, PHONE, seed.RECEIVED_AT)
    assert (row(place, case).stage, row(place, case).disposition) == (Stage.ENDED, Disposition.OPTED_OUT)


def test_a_pause_ends_what_waits_and_then_is_over(place: Place):
    case = seed.asked(place, email="ann@example.com")
    leave(place, case, pause(30))
    assert (row(place, case).disposition, row(place, case).reason) == ("opted out", "the customer asked for a pause")
    assert refused(place, case, NOW + timedelta(days=30) - timedelta(seconds=1)) == {"*"}
    assert refused(place, case, NOW + timedelta(days=30)) == set()


def test_nothing_ever_becomes_shorter(place: Place):
    case = seed.asked(place)
    assert leave(place, case, pause(30))
    assert not leave(place, case, pause(10))
    assert leave(place, case, pause(90))
    assert leave(place, case, EVERYTHING)
    assert not leave(place, case, pause(180))
    assert not leave(place, case, EVERYTHING)
    assert {found.until for found in all_rows(place, suppressions)} == {None}


def test_a_pause_that_is_over_can_be_followed_by_another(place: Place):
    case = seed.asked(place)
    leave(place, case, pause(30))
    later = NOW + timedelta(days=60)
    assert leave(place, case, pause(30, later), later)
    assert refused(place, case, later) == {"*"}


def test_what_is_owed_on_a_refused_channel_is_taken_back(place: Place):
    case = seed.asked(place)
    [message] = all_rows(place, messages)
    due = message.due_at
    with place.store.read() as db:
        assert still_wanted(db, [message.ref], due) == [message.id]
    leave(place, case, SMS)
    with place.store.read() as db:
        assert still_wanted(db, [message.ref], due) == [message.id]
        assert unwanted(db, due, size=10) == []
    leave(place, case, MAIL)
    with place.store.read() as db:
        assert still_wanted(db, [message.ref], due) == []
        assert unwanted(db, due, size=10) == [message.id]


def test_who_wants_no_calls_is_not_called(place: Place):
    case = seed.asked(place, channels="phone, email")
    later = NOW + timedelta(days=1)
    with place.store.read() as db:
        assert [call.case_id for call in open_calls(db, later)] == [case.case_id]
    leave(place, case, PHONE)
    with place.store.read() as db:
        assert open_calls(db, later) == []


def test_a_new_service_of_that_person_is_not_asked_there(place: Place):
    first = seed.asked(place, email="ann@example.com", phone="+49 30 1234567")
    leave(place, first, MAIL)
    later = seed.CLOSED_AT + timedelta(days=60)
    second = seed.planned(place, at=later, closed_at=later, email="ANN@example.com", phone="+49 30 1234567")
    assert row(place, second).ladder == "phone"
    later += timedelta(days=60)
    third = seed.planned(place, at=later, closed_at=later, email="ann@example.com", phone=None, channels="email")
    assert (row(place, third).disposition, row(place, third).clause) == (Disposition.OPTED_OUT, "2.4")


def test_a_pause_that_ends_before_the_slot_does_not_count(place: Place):
    first = seed.asked(place, email="ann@example.com")
    leave(place, first, pause(30))
    later = seed.CLOSED_AT + timedelta(days=60)
    second = seed.planned(place, at=later, closed_at=later, email="ann@example.com")
    owe_surveys.fn([second.case_id], later + timedelta(days=2))
    assert row(place, second).stage == Stage.ASKED
