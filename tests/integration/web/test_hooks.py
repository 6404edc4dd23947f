"""What providers post: signed or nothing, once each, in any order; and what follows from it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from models.report import address_key
from models.tables import cases, entries, invalid_addresses, messages, provider_events, suppressions
from tasks.outbox import claim_batch, send_claimed
from tasks.place import Place
from tests import seed
from tests.dump import dump
from tests.providers import Providers, event, make_providers, message_of
from vocabulary import Channel, Delivery, Event, Stage
from web.bell import Sound

MINUTE = timedelta(minutes=1)


@pytest.fixture
def providers(place: Place) -> Providers:
    return make_providers(place)


def accepted(providers: Providers, state: str = Delivery.ACCEPTED, **report: Any) -> Row[Any]:
    """The survey of a case of its own, in this state since the customer was asked."""
    place = providers.site.place
    seeded = seed.asked(place, **report)
    if state == Delivery.ACCEPTED:
        while (owner := claim_batch.fn(seed.ASKED_AT)) is not None:
            send_claimed.fn(owner, seed.ASKED_AT)
    else:
        settled = None if state in (Delivery.DUE, Delivery.CLAIMED) else seed.ASKED_AT
        with place.store.write() as db:
            of_case = messages.c.case_id == seeded.case_id
            db.execute(update(messages).where(of_case).values(state=state, settled_at=settled, code="timeout"))
    return message_of(place, seeded.case_id)


def now_of(providers: Providers, table: Any, id: int) -> Row[Any]:
    with providers.site.store.read() as db:
        return db.execute(select(table).where(table.c.id == id)).one()


def rows(providers: Providers, table: Any) -> list[Row[Any]]:
    with providers.site.store.read() as db:
        return list(db.execute(select(table)))


def logged(providers: Providers, event: Event) -> list[dict[str, Any]]:
    return [json.loads(row.detail) for row in rows(providers, entries) if row.event == event]


def test_a_delivered_mail_is_known_to_have_arrived(providers: Providers):
    message = accepted(providers)
    at = seed.ASKED_AT + MINUTE
    reply = providers.tell(event("processed", at, message), event("delivered", at + MINUTE, message))
    assert (reply.status, reply.body) == (204, b"")
    found = now_of(providers, messages, message.id)
    assert (found.state, found.reported_at, found.settled_at) == (Delivery.DELIVERED, at + MINUTE, message.settled_at)
    [detail] = logged(providers, Event.MESSAGE_DELIVERED)
    assert (detail["purpose"], detail["happened"]) == ("survey", (at + MINUTE).isoformat())
    assert now_of(providers, cases, message.case_id).contacted_at == seed.ASKED_AT
    kept = rows(providers, provider_events)
    assert [(row.kind, row.news, row.message_id, row.provider_id) for row in kept] == [
        ("processed", "taken", message.id, f"m{message.id}"),
        ("delivered", "arrived", message.id, f"m{message.id}"),
    ]


def test_a_mail_that_was_taken_and_then_dropped_was_no_contact(providers: Providers):
    message = accepted(providers)
    assert now_of(providers, cases, message.case_id).contacted_at is not None
    providers.clock.now = seed.ASKED_AT + 7 * MINUTE
    providers.tell(event("dropped", seed.ASKED_AT + MINUTE, message, reason="Spam Content"))
    case = now_of(providers, cases, message.case_id)
    assert (case.contacted_at, case.contact_channel) == (None, None)
    assert (case.stage, case.next_at) == (Stage.ASKED, providers.clock.now), "looked at now"
    found = now_of(providers, messages, message.id)
    assert (found.state, found.code) == (Delivery.FAILED, "dropped spam content")
    assert logged(providers, Event.MESSAGE_FAILED)[0]["code"] == "dropped spam content"
    assert providers.site.bell.sounds == [Sound.MESSAGE_FAILED]
    assert rows(providers, invalid_addresses) == []


def test_a_hard_bounce_makes_the_address_invalid_for_this_channel_and_later_cases(providers: Providers):
    message = accepted(providers)
    providers.tell(event("bounce", seed.ASKED_AT + MINUTE, message, type="bounce", status="5.1.1"))
    case = now_of(providers, cases, message.case_id)
    [row] = rows(providers, invalid_addresses)
    assert (row.address_key, row.channel, row.code) == (case.email_key, Channel.EMAIL, "bounce 5.1.1")
    assert logged(providers, Event.ADDRESS_INVALID) == [{"channel": "email", "code": "bounce 5.1.1"}]
    with providers.site.store.write() as db:  # the cooldown is not what this is about
        db.execute(update(cases).values(asked_at=seed.ASKED_AT - timedelta(days=40)))
    service = rows(providers, messages.metadata.tables["services"])[0]
    later = seed.planned(providers.site.place, email=service.email, phone=service.phone)
    assert now_of(providers, cases, later.case_id).ladder == "phone"
    opened = [detail for detail in logged(providers, Event.CASE_OPENED) if "known not to work" in str(detail)]
    assert len(opened) == 1


def test_a_blocked_mail_did_not_arrive_but_its_address_stays_good_and_another_try_may_get_through(providers: Providers):
    message = accepted(providers)
    blocked = event("bounce", seed.ASKED_AT + MINUTE, message, type="blocked", status="5.7.1")
    providers.tell(blocked)
    assert now_of(providers, messages, message.id).state == Delivery.FAILED
    assert now_of(providers, cases, message.case_id).contacted_at is None
    assert rows(providers, invalid_addresses) == []
    providers.tell(event("delivered", seed.ASKED_AT + 2 * MINUTE, message))
    assert now_of(providers, messages, message.id).state == Delivery.DELIVERED
    assert now_of(providers, cases, message.case_id).contacted_at == seed.ASKED_AT


@pytest.mark.parametrize("state", [Delivery.UNKNOWN, Delivery.CLAIMED, Delivery.DUE])
@pytest.mark.parametrize("kind", ["processed", "deferred", "open", "something new"])
def test_whatever_a_provider_tells_of_a_message_proves_that_it_has_it(providers: Providers, state: str, kind: str):
    message = accepted(providers, state)
    at = seed.ASKED_AT + timedelta(seconds=2)
    providers.tell(event(kind, at, message))
    found, case = now_of(providers, messages, message.id), now_of(providers, cases, message.case_id)
    assert (found.state, found.code, found.provider_id) == (Delivery.ACCEPTED, "reported", f"m{message.id}")
    assert case.contacted_at == found.settled_at == (seed.ASKED_AT if state == Delivery.UNKNOWN else at)
    assert case.contact_channel == Channel.EMAIL
    assert logged(providers, Event.MESSAGE_ACCEPTED)[0]["code"] == "reported"
    assert claim_batch.fn(seed.ASKED_AT + timedelta(hours=3)) is None, "it is never sent again"


def test_the_receipt_that_comes_after_the_event_undoes_nothing(providers: Providers):
    place = providers.site.place
    seeded = seed.asked(place)
    owner = claim_batch.fn(seed.ASKED_AT)
    assert owner is not None
    message = message_of(place, seeded.case_id)
    providers.tell(event("delivered", seed.ASKED_AT + MINUTE, message))
    send_claimed.fn(owner, seed.ASKED_AT)
    assert now_of(providers, messages, message.id).state == Delivery.DELIVERED


def test_events_count_once_however_often_they_come(providers: Providers):
    message = accepted(providers)
    told = [event("delivered", seed.ASKED_AT + MINUTE, message), event("dropped", seed.ASKED_AT + MINUTE, message)]
    providers.tell(*told, *told)
    before = dump(providers.site.store)
    providers.clock.tick(seconds=5)
    assert providers.tell(*reversed(told)).status == 204
    assert dump(providers.site.store) == before


def test_what_is_about_no_message_of_ours_is_kept(providers: Providers):
    providers.tell(event("delivered", seed.ASKED_AT), event("group_unsubscribe", seed.ASKED_AT))
    assert [(row.kind, row.message_id) for row in rows(providers, provider_events)] == [
        ("delivered", None), ("group_unsubscribe", None),
    ]  # fmt: skip
    assert rows(providers, suppressions) == [], "of one list of somebody else's"


def test_an_event_without_our_reference_is_found_by_the_provider_s_number(providers: Providers):
    message = accepted(providers, Delivery.UNKNOWN)
    with providers.site.store.write() as db:
        db.execute(update(messages).values(provider_id="x7"))
    providers.tell(event("processed", seed.ASKED_AT, sg_message_id="x7.recvd-3.0"))
    assert now_of(providers, messages, message.id).state == Delivery.ACCEPTED


def test_a_late_bounce_without_any_number_still_makes_the_address_invalid(providers: Providers):
    late = event("bounce", seed.ASKED_AT, email="Gone@Example.com", status="5.1.1")
    del late["sg_message_id"]
    providers.tell(late)
    assert [row.address_key for row in rows(providers, invalid_addresses)] == [address_key("gone@example.com")]
    assert [row.message_id for row in rows(providers, provider_events)] == [None]


@pytest.mark.parametrize("kind", ["spamreport", "unsubscribe", "group_unsubscribe"])
def test_an_objection_made_to_the_provider_is_an_opt_out(providers: Providers, kind: str):
    message = accepted(providers)
    providers.tell(event(kind, seed.ASKED_AT + MINUTE, message))
    case = now_of(providers, cases, message.case_id)
    assert (case.stage, case.disposition) == (Stage.ENDED, "opted out")
    assert case.contacted_at == seed.ASKED_AT, "it was read"
    assert case.email_key in {row.address_key for row in rows(providers, suppressions)}
    assert logged(providers, Event.OPTED_OUT) == [{"source": kind.replace("_", " ")}]


def test_the_contact_moves_to_what_remains_when_the_first_message_is_lost(providers: Providers):
    first = accepted(providers)
    second_at = seed.ASKED_AT + timedelta(days=3)
    with providers.site.store.write() as db:
        values = {**first._mapping, "ref": "second", "key": "second", "settled_at": second_at, "channel": "sms"}
        del values["id"]
        db.execute(messages.insert().values(values))
    providers.clock.now = second_at + MINUTE
    providers.tell(event("bounce", second_at, first, status="5.1.1"))
    case = now_of(providers, cases, first.case_id)
    assert (case.contacted_at, case.contact_channel) == (second_at, Channel.SMS)


def test_who_has_answered_was_contacted_whatever_bounces_later(providers: Providers):
    message = accepted(providers)
    seed.say(providers.site.place, message.case_id, at=seed.ASKED_AT + 9 * MINUTE, rating=5)
    providers.tell(event("bounce", seed.ASKED_AT + MINUTE, message, status="5.1.1"))
    case = now_of(providers, cases, message.case_id)
    assert (case.contacted_at, case.stage) == (seed.ASKED_AT, Stage.ANSWERED)


def test_callbacks_of_twilio_are_merged_by_the_same_rules(providers: Providers):
    message = accepted(providers, Delivery.UNKNOWN)
    assert providers.callback(message.ref, "delivered").status == 204
    assert providers.callback(message.ref, "sent").status == 204
    assert now_of(providers, messages, message.id).state == Delivery.DELIVERED
    assert providers.callback(message.ref, "undelivered", error="30005").status == 204
    found = now_of(providers, messages, message.id)
    assert (found.state, found.code) == (Delivery.FAILED, "undelivered 30005")
    phone_key = now_of(providers, cases, message.case_id).phone_key
    [invalid] = rows(providers, invalid_addresses)
    assert (invalid.address_key, invalid.channel) == (phone_key, Channel.SMS)


def test_a_stop_that_twilio_knows_of_is_an_opt_out(providers: Providers):
    message = accepted(providers)
    providers.callback(message.ref, "failed", error="21610")
    assert now_of(providers, cases, message.case_id).disposition == "opted out"


def test_a_callback_for_a_reference_that_we_do_not_know_is_kept(providers: Providers):
    assert providers.callback("unknown", "sent").status == 204
    assert [(row.provider, row.message_id) for row in rows(providers, provider_events)] == [("twilio", None)]
