"""Clause 4.4 lived through: a customer smells gas on a Saturday night, and somebody is told until one takes it."""

import itertools
from datetime import timedelta

import pytest

from casework.alarms import end_alarm, take_alarm
from models.alarms import AlarmError, listed
from models.duty import NewShift, add_shifts
from models.tables import escalations, messages
from tests.acceptance.days import Days, berlin
from tests.acceptance.test_unread_replies import reply, site
from tests.replies import kept, send_text
from tests.web_site import Site
from vocabulary import Channel, Purpose

__all__ = ["site"]
SATURDAY_NIGHT = berlin("2026-10-10 22:34")
GAS = "It smells of gas in the cellar since your man left"


def on_call(days: Days, *, phone: str | None = None, department: str = "Heating") -> None:
    shift = NewShift(department=department, name="Nadia Night", email="nadia@staff.example.com", phone=phone,
                     starts_at=berlin("2026-10-09 17:00"), ends_at=berlin("2026-10-12 08:00"))  # fmt: skip
    with days.here.store.write() as db:
        add_shifts(db, [shift], by="Marek")


def asked_before_saturday_night(days: Days) -> None:
    days.now = berlin("2026-10-08 10:00")
    days.report()
    days.live(until=SATURDAY_NIGHT)


def told(days: Days) -> list[tuple[int, str]]:
    """Minutes after the message, and to whom, of each alarm by mail."""
    return [(round((mail.at - SATURDAY_NIGHT).total_seconds() / 60), mail.to)
            for mail in days.letters(Purpose.DANGER_ALARM)]  # fmt: skip


def alarms(days: Days) -> list[object]:
    with days.here.store.read() as db:
        return list(listed(db, everything=True))


def test_the_person_on_call_is_told_at_once_and_the_customer_what_to_do(days: Days, site: Site):
    asked_before_saturday_night(days)
    on_call(days)
    reply(days, site, GAS)
    days.deliver()
    assert told(days) == [(0, "nadia@staff.example.com")]
    [advice] = days.letters(Purpose.SAFETY_ADVICE)
    assert (advice.to, "Leave" in advice.text or "leave" in advice.text) == ("ann@example.com", True)
    [alarm] = days.letters(Purpose.DANGER_ALARM)
    assert not {"Ann", "cellar", "ann@example.com"} & set(alarm.text.replace(",", " ").split())


def test_while_nobody_takes_it_the_next_one_is_told_every_quarter_of_an_hour(days: Days, site: Site):
    asked_before_saturday_night(days)
    on_call(days)
    reply(days, site, GAS)
    days.live(minutes=70)
    routes = days.here.policy.rules.escalation.routes
    route = next(route for route in routes if route.department in ("Heating", "*"))
    ladder = ["nadia@staff.example.com", route.supervisor.email, route.head.email,
              days.here.policy.rules.escalation.management.email]  # fmt: skip
    assert [to for _, to in told(days)][:4] == ladder
    assert [to for _, to in told(days)][4:] == [ladder[-1]] * (len(told(days)) - 4)
    minutes = [after for after, _ in told(days)]
    assert all(15 <= later - earlier <= 17 for earlier, later in itertools.pairwise(minutes))


def test_who_takes_it_ends_the_calling_and_only_one_can(days: Days, site: Site):
    asked_before_saturday_night(days)
    on_call(days)
    reply(days, site, GAS)
    days.live(minutes=20)
    with days.here.store.write() as db:
        take_alarm(db, 1, by="Nadia Night", at=days.now)
    with days.here.store.write() as db, pytest.raises(AlarmError, match="Nadia Night"):
        take_alarm(db, 1, by="Marek", at=days.now)
    days.live(hours=9)
    assert len(told(days)) == 2
    with days.here.store.write() as db:
        end_alarm(db, 1, "The valve was closed.", by="Nadia Night", at=days.now)
    with days.here.store.write() as db, pytest.raises(AlarmError, match="is over"):
        end_alarm(db, 1, "Again", by="Marek", at=days.now)


def test_it_is_a_concern_of_the_gravest_kind_too(days: Days, site: Site):
    asked_before_saturday_night(days)
    reply(days, site, GAS)
    days.live(minutes=30)
    with days.here.store.read() as db:
        [concern] = db.execute(escalations.select()).all()
    assert concern.severity == "safety"


def test_without_anybody_on_call_the_owner_of_the_department_is_told(days: Days, site: Site):
    asked_before_saturday_night(days)
    on_call(days, department="Windows")
    reply(days, site, GAS)
    days.deliver()
    route = next(one for one in days.here.policy.rules.escalation.routes if one.department in ("Heating", "*"))
    assert told(days) == [(0, route.owner.email)]


def test_with_a_number_a_text_message_goes_out_too(days: Days, site: Site):
    asked_before_saturday_night(days)
    on_call(days, phone="+4915112345678")
    reply(days, site, GAS)
    with days.here.store.read() as db:
        owed = [(row.channel, row.to_address) for row in db.execute(messages.select())
                if row.purpose == Purpose.DANGER_ALARM]  # fmt: skip
    assert sorted(owed) == [(Channel.EMAIL, "nadia@staff.example.com"), (Channel.SMS, "+4915112345678")]


def test_from_a_number_that_nobody_knows_it_is_an_alarm_all_the_same(days: Days, site: Site):
    site.clock.now = days.now = SATURDAY_NIGHT
    assert send_text(site, "+4915199999999", "gas smell!! please come").status_code == 200
    days.deliver()
    [alarm] = alarms(days)
    assert (alarm.case_id, alarm.department) == (None, "*")  # type: ignore[attr-defined]
    assert len(told(days)) == 1


def test_the_same_hook_twice_is_one_alarm(days: Days, site: Site):
    site.clock.now = days.now = SATURDAY_NIGHT
    for _ in range(2):
        sent = send_text(site, "+4915199999999", "there is smoke in the kitchen", MessageSid="SM" + "7" * 32)
        assert sent.status_code == 200
    assert (len(alarms(days)), len(kept(site))) == (1, 1)


def test_what_is_no_danger_raises_none(days: Days, site: Site):
    asked_before_saturday_night(days)
    reply(days, site, "5\nThe smoke alarm was fitted very neatly")
    days.live(minutes=30)
    assert (alarms(days), told(days)) == ([], [])
    assert days.now - SATURDAY_NIGHT == timedelta(minutes=30)
