"""Clause 4.4 for what only a person understands: while nobody reads it, ever more people hear of that."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from casework.reply_handing import hand_over_reply
from casework.replying import settle_reply
from models.due import due_replies
from models.people import NewPerson, add, set_own
from models.replies import Settlement
from models.tables import messages, replies
from tasks.unread import warn_of_replies
from tests.acceptance.days import Days, Letter
from tests.providers import event, make_providers
from tests.replies import DOMAIN, send_mail, send_text
from tests.web_site import Site, make_site
from vocabulary import Delivery, Event, Purpose, Role, Stage

QUESTION = "When do you come for the other boiler?"
OWNER, SUPERVISOR = "petra.lindqvist@staff.example.com", "marek.novak@staff.example.com"
HEAD, MANAGEMENT = "ines.albrecht@staff.example.com", "management@staff.example.com"
TOM = "tom.okafor@staff.example.com"


@pytest.fixture
def site(days: Days, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("AFTERCARE_REPLY_DOMAIN", DOMAIN)
    return make_site(days.here, days.now)


def reply(days: Days, site: Site, text: str = QUESTION, letter: int = -1) -> None:
    ref = days.letters(Purpose.SURVEY)[letter].row.ref
    [file] = Path(days.here.settings.outbox).glob(f"*{ref}.eml")
    found = re.search(rf"\nReply-To: reply\+([a-z2-7]{{32}})@{re.escape(DOMAIN)}\r?\n", file.read_text("ascii"))
    assert found
    site.clock.now = days.now
    assert send_mail(site, found[1], text).status_code == 200


def asked_something(days: Days, site: Site) -> None:
    """It is Tuesday, 10:00 in Berlin."""
    days.report()
    days.live(days=1)
    reply(days, site)


def read(days: Days, number: int = 1) -> None:
    with days.here.store.write() as db:
        settle_reply(db, number, Settlement.NOTED, by="Petra", at=days.now)


def warnings(days: Days) -> list[Letter]:
    return days.letters(Purpose.REPLY_WAITING)


def heard(days: Days) -> list[tuple[str, str]]:
    """At which hour after it came, and by whom."""
    came = days.rows(replies)[0].received_at
    return [(f"{(mail.at - came).total_seconds() / 3600:.1f}", mail.to) for mail in warnings(days)]


def logged(days: Days, event: Event) -> list[object]:
    return [(row.case_id, row.ref_id, json.loads(row.detail)) for row in days.entries(event)]


def test_while_nobody_reads_it_ever_more_people_hear_of_that(days: Days, site: Site):
    asked_something(days, site)
    days.live(hours=50)
    assert heard(days) == [
        ("12.0", OWNER),
        ("18.0", OWNER), ("18.0", SUPERVISOR),
        ("21.6", OWNER), ("21.6", SUPERVISOR), ("21.6", HEAD),
        ("24.0", OWNER), ("24.0", SUPERVISOR),
        ("28.0", HEAD),
        ("32.0", MANAGEMENT),
    ]  # fmt: skip
    near = [{"percent": 50, "told": ["owner"]}, {"percent": 75, "told": ["owner", "supervisor"]},
            {"percent": 90, "told": ["owner", "supervisor", "head"]}]  # fmt: skip
    late = [{"percent": 100, "told": told} for told in (["owner", "supervisor"], ["head"], ["management"])]
    assert logged(days, Event.REPLY_WARNED) == [(1, 1, detail) for detail in near]
    assert logged(days, Event.REPLY_BREACHED) == [(1, 1, detail) for detail in late]


def test_the_mail_names_the_reply_and_its_deadline_and_nothing_of_the_customer(days: Days, site: Site):
    asked_something(days, site)
    days.live(hours=12, minutes=30)
    [mail] = warnings(days)
    for told in ("Reply: 1\r\n", "Case: 1\r\n", "Department: Heating\r\n", "Received: Tue 6 October 2026, 10:00",
                 "Read by: Wed 7 October 2026, 10:00", "50 % of the time is used", "/console/replies/1"):  # fmt: skip
        assert told in mail.text
    for secret in (QUESTION, "Ann", "ann@example.com"):
        assert secret not in mail.text


def test_what_was_read_in_time_is_never_warned_of(days: Days, site: Site):
    asked_something(days, site)
    days.live(hours=11)
    read(days)
    days.live(days=3)
    assert warnings(days) == []


def test_once_it_is_read_nobody_hears_of_it_any_more(days: Days, site: Site):
    asked_something(days, site)
    days.live(hours=19)
    assert len(warnings(days)) == 3
    read(days)
    days.live(days=3)
    assert len(warnings(days)) == 3


def test_a_warning_that_has_not_gone_out_when_it_is_read_is_taken_back(days: Days, site: Site):
    asked_something(days, site)
    days.now = days.rows(replies)[0].next_at
    warn_of_replies.fn([1], days.now)
    read(days)
    days.live(days=1)
    assert warnings(days) == []
    assert [row.state for row in days.rows(messages) if row.purpose == Purpose.REPLY_WAITING] == [Delivery.WITHDRAWN]


def test_two_sweeps_at_once_warn_once(days: Days, site: Site):
    asked_something(days, site)
    days.now = days.rows(replies)[0].next_at
    batches = [list(due_replies(days.here.store, days.now, size=500)) for _ in range(2)]
    assert batches == [[[1]], [[1]]]
    first, second = (warn_of_replies.fn(batch, days.now) for [batch] in batches)
    assert (first["unread replies warned of"], second["unread replies warned of"]) == (1, 0)
    days.deliver()
    assert len(warnings(days)) == len(days.entries(Event.REPLY_WARNED)) == 1


def test_warnings_missed_while_nothing_ran_are_not_sent_late(days: Days, site: Site):
    asked_something(days, site)
    days.now = days.rows(replies)[0].read_by
    days.sweep()
    assert [to for _, to in heard(days)] == [OWNER, SUPERVISOR]
    assert days.entries(Event.REPLY_WARNED) == []


def test_where_it_was_handed_over_to_the_people_there_hear_of_it_by_the_same_deadline(days: Days, site: Site):
    asked_something(days, site)
    with days.here.store.write() as db:
        hand_over_reply(db, 1, "Plumbing", "It is about the pipes.", by="Petra", at=days.now,
                        rules=days.here.policy.rules)  # fmt: skip
    days.live(hours=12, minutes=30)
    assert heard(days) == [("12.0", TOM)]
    assert "Department: Plumbing" in warnings(days)[0].text


def test_a_text_from_a_number_that_nobody_knows_has_readers_too(days: Days, site: Site):
    site.clock.now = days.now
    assert send_text(site, "+4915199999999", QUESTION).status_code == 200
    days.live(hours=12, minutes=30)
    fallback = next(one for one in days.here.policy.rules.escalation.routes if one.department == "*")
    [mail] = warnings(days)
    assert mail.to == fallback.owner.email
    assert "Case: none\r\n" in mail.text
    assert "Department: not known\r\n" in mail.text
    assert [row[0] for row in logged(days, Event.REPLY_WARNED)] == [None]  # type: ignore[index]


def test_what_comes_after_the_record_was_sealed_is_to_be_read_all_the_same(days: Days, site: Site):
    days.report()
    days.live(days=40)
    assert days.case().stage == Stage.CLOSED
    reply(days, site)
    days.live(hours=25)
    assert [to for _, to in heard(days)].count(OWNER) == 4


def test_what_comes_after_the_service_was_reopened_is_to_be_read_all_the_same(days: Days, site: Site):
    days.report()
    days.live(days=1)
    days.report_reopened()
    days.live(hours=1)
    reply(days, site)
    days.live(hours=12, minutes=30)
    assert heard(days) == [("12.0", OWNER)]


def test_two_replies_are_two_things_to_read(days: Days, site: Site):
    asked_something(days, site)
    days.live(minutes=10)
    reply(days, site, "And what does it cost?")
    days.live(hours=12, minutes=30)
    assert [json.loads(mail.row.note)["reply_id"] for mail in warnings(days)] == [1, 2]


def test_who_stands_in_hears_of_every_reply(days: Days, site: Site):
    with days.here.store.write() as db:
        people = [add(db, NewPerson(email=email, name=name, roles=[Role.SERVICE_TEAM], timezone="Europe/Berlin"),
                      at=days.now) for email, name in ((OWNER, "Petra Lindqvist"), (TOM, "Tom Okafor"))]  # fmt: skip
        assert people
        set_own(db, 1, timezone="Europe/Berlin", away_from=date(2026, 10, 5), away_until=None, stand_in_id=2,
                at=days.now, by="Petra Lindqvist")  # fmt: skip
    asked_something(days, site)
    reply(days, site, "And what does it cost?")
    days.live(hours=12, minutes=30)
    assert sorted(to for _, to in heard(days)) == [OWNER, OWNER, TOM, TOM]
    assert "Petra Lindqvist is away and you stand in" in next(mail.text for mail in warnings(days) if mail.to == TOM)


def test_a_warning_that_does_not_arrive_goes_one_step_up_unless_it_was_read(days: Days, site: Site):
    provider = make_providers(days.here, days.now)
    asked_something(days, site)
    reply(days, site, "And what does it cost?")
    days.live(hours=12, minutes=5)
    lost = warnings(days)
    assert [mail.to for mail in lost] == [OWNER, OWNER]
    read(days, 2)
    provider.clock.now = days.now
    for letter in lost:
        provider.tell(event("bounce", days.now, letter.row, email=letter.to, status="5.1.1"))
    days.live(minutes=2)
    [told_next] = warnings(days)[2:]
    assert (told_next.to, json.loads(told_next.row.note)["reply_id"]) == (SUPERVISOR, 1)
    assert "could not be delivered to Petra Lindqvist" in told_next.text
