"""Clauses 2.4, 4.3 and 4.4 lived through: customers write back instead of opening the link, and some ask us to stop."""

import re
from pathlib import Path

import pytest

from models.by_channel import channel_figures
from models.tables import cases
from tests.acceptance.days import Days
from tests.replies import DOMAIN, kept, send_mail, send_text, suppressed
from tests.web_site import Site, make_site
from vocabulary import CallOutcome, Channel, Disposition, Event, Purpose, Stage


@pytest.fixture
def site(days: Days, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The web application over the days' store; its clock is set before each reply."""
    monkeypatch.setenv("AFTERCARE_REPLY_DOMAIN", DOMAIN)
    return make_site(days.here, days.now)


def reply_token(days: Days, *, newest: int = -1) -> str:
    """From the address that a reply to a mail of the outbox goes to."""
    ref = days.letters()[newest].row.ref
    [file] = Path(days.here.settings.outbox).glob(f"*{ref}.eml")
    found = re.search(rf"\nReply-To: reply\+([a-z2-7]{{32}})@{re.escape(DOMAIN)}\r?\n", file.read_text("ascii"))
    assert found
    return found[1]


def reply(days: Days, site: Site, text: str, **more: str) -> None:
    site.clock.now = days.now
    assert send_mail(site, reply_token(days), text, **more).status_code == 200


def test_a_customer_who_writes_back_has_answered(days: Days, site: Site):
    days.report()
    days.live(hours=5)
    reply(days, site, "5 great job\n\n> How did we do?")
    days.live(days=20)
    assert (days.case().disposition, days.case().stage) == (Disposition.SATISFIED, Stage.CLOSED)
    assert len(days.letters(Purpose.SURVEY)) == len(days.letters()) == 1
    assert [entry.event for entry in days.entries(Event.REPLY_RECEIVED)] == [Event.REPLY_RECEIVED]
    with days.here.store.read() as db:
        figures = channel_figures(db)[Channel.EMAIL]
    assert (figures.answered_by_reply, figures.answered_on_page) == (1, 0)


def test_a_concern_in_a_reply_reaches_its_owner_and_its_recovery_can_be_answered_by_mail(days: Days, site: Site):
    days.report()
    days.live(hours=5)
    reply(days, site, "1\nIt drips. Nobody called me.")
    days.live(minutes=5)
    assert days.case().stage == Stage.ESCALATED
    assert days.letters(Purpose.ESCALATION_NOTICE)
    days.acknowledge()
    days.resolve()
    days.live(days=3)
    assert days.letters()[-1].purpose == Purpose.RECOVERY_SURVEY
    reply(days, site, "five")
    days.live(days=5)
    assert days.case().disposition == Disposition.RECOVERED


def test_who_writes_stop_hears_nothing_more(days: Days, site: Site):
    days.report()
    days.live(hours=5)
    reply(days, site, "STOP\n\nAnn")
    assert suppressed(site) == {("*", True)}
    days.report("J-2")
    days.live(days=30)
    assert [case.disposition for case in days.rows(cases)] == [Disposition.OPTED_OUT] * 2
    assert len(days.letters()) == 1


def test_who_asks_it_in_their_own_words_hears_nothing_until_a_person_has_decided(days: Days, site: Site):
    days.report()
    days.live(hours=5)
    reply(days, site, "Please take my address off your list.\n\nAnn")
    days.live(days=40)
    days.report("J-2")  # beyond the cooldown: asked, and held
    days.live(days=30)
    assert [mail.purpose for mail in days.letters() if mail.row.to_address is None] == [Purpose.SURVEY]
    assert [case.stage for case in days.rows(cases)] == [Stage.ASKED] * 2
    assert kept(site) == [("unclear", True)]


def test_who_is_away_is_reminded_all_the_same(days: Days, site: Site):
    days.report()
    days.live(hours=5)
    reply(days, site, "I am back on Monday, 5 October", headers="Auto-Submitted: auto-replied")
    days.live(days=4)
    assert days.letters(Purpose.REMINDER)


def test_who_wants_no_more_mail_after_the_first_is_left_alone(days: Days, site: Site):
    days.report(phone="030 123456")
    days.live(hours=5)
    site.clock.now = days.now
    page = site.client.post(f"/u/{days.letters()[0].token('u')}", data={"stop": "email"})
    assert "Your choice is saved" in page.text
    days.live(days=16)
    assert len(days.letters()) == 1  # no reminder
    assert days.case().disposition == Disposition.NO_ANSWER  # was contacted, so nobody calls instead


def test_who_wanted_no_mail_before_is_called(days: Days, site: Site):
    days.report(phone="030 123456", email="ann@example.com")
    days.live(hours=5)
    site.client.post(f"/u/{days.letters()[0].token('u')}", data={"stop": "email"})
    days.live(days=42)
    days.report("J-2", phone="030 123456")
    days.live(days=1)
    assert days.case(2).ladder == "phone"
    days.call(CallOutcome.ANSWERED, rating=5)
    days.live(days=5)
    assert days.case(2).disposition == Disposition.SATISFIED


def test_who_wants_a_pause_is_asked_again_afterwards(days: Days, site: Site):
    days.report()
    days.live(hours=5)
    site.clock.now = days.now
    site.client.post(f"/u/{days.letters()[0].token('u')}", data={"stop": "90"})
    days.live(days=60)
    days.report("J-2")
    days.live(days=60)
    days.report("J-3")
    days.live(days=20)
    assert [case.disposition for case in days.rows(cases)] == ["opted out", "opted out", "no answer"]


def test_a_text_message_finds_its_case(days: Days, site: Site):
    days.report(phone="030 123456", channels="email")
    days.live(hours=5)
    site.clock.now = days.now
    send_text(site, "+4930123456", "⭐⭐⭐⭐")
    days.live(days=5)
    assert (days.case().rating, days.case().disposition) == (4, Disposition.SATISFIED)


def test_without_a_domain_replies_go_to_the_sender(days: Days):
    days.report()
    days.live(hours=5)
    [file] = Path(days.here.settings.outbox).glob("*.eml")
    assert "Reply-To" not in file.read_text("ascii")
