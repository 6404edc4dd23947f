"""START: who left by text message may come back by text message, for text messages; and in no other case."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from channels.protocol import AddressFault, Outcome, Receipt
from models.cases import keys_of, opted_out, refusals
from models.optouts import EVERYTHING, Refusal, opt_out
from models.tables import cases, replies, suppressions
from tasks.refusals import heed
from tests import seed
from tests.replies import case_row, events, kept, phone_of, rows, send_mail, send_text
from tests.replies import reply_token as token_of
from tests.web_site import Site
from vocabulary import Channel, Disposition, Event


def refused(site: Site, case: seed.Seeded) -> set[str]:
    keys = keys_of(case_row(site, case))
    with site.store.read() as db:
        return set(refusals(opted_out(db, keys, site.clock.now), keys))


def left(site: Site, case: seed.Seeded, source: str, refusal: Refusal = EVERYTHING) -> bool:
    with site.store.write() as db:
        return opt_out(db, case.case_id, at=site.clock.now, source=source, refusal=refusal)


@pytest.mark.parametrize("word", ["START", "unstop", "Start."])
def test_who_left_by_text_comes_back_by_text_for_texts(site: Site, word: str):
    case = seed.asked(site.place)
    send_text(site, phone_of(site, case), "STOP")
    assert refused(site, case) == {"*"}
    site.clock.tick(days=1)
    answer = send_text(site, phone_of(site, case), word)
    assert "<Message>" not in answer.text  # Twilio answers START itself
    assert refused(site, case) == {"email", "phone"}
    assert kept(site) == [("opt-out", False), ("start", False)]
    assert events(site)[-1] == Event.CONSENT_RENEWED
    assert case_row(site, case).disposition == Disposition.OPTED_OUT  # what has ended stays ended


def test_an_unknown_number_can_come_back_too(site: Site):
    send_text(site, "+4930999", "STOP")
    send_text(site, "+4930999", "START")
    assert {row.channel for row in rows(site, suppressions)} == {"email", "phone"}
    assert kept(site) == [("opt-out", False), ("start", False)]


def test_what_twilio_knew_of_is_taken_back_like_what_we_heard(site: Site):
    case = seed.asked(site.place)
    receipt = Receipt(ref="r", outcome=Outcome.REJECTED, code="21610", address=AddressFault.OPTED_OUT)
    with site.store.write() as db:
        owed: Any = {"r": SimpleNamespace(case_id=case.case_id, to_address=None)}
        heed(db, Channel.SMS, owed, [receipt], site.clock.now)
    assert refused(site, case) == {"*"}
    send_text(site, phone_of(site, case), "START")
    assert refused(site, case) == {"email", "phone"}


@pytest.mark.parametrize("source", ["unsubscribe link", "reply by email", "told us on the phone", "spamreport"])
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_what_was_said_in_another_way_too_stays(site: Site, source: str, *, first: bool):
    case = seed.asked(site.place)
    said = [lambda: left(site, case, source), lambda: send_text(site, phone_of(site, case), "STOP")]
    for say in said if first else reversed(said):
        say()
        site.clock.tick(minutes=1)
    before = rows(site, suppressions)
    send_text(site, phone_of(site, case), "START")
    assert refused(site, case) == {"*"}
    assert rows(site, suppressions) == before
    assert kept(site)[-1] == ("start", True)  # and a person looks at it
    assert Event.CONSENT_RENEWED not in events(site)


def test_a_pause_before_stop_makes_it_one_for_good(site: Site):
    case = seed.asked(site.place)
    left(site, case, "unsubscribe link", Refusal(until=site.clock.now + timedelta(days=90)))
    send_text(site, phone_of(site, case), "STOP")
    send_text(site, phone_of(site, case), "START")
    assert refused(site, case) == {"*"}
    assert kept(site)[-1] == ("start", True)


def test_who_wanted_no_texts_on_the_page_gets_none(site: Site):
    case = seed.asked(site.place)
    left(site, case, "unsubscribe link", Refusal(channel=Channel.SMS))
    send_text(site, phone_of(site, case), "START")
    assert refused(site, case) == {"sms"}
    assert kept(site) == [("start", True)]


def test_another_number_takes_nothing_back(site: Site):
    case, other = seed.asked(site.place), seed.asked(site.place)
    send_text(site, phone_of(site, case), "STOP")
    send_text(site, phone_of(site, other), "START")
    assert refused(site, case) == {"*"}
    assert kept(site)[-1] == ("start", True)


def test_a_mail_takes_nothing_back(site: Site):
    case = seed.asked(site.place)
    send_text(site, phone_of(site, case), "STOP")
    send_mail(site, token_of(site, case), "START")
    assert refused(site, case) == {"*"}
    assert kept(site)[-1] == ("unclear", True)


def test_start_that_comes_again_after_another_stop_changes_nothing(site: Site):
    """Twilio's signature has no time: whoever recorded a post could send it once more."""
    case = seed.asked(site.place)
    number = phone_of(site, case)
    send_text(site, number, "STOP")
    send_text(site, number, "START", MessageSid="SM" + "a" * 32)
    send_text(site, number, "STOP")
    assert refused(site, case) == {"*", "email", "phone"}
    send_text(site, number, "START", MessageSid="SM" + "a" * 32)
    assert refused(site, case) == {"*", "email", "phone"}
    send_text(site, number, "START")
    assert refused(site, case) == {"email", "phone"}
    assert len(rows(site, replies)) == 4
    assert len(rows(site, cases)) == 1
