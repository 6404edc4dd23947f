"""Clause 4.2 lived through: a bounce comes days later and without any number; nothing more goes to that mailbox."""

from collections.abc import Sequence
from typing import Any

import pytest

from models.addresses import Unreachable, mark_invalid
from models.report import address_key
from models.tables import calls, messages
from tests.acceptance.days import Days
from tests.providers import event, make_providers
from vocabulary import Channel, Delivery, Purpose, Stage

NO_NUMBER: Sequence[dict[str, Any]] = [{"sg_message_id": ""}, {"sg_message_id": None}, {}]


def bounce(days: Days, number: dict[str, Any], kind: str = "bounce") -> None:
    """As SendGrid writes it late: without our argument, and with no number that leads anywhere."""
    late = {name: value for name, value in event(kind, days.now, status="5.1.1").items() if name != "sg_message_id"}
    assert make_providers(days.here, days.now).tell(late | number).status == 204


def mails(days: Days, case_id: int) -> list[str]:
    return [letter.purpose for letter in days.letters() if letter.row.case_id == case_id]


@pytest.mark.parametrize("number", NO_NUMBER, ids=str)
def test_it_goes_to_the_only_message_and_the_case_to_the_next_channel(days: Days, number: dict[str, Any]):
    days.report(phone="030 123456")
    days.live(hours=20)
    bounce(days, number)
    days.live(days=1)
    [sent] = [message for message in days.rows(messages) if message.case_id == 1]
    assert (sent.state, sent.code) == (Delivery.FAILED, "bounce 5.1.1")
    assert [call.reason for call in days.calls()] == ["the message did not arrive (bounce 5.1.1)"]
    assert mails(days, 1) == [Purpose.SURVEY]


def test_after_a_reminder_it_does_not_matter_which_of_both_it_was(days: Days):
    days.report(phone="030 123456")
    days.live(days=4)
    assert mails(days, 1) == [Purpose.SURVEY, Purpose.REMINDER]
    bounce(days, {})
    days.live(days=5)
    assert mails(days, 1) == [Purpose.SURVEY, Purpose.REMINDER]
    assert len(days.calls()) == 1


def test_of_several_cases_none_writes_to_the_dead_mailbox_any_more(days: Days, policy_file: Any):
    policy_file.write_text(policy_file.read_text("utf-8").replace("cooldown_days = 30", "cooldown_days = 0"), "utf-8")
    days.report("J-1", phone="030 123456")
    days.report("J-2", phone="030 123456")
    days.live(hours=20)
    assert (mails(days, 1), mails(days, 2)) == ([Purpose.SURVEY], [Purpose.SURVEY])
    bounce(days, {})
    days.live(days=12)
    assert (mails(days, 1), mails(days, 2)) == ([Purpose.SURVEY], [Purpose.SURVEY])
    assert {call.case_id for call in days.rows(calls)} == {1, 2}
    assert {message.state for message in days.rows(messages) if message.purpose == Purpose.SURVEY} == {"accepted"}


def test_one_without_another_way_is_not_reminded_and_may_still_answer(days: Days):
    days.report()
    days.report("J-2", email="bob@example.com")
    days.live(hours=20)
    bounce(days, {})
    days.live(days=9)
    assert (mails(days, 1), len(mails(days, 2))) == ([Purpose.SURVEY], 3)
    assert days.case(2).stage == Stage.ASKED


@pytest.mark.parametrize("kind", ["deferred", "delivered", "open", "spamreport"])
def test_what_is_no_loss_is_guessed_to_be_about_no_message(days: Days, kind: str):
    days.report()
    days.live(hours=20)
    bounce(days, {}, kind)
    [sent] = days.rows(messages)
    assert sent.state == Delivery.ACCEPTED


def test_what_has_a_number_of_somebody_elses_mail_is_not_ours(days: Days):
    days.report()
    days.live(hours=20)
    bounce(days, {"sg_message_id": "other.recvd-1"})
    [sent] = days.rows(messages)
    assert sent.state == Delivery.ACCEPTED


def test_a_mailbox_that_is_known_to_be_dead_from_elsewhere_is_not_reminded(days: Days):
    days.report(phone="030 123456", channels="email,phone")
    days.live(days=2)
    with days.here.store.write() as db:
        known = Unreachable(address_key=address_key("ann@example.com"), channel=Channel.EMAIL, code="bounce")
        mark_invalid(db, [known], at=days.now)
    days.live(days=5)
    assert mails(days, 1) == [Purpose.SURVEY]
    assert len(days.calls()) == 1


def test_a_survey_that_waits_for_the_morning_is_not_sent_to_a_mailbox_that_died_in_the_night(days: Days):
    days.report(phone="030 123456")
    days.live(hours=3)
    days.now = days.now.replace(hour=19, minute=30)
    days.open_and_ask()
    days.report("J-2")
    bounce(days, {})
    days.live(days=1)
    assert mails(days, 1) == []
    assert len(days.calls()) == 1
