"""Clauses 4.2 and 4.3 lived through: who wrote something unclear is not reminded until a person has read it."""

import re
from pathlib import Path

import pytest

from casework.replying import settle_reply
from models.replies import Settlement
from models.tables import invalid_addresses, messages
from tests.acceptance.days import Days, berlin
from tests.replies import DOMAIN, kept, send_mail, send_text
from tests.web_site import Site, make_site
from vocabulary import Channel, Delivery, Disposition, Purpose, Stage

QUESTION = "When do you come for the other boiler?"


@pytest.fixture
def site(days: Days, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("AFTERCARE_REPLY_DOMAIN", DOMAIN)
    return make_site(days.here, days.now)


def reply(days: Days, site: Site, text: str, **more: str) -> None:
    ref = days.letters()[-1].row.ref
    [file] = Path(days.here.settings.outbox).glob(f"*{ref}.eml")
    found = re.search(rf"\nReply-To: reply\+([a-z2-7]{{32}})@{re.escape(DOMAIN)}\r?\n", file.read_text("ascii"))
    assert found
    site.clock.now = days.now
    assert send_mail(site, found[1], text, **more).status_code == 200


def settled(days: Days, number: int, how: Settlement, **said: object) -> None:
    with days.here.store.write() as db:
        settle_reply(db, number, how, by="Petra", at=days.now, **said)  # type: ignore[arg-type]


def reminders(days: Days) -> list[str]:
    return [f"{mail.at:%d}" for mail in days.letters(Purpose.REMINDER)]


def test_who_asked_something_is_not_reminded_before_it_is_read_and_then_at_once(days: Days, site: Site):
    days.report()
    days.live(days=1)
    reply(days, site, QUESTION)
    days.live(days=3)
    assert reminders(days) == []
    settled(days, 1, Settlement.NOTED)
    days.live(hours=1)
    assert len(reminders(days)) == 1
    days.live(days=20)
    assert (days.case().disposition, days.case().reason) == (Disposition.NO_ANSWER, "no answer within 14 days")


def test_what_a_person_makes_of_it_counts_and_no_reminder_goes_out(days: Days, site: Site):
    days.report()
    days.live(days=1)
    reply(days, site, "8/10")
    days.live(days=6)
    settled(days, 1, Settlement.ANSWER, rating=4)
    days.live(days=10)
    assert (days.case().disposition, days.case().rating, reminders(days)) == (Disposition.SATISFIED, 4, [])


def test_who_named_two_channels_is_not_moved_to_the_next(days: Days, site: Site):
    days.report(phone="030 123456", channels="email,phone")
    days.live(days=1)
    reply(days, site, QUESTION)
    days.live(days=6)
    assert (days.calls(), days.case().rung) == ([], 0)
    settled(days, 1, Settlement.NOTED)
    days.live(days=1)
    assert (len(days.calls()), days.case().rung) == (1, 1)


def test_a_case_does_not_end_as_unanswered_while_what_was_answered_is_unread(days: Days, site: Site):
    days.report()
    days.live(days=13)
    reply(days, site, "4-5")
    days.live(days=5)
    assert (days.case().stage, len(reminders(days))) == (Stage.ASKED, 2)
    settled(days, 1, Settlement.ANSWER, rating=5)
    days.live(days=5)
    assert days.case().disposition == Disposition.SATISFIED


def test_when_nobody_reads_it_the_procedure_waits_and_does_not_close_it(days: Days, site: Site):
    days.report()
    days.live(days=1)
    reply(days, site, QUESTION)
    days.live(days=40)
    assert (reminders(days), days.case().stage) == ([], Stage.ASKED)
    settled(days, 1, Settlement.NOTED)
    days.live(days=1)
    assert days.case().reason == "no answer within 14 days"


def test_a_reminder_that_waits_for_the_morning_waits_for_the_person_too(days: Days, site: Site):
    """It is owed on a Sunday; the customer writes before Monday's window opens."""
    days.now = berlin("2026-10-08 12:00")
    days.report(closed=berlin("2026-10-08 09:00"))
    days.live(until=berlin("2026-10-11 19:00"))
    [due] = [row for row in days.rows(messages) if row.state == Delivery.DUE]
    assert due.purpose == Purpose.REMINDER
    reply(days, site, QUESTION)
    days.live(until=berlin("2026-10-13 22:00"))
    assert reminders(days) == []
    settled(days, 1, Settlement.NOTED)  # late in the evening
    days.live(until=berlin("2026-10-14 08:00"))
    assert reminders(days) == []
    days.live(until=berlin("2026-10-14 12:00"))
    assert reminders(days) == ["14"]
    assert days.letters(Purpose.REMINDER)[0].at >= berlin("2026-10-14 09:00")


def test_the_other_of_two_unread_replies_goes_on_holding_what_is_owed(days: Days, site: Site):
    days.report(phone="030 123456")
    days.live(days=1)
    reply(days, site, QUESTION)
    site.clock.now = days.now
    send_text(site, "+4930123456", "4 or 5?")
    days.live(days=5)
    settled(days, 2, Settlement.NOTED)
    days.live(days=1)
    assert reminders(days) == []
    settled(days, 1, Settlement.NOTED)
    days.live(hours=5)
    assert len(reminders(days)) == 1


def test_what_a_machine_wrote_holds_nothing_up(days: Days, site: Site):
    days.report()
    days.live(days=1)
    reply(days, site, QUESTION, headers="Auto-Submitted: auto-replied")
    days.live(days=3)
    assert len(reminders(days)) == 1


def test_a_mail_that_came_back_leads_to_the_next_channel_and_nobody_has_to_read_it(days: Days, site: Site):
    days.report(phone="030 123456")
    days.live(days=1)
    reply(days, site, "550 5.1.1 user unknown", sender="mailer-daemon@mx.example", subject="Undeliverable")
    days.live(days=2)
    assert (len(days.calls()), reminders(days)) == (1, [])
    assert [(row.code, row.channel) for row in days.rows(invalid_addresses)] == [("bounce 5.1.1", "email")]
    assert kept(site) == [("bounce", False)]


def test_it_can_be_seen_why_a_case_waits(days: Days, site: Site, capsys: pytest.CaptureFixture[str],
                                         monkeypatch: pytest.MonkeyPatch):  # fmt: skip
    from cli import cases as command
    from cli import replies as list_of_replies

    monkeypatch.setenv("COLUMNS", "240")
    monkeypatch.setattr("cli.replies.now", lambda: days.now)
    days.report()
    days.live(days=1)
    reply(days, site, QUESTION)
    days.live(days=3)
    command.explain(1)
    assert "reply 1 of 2026-10-06 08:00 UTC waits for a person" in capsys.readouterr().out
    command.cases()
    assert "[1 to be read]" in capsys.readouterr().out
    list_of_replies.list_()
    assert QUESTION in capsys.readouterr().out
    assert Channel.EMAIL in days.case().ladder
