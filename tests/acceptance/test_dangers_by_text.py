"""Clause 4.4 with text messages: they reach staff and customers at night, and what goes wrong harms nobody."""

from datetime import timedelta

import pytest

from models.tables import alarms, cases, invalid_addresses, messages, suppressions
from tests.acceptance.days import Days, berlin
from tests.acceptance.test_dangers import SATURDAY_NIGHT, asked_before_saturday_night, on_call, told
from tests.acceptance.test_unread_replies import reply, site
from tests.acceptance.texts import MOBILE, NOT_A_MOBILE, STOPPED_BEFORE, StartTwilio, forms, start_twilio, texts
from tests.replies import send_text
from tests.web_site import Site
from vocabulary import Channel, Delivery, Event, Purpose, Stage

__all__ = ["site", "start_twilio"]
ON_CALL = "+4915112345678"
STRANGER = "+4915199999999"
GAS = "smells like gas"


def asked_by_text(days: Days) -> None:
    days.now = berlin("2026-10-08 10:00")
    days.report(channels="sms,email", phone=MOBILE)
    days.live(until=SATURDAY_NIGHT)


def write(days: Days, site: Site, sender: str = MOBILE, text: str = GAS) -> None:
    site.clock.now = days.now
    assert send_text(site, sender, text).status_code == 200


@pytest.fixture
def by_sms(days: Days, monkeypatch: pytest.MonkeyPatch) -> Days:
    """SMS are written into the outbox folder."""
    monkeypatch.setenv("AFTERCARE_SMS", "outbox")
    return days


def test_on_a_saturday_night_a_text_alerts_by_text_and_mail_and_is_answered_with_advice(by_sms: Days, site: Site):
    days = by_sms
    asked_by_text(days)
    on_call(days, phone=ON_CALL)
    write(days, site)
    days.deliver()
    night = [text for text in texts(days) if text.at >= SATURDAY_NIGHT]
    assert {(text.to, text.purpose, text.at) for text in night} == {
        (ON_CALL, Purpose.DANGER_ALARM, SATURDAY_NIGHT), (MOBILE, Purpose.SAFETY_ADVICE, SATURDAY_NIGHT),
    }  # fmt: skip
    [alarm] = [text.text for text in night if text.to == ON_CALL]
    assert "DANGER reported: gas, Heating, alarm 1" in alarm
    assert "/console/alarms/1" in alarm
    assert MOBILE not in alarm
    [advice] = [text.text for text in night if text.to == MOBILE]
    assert "112" in advice
    assert told(days) == [(0, "nadia@staff.example.com")]


def test_neither_alert_nor_advice_waits_for_a_reply_that_nobody_has_read(by_sms: Days, site: Site):
    days = by_sms
    asked_by_text(days)
    on_call(days, phone=ON_CALL)
    write(days, site, text="Which of your men was it?")
    days.now += timedelta(minutes=1)
    write(days, site)
    days.deliver()
    assert {text.purpose for text in texts(days)} > {Purpose.DANGER_ALARM, Purpose.SAFETY_ADVICE}


def test_a_stranger_who_texted_stop_before_is_sent_no_advice_and_somebody_is_alerted(by_sms: Days, site: Site):
    days = by_sms
    days.now = SATURDAY_NIGHT
    for said in ("STOP", "gas smell in the hall"):
        write(days, site, STRANGER, said)
    with days.here.store.read() as db:
        owed = {row.purpose for row in db.execute(messages.select())}
    assert Purpose.DANGER_ALARM in owed
    assert Purpose.SAFETY_ADVICE not in owed


def test_an_alert_that_staff_refuse_to_get_says_nothing_of_the_customer(
    days: Days, site: Site, start_twilio: StartTwilio
):
    asked_before_saturday_night(days)
    on_call(days, phone=ON_CALL)
    start_twilio(STOPPED_BEFORE)
    reply(days, site, GAS)
    days.deliver()
    assert [(row.code, row.to_address) for row in days.rows(messages) if row.state == Delivery.REJECTED] == [
        ("21610", ON_CALL)
    ]
    assert (days.rows(suppressions), days.rows(invalid_addresses)) == ([], [])


def test_a_number_of_staff_that_takes_no_texts_does_not_make_the_customers_one_invalid(
    days: Days, site: Site, start_twilio: StartTwilio
):
    days.now = berlin("2026-10-08 10:00")
    days.report(phone=MOBILE)
    days.live(until=SATURDAY_NIGHT)
    on_call(days, phone=ON_CALL)
    start_twilio(NOT_A_MOBILE)
    reply(days, site, GAS)
    days.deliver()
    assert days.rows(invalid_addresses) == []


def test_advice_to_a_stranger_that_is_refused_holds_up_no_other_mail(days: Days, site: Site, start_twilio: StartTwilio):
    server = start_twilio(NOT_A_MOBILE)
    days.now = SATURDAY_NIGHT
    write(days, site, STRANGER)
    days.live(minutes=5)
    assert [form["To"] for form in forms(server)] == [STRANGER]
    days.report("J-2", closed=days.now - timedelta(hours=1))
    days.live(days=3)
    assert days.letters(Purpose.SURVEY)
    assert all(mail.purpose != Purpose.SAFETY_ADVICE for mail in days.letters())


def test_without_text_messages_the_mail_alone_goes_out_and_nobody_else_is_alerted_for_that(days: Days, site: Site):
    asked_before_saturday_night(days)
    on_call(days, phone=ON_CALL)
    reply(days, site, GAS)
    days.live(minutes=14)
    assert told(days) == [(0, "nadia@staff.example.com")]
    [sms] = [row for row in days.rows(messages) if row.channel == Channel.SMS]
    assert (sms.state, sms.code) == (Delivery.REJECTED, "channel off")


def test_of_a_strangers_danger_too_the_mail_alone_goes_out(days: Days, site: Site):
    days.now = SATURDAY_NIGHT
    on_call(days, phone=ON_CALL, department="*")
    write(days, site, STRANGER)
    days.live(minutes=14)
    assert told(days) == [(0, "nadia@staff.example.com")]


def fail(days: Days, rung: int) -> None:
    """The provider says that the mail of this rung did not arrive."""
    lost = messages.update().where(messages.c.key == f"alarm:1:{rung}:email")
    with days.here.store.write() as db:
        db.execute(lost.values(state=Delivery.FAILED, settled_at=days.now))


def test_an_alert_that_did_not_arrive_goes_to_the_next_one_without_waiting(days: Days, site: Site):
    asked_before_saturday_night(days)
    on_call(days, phone=ON_CALL)
    reply(days, site, GAS)
    days.deliver()
    fail(days, 0)
    days.now += timedelta(minutes=2)
    days.sweep()
    route = next(one for one in days.here.policy.rules.escalation.routes if one.department in ("Heating", "*"))
    assert told(days) == [(0, "nadia@staff.example.com"), (2, route.supervisor.email)]
    assert [entry.event for entry in days.entries(Event.DANGER_PASSED_ON)] == [Event.DANGER_PASSED_ON]


def test_the_last_one_is_not_flooded_when_no_mail_arrives(days: Days, site: Site):
    asked_before_saturday_night(days)
    on_call(days)
    reply(days, site, GAS)
    for rung in range(8):
        days.sweep()
        fail(days, rung)
        days.now += timedelta(minutes=2)
    assert days.rows(alarms)[0].rung == 3


def test_a_text_that_arrived_keeps_the_alert_with_its_reader(by_sms: Days, site: Site):
    days = by_sms
    asked_before_saturday_night(days)
    on_call(days, phone=ON_CALL)
    reply(days, site, GAS)
    days.deliver()
    fail(days, 0)
    days.now += timedelta(minutes=2)
    days.sweep()
    assert days.rows(alarms)[0].rung == 0


def test_advice_is_no_first_contact_about_the_service(by_sms: Days, site: Site):
    days = by_sms
    days.now = berlin("2026-10-10 20:00")
    days.report(channels="sms,email", phone=MOBILE)
    days.sweep()
    write(days, site)
    days.deliver()
    assert [text.purpose for text in texts(days)] == [Purpose.SAFETY_ADVICE]
    assert days.case().contacted_at is None


def test_who_has_opted_out_of_surveys_is_told_what_to_do_all_the_same(days: Days, site: Site):
    asked_before_saturday_night(days)
    reply(days, site, "STOP")
    days.now += timedelta(minutes=1)
    reply(days, site, GAS)
    days.deliver()
    assert days.rows(suppressions)
    assert [mail.to for mail in days.letters(Purpose.SAFETY_ADVICE)] == ["ann@example.com"]


def test_a_danger_is_heard_when_its_case_is_long_over(days: Days, site: Site):
    days.now = berlin("2026-08-03 10:00")
    days.report()
    days.live(hours=5)
    reply(days, site, "5")
    days.live(until=SATURDAY_NIGHT)
    assert days.case().stage == Stage.CLOSED
    reply(days, site, GAS)
    days.deliver()
    [alarm] = days.rows(alarms)
    assert (alarm.case_id, len(told(days)), len(days.letters(Purpose.SAFETY_ADVICE))) == (1, 1, 1)
    assert days.rows(cases)[0].stage == Stage.CLOSED


def test_a_danger_beside_five_stars_on_the_page_is_one(days: Days, site: Site):
    asked_before_saturday_night(days)
    on_call(days)
    site.clock.now = days.now
    site.answer(days.letters()[0].token("s"), rating="5", comment=GAS)
    days.now = site.clock.now
    days.deliver()
    assert told(days) == [(0, "nadia@staff.example.com")]
    assert [mail.to for mail in days.letters(Purpose.SAFETY_ADVICE)] == ["ann@example.com"]
