"""What follows from a report in the less usual cases: for the contact, the address, the staff and the bell."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from models.tables import calls, cases, entries, invalid_addresses, messages, suppressions
from tasks.place import Place
from tests import seed
from tests.integration.web.test_hooks import MINUTE, accepted, now_of, rows
from tests.providers import Providers, event, make_providers
from vocabulary import CallOutcome, Channel, Delivery, Event
from web.bell import Sound


@pytest.fixture
def providers(place: Place) -> Providers:
    return make_providers(place)


def change(providers: Providers, table: Any, **values: Any) -> None:
    with providers.site.store.write() as db:
        db.execute(update(table).values(values))


def test_a_parked_mail_that_is_called_spam_was_read(providers: Providers):
    message = accepted(providers, Delivery.UNKNOWN)
    providers.tell(event("spamreport", seed.ASKED_AT + MINUTE, message))
    assert now_of(providers, cases, message.case_id).contacted_at == seed.ASKED_AT


def test_a_bounce_after_an_opt_out_takes_the_contact_back_and_leaves_the_ending(providers: Providers):
    message = accepted(providers)
    providers.tell(event("unsubscribe", seed.ASKED_AT + MINUTE, message))
    providers.tell(event("bounce", seed.ASKED_AT + MINUTE, message, status="5.1.1"))
    case = now_of(providers, cases, message.case_id)
    assert (case.contacted_at, case.disposition) == (None, "opted out")


@pytest.mark.parametrize(("outcome", "counts"), [(CallOutcome.NO_ANSWER, True), (CallOutcome.WRONG_NUMBER, False)])
def test_when_the_mail_is_lost_a_call_may_be_the_contact_but_not_one_to_a_wrong_number(
    providers: Providers, outcome: CallOutcome, counts: bool
):
    message = accepted(providers)
    called_at = seed.ASKED_AT + 5 * MINUTE
    call = {"case_id": message.case_id, "attempt": 1, "reason": "", "owed_at": called_at, "due_from": called_at,
            "due_to": called_at, "done_at": called_at, "done_by": "Tim", "outcome": outcome}  # fmt: skip
    with providers.site.store.write() as db:
        db.execute(insert(calls).values(call))
    providers.tell(event("bounce", seed.ASKED_AT + MINUTE, message, status="5.1.1"))
    case = now_of(providers, cases, message.case_id)
    expected = (called_at, Channel.PHONE) if counts else (None, None)
    assert (case.contacted_at, case.contact_channel) == expected


def test_who_answers_a_mail_that_was_said_to_be_lost_was_contacted_by_it(providers: Providers):
    message = accepted(providers)
    providers.tell(event("bounce", seed.ASKED_AT + MINUTE, message, type="blocked"))
    seed.say(providers.site.place, message.case_id, at=seed.ASKED_AT + timedelta(hours=3), rating=4)
    assert now_of(providers, cases, message.case_id).contacted_at == seed.ASKED_AT


def test_no_contact_lies_before_the_message_was_owed_whatever_the_provider_s_clock_says(providers: Providers):
    message = accepted(providers, Delivery.UNKNOWN)
    providers.tell(event("processed", seed.ASKED_AT, message, timestamp=1))
    assert now_of(providers, cases, message.case_id).contacted_at == message.owed_at


def test_an_address_is_marked_and_logged_once(providers: Providers):
    message = accepted(providers)
    for second in (1, 2):
        at = seed.ASKED_AT + timedelta(seconds=second)
        providers.tell(event("bounce", at, message, status="5.1.1"))
    assert len(rows(providers, invalid_addresses)) == 1
    assert [row.event for row in rows(providers, entries)].count(Event.ADDRESS_INVALID) == 1
    assert [row.event for row in rows(providers, entries)].count(Event.MESSAGE_FAILED) == 1


def test_a_mail_to_staff_that_is_called_spam_or_bounces_is_no_customer_s_business(providers: Providers):
    message = accepted(providers)
    change(providers, messages, to_address="petra@staff.example.com", purpose="escalation_notice")
    providers.tell(event("spamreport", seed.ASKED_AT + MINUTE, message))
    case = now_of(providers, cases, message.case_id)
    assert rows(providers, suppressions) == []
    assert (case.disposition, case.contacted_at) == (None, seed.ASKED_AT)
    assert now_of(providers, messages, message.id).state == Delivery.FAILED


def test_many_failures_ring_the_bell_once_in_ten_seconds(providers: Providers):
    surveys = [accepted(providers) for _ in range(3)]
    for message, wait_s in zip(surveys, (0, 9, 10), strict=True):
        providers.clock.tick(seconds=wait_s)
        providers.tell(event("dropped", seed.ASKED_AT + MINUTE, message))
    assert providers.site.bell.sounds == [Sound.MESSAGE_FAILED] * 2
