"""Calls in the console: taken by one person, made, and recorded once."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from models.call_queue import claim
from models.calls import CallReport
from models.calls import record_call as record_by_hand
from models.people import Person
from models.tables import answers, calls, cases, entries
from tests import seed
from tests.console import Staff, at_browser, hidden_in, sign_in
from tests.web_site import Site, words_in
from vocabulary import CallOutcome, Disposition, Event, Role
from web.bell import Sound

CALLS = "/console/calls"
TEAM = Role.SERVICE_TEAM
LEASE = timedelta(minutes=20)


def caller(site: Site, name: str = "Robin Weaver", **who: Any) -> Staff:
    return sign_in(site, TEAM, name=name, **who)


def row(site: Site, number: int) -> Row[Any]:
    with site.store.read() as db:
        return db.execute(select(calls).where(calls.c.id == number)).one()


def logged(site: Site, event: Event) -> list[str]:
    with site.store.read() as db:
        return list(
            db.execute(select(entries.c.actor).where(entries.c.event == event).order_by(entries.c.id)).scalars()
        )


def next_call(staff: Staff) -> str:
    return str(staff.press(f"{CALLS}/next", any_form(staff)).headers["location"])


def any_form(staff: Staff) -> dict[str, str]:
    """What the guard asks of every form, from a page that always has one."""
    return hidden_in(staff.open("/console/me").text)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    start, results = threading.Barrier(len(deeds)), []

    def do(deed: Callable[[], Any]) -> None:
        start.wait()
        results.append(deed())

    threads = [threading.Thread(target=do, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == len(deeds), "somebody fell over"
    return results


def test_a_call_is_taken_made_and_recorded(site: Site):
    number = seed.to_be_called(site.place, customer_timezone="America/New_York")
    site.clock.now = row(site, number).due_from
    staff = caller(site)
    listed = words_in(staff.open(CALLS).text)
    assert "Anna Bergmann" in listed
    assert "left" in listed
    assert next_call(staff) == f"{CALLS}/{number}?done=claimed"
    page = words_in(staff.open(f"{CALLS}/{number}").text)
    for told in ("Tue 09:00, morning (America/New_York)", "Suggest no number", "4. Listen", "What came of it"):
        assert told in page
    assert "./aftercare calls record" not in page
    done = staff.send(f"{CALLS}/{number}", outcome="answered", rating="4", comment="Quick and clean.")
    assert done.headers["location"] == f"{CALLS}?done=recorded"
    assert site.bell.sounds == [Sound.ANSWER_RECEIVED]
    with site.store.read() as db:
        said = db.execute(select(answers)).one()
    assert (said.rating, said.comment, said.entered_by) == (4, "Quick and clean.", "Robin Weaver")
    kept = row(site, number)
    assert (kept.outcome, kept.done_by, kept.claimed_by, kept.claimed_until) == ("answered", "Robin Weaver", None, None)
    assert "This call is recorded: answered, by Robin Weaver" in words_in(staff.open(f"{CALLS}/{number}").text)
    assert (logged(site, Event.CALL_CLAIMED), logged(site, Event.CALL_RECORDED)) == ([staff.person.name],) * 2


def test_looking_at_a_call_takes_it_from_nobody(site: Site):
    number = seed.to_be_called(site.place)
    page = caller(site).open(f"{CALLS}/{number}").text
    assert 'data-key="t">Take this call' in page
    assert 'name="outcome"' not in page
    assert row(site, number).claimed_by is None


def test_the_most_urgent_call_comes_first(site: Site):
    late = seed.to_be_called(site.place, at=seed.ASKED_AT)
    early = seed.to_be_called(site.place, at=seed.ASKED_AT)
    with site.store.write() as db:
        db.execute(calls.update().where(calls.c.id == early).values(due_to=seed.ASKED_AT + timedelta(hours=2)))
    assert next_call(caller(site)) == f"{CALLS}/{early}?done=claimed"
    assert next_call(caller(site, "Olga Brandt")) == f"{CALLS}/{late}?done=claimed"


def test_who_has_a_call_gets_the_same_one_again(site: Site):
    """Whoever presses twice must not keep two customers from being called."""
    first = seed.to_be_called(site.place)
    seed.to_be_called(site.place)
    staff = caller(site)
    assert [next_call(staff) for _ in range(3)] == [f"{CALLS}/{first}?done=claimed"] * 3
    with site.store.read() as db:
        assert db.execute(select(calls.c.claimed_by).order_by(calls.c.id)).scalars().all() == [staff.person.email, None]


@pytest.mark.parametrize("free", [5, 2, 0])
def test_callers_who_press_next_at_once_get_different_calls(site: Site, free: int):
    for _ in range(free):
        seed.to_be_called(site.place)
    staff = [caller(site, f"Caller {number}") for number in range(5)]
    pages = [any_form(one) for one in staff]
    went = at_once(*(lambda one=one, hidden=hidden: one.press(f"{CALLS}/next", hidden).headers["location"]
                     for one, hidden in zip(staff, pages, strict=True)))  # fmt: skip
    got = [place for place in went if place != f"{CALLS}?done=no-call"]
    assert len(got) == len(set(got)) == free
    assert len(logged(site, Event.CALL_CLAIMED)) == free


def test_of_two_who_take_the_same_call_at_once_one_has_it(site: Site):
    number = seed.to_be_called(site.place)
    staff = [caller(site, name) for name in ("Robin Weaver", "Olga Brandt")]
    pages = [hidden_in(one.open(f"{CALLS}/{number}").text) for one in staff]
    answers_ = at_once(*(lambda one=one, hidden=hidden: one.press(f"{CALLS}/{number}/claim", hidden)
                         for one, hidden in zip(staff, pages, strict=True)))  # fmt: skip
    assert Counter(answer.status_code for answer in answers_) == {303: 1, 409: 1}
    refused = next(answer for answer in answers_ if answer.status_code == 409)
    holder = row(site, number).claimed_by
    name = next(one.person.name for one in staff if one.person.email == holder)
    assert f"{name} is making call {number}" in words_in(refused.text)
    assert logged(site, Event.CALL_CLAIMED) == [name]


def test_a_call_of_somebody_else_is_shown_as_such_and_cannot_be_recorded(site: Site):
    number = seed.to_be_called(site.place)
    robin, olga = caller(site), caller(site, "Olga Brandt")
    robin.send(f"{CALLS}/{number}/claim", f"{CALLS}/{number}")
    assert "Robin Weaver, for 20 min" in words_in(olga.open(CALLS).text)
    page = olga.open(f"{CALLS}/{number}").text
    assert "Robin Weaver is making this call" in page
    assert 'data-key="t">Take this call' not in page
    refused = olga.press(f"{CALLS}/{number}", any_form(olga), outcome="busy")
    assert refused.status_code == 409
    assert "it is free again in 20 min" in refused.text
    assert row(site, number).done_at is None


def test_a_claim_ends_by_itself(site: Site):
    number = seed.to_be_called(site.place)
    robin, olga = caller(site), caller(site, "Olga Brandt")
    next_call(robin)
    site.clock.now += LEASE - timedelta(seconds=1)
    assert next_call(olga) == f"{CALLS}?done=no-call"
    site.clock.tick(seconds=1)
    assert next_call(olga) == f"{CALLS}/{number}?done=claimed"


def test_a_form_that_was_open_for_longer_than_the_claim_is_still_good(site: Site):
    number = seed.to_be_called(site.place)
    staff = caller(site)
    next_call(staff)
    hidden = hidden_in(staff.open(f"{CALLS}/{number}").text)
    site.clock.now += LEASE + timedelta(minutes=5)
    assert staff.press(f"{CALLS}/{number}", hidden, outcome="no answer").status_code == 303
    assert row(site, number).outcome == "no answer"


def test_a_form_that_was_open_for_too_long_is_no_good_when_another_has_taken_the_call(site: Site):
    number = seed.to_be_called(site.place)
    robin, olga = caller(site), caller(site, "Olga Brandt")
    next_call(robin)
    hidden = hidden_in(robin.open(f"{CALLS}/{number}").text)
    site.clock.now += LEASE
    next_call(olga)
    refused = robin.press(f"{CALLS}/{number}", hidden, outcome="answered", comment="All is well.")
    assert refused.status_code == 409
    assert "Olga Brandt is making" in refused.text
    assert olga.send(f"{CALLS}/{number}", outcome="busy").status_code == 303


def test_a_call_can_be_given_back(site: Site):
    number = seed.to_be_called(site.place)
    robin, olga = caller(site), caller(site, "Olga Brandt")
    next_call(robin)
    assert robin.send(f"{CALLS}/{number}/release", f"{CALLS}/{number}").headers["location"] == f"{CALLS}?done=released"
    assert next_call(olga) == f"{CALLS}/{number}?done=claimed"
    refused = robin.press(f"{CALLS}/{number}/release", any_form(robin))
    assert refused.status_code == 409
    assert "Olga Brandt is making call" in refused.text
    assert logged(site, Event.CALL_RELEASED) == ["Robin Weaver"]


def test_a_call_that_is_saved_twice_by_mistake_is_one_call(site: Site):
    number = seed.to_be_called(site.place)
    staff = caller(site)
    next_call(staff)
    hidden, other = (hidden_in(staff.open(f"{CALLS}/{number}").text) for _ in range(2))
    first, again = (staff.press(f"{CALLS}/{number}", hidden, outcome="answered", rating="5") for _ in range(2))
    assert first.headers["location"] == f"{CALLS}?done=recorded"
    assert again.headers["location"] == f"{CALLS}?done=before"
    in_another_window = staff.press(f"{CALLS}/{number}", other, outcome="answered", rating="5")
    assert in_another_window.status_code == 409
    assert "was recorded already, as &#39;answered&#39; by Robin Weaver" in in_another_window.text
    assert logged(site, Event.CALL_RECORDED) == ["Robin Weaver"]
    with site.store.read() as db:
        assert len(db.execute(select(answers)).all()) == 1


def test_two_windows_that_save_at_once_save_one_call(site: Site):
    number = seed.to_be_called(site.place)
    staff = caller(site)
    next_call(staff)
    windows = [at_browser(site, staff.person) for _ in range(4)]
    pages = [hidden_in(one.open(f"{CALLS}/{number}").text) for one in windows]
    found = at_once(*(lambda one=one, hidden=hidden: one.press(f"{CALLS}/{number}", hidden, outcome="concern",
                                                               comment="It drips.").status_code
                      for one, hidden in zip(windows, pages, strict=True)))  # fmt: skip
    assert Counter(found) == {303: 1, 409: 3}
    assert len(logged(site, Event.CALL_RECORDED)) == 1


def test_the_time_to_call_back_is_the_customers(site: Site):
    number = seed.to_be_called(site.place, customer_timezone="America/New_York")
    site.clock.now = row(site, number).due_from
    staff = caller(site)
    next_call(staff)
    done = staff.send(f"{CALLS}/{number}", outcome="call back", call_back_at="2026-10-08T15:00")
    assert done.headers["location"] == f"{CALLS}?done=recorded-again"
    assert row(site, number).call_back_at.isoformat() == "2026-10-08T19:00:00+00:00"
    assert site.bell.sounds == []


def test_who_refuses_is_never_asked_again(site: Site):
    number = seed.to_be_called(site.place)
    staff = caller(site)
    next_call(staff)
    asked = staff.send(f"{CALLS}/{number}", outcome="refused")
    assert row(site, number).done_at is None, "what cannot be taken back is asked once more"
    page = words_in(staff.open(asked.headers["location"]).text)
    assert "Does this customer want to be asked no more?" in page
    assert "Anna" in page
    staff.send(asked.headers["location"])
    with site.store.read() as db:
        assert db.execute(select(cases.c.disposition)).scalar_one() == Disposition.OPTED_OUT


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "choose what came of the call"),
        ({"outcome": "nonsense"}, "choose what came of the call"),
        ({"outcome": "answered"}, "needs a rating (1 to 5), a comment, or both"),
        ({"outcome": "answered", "rating": "6"}, "a rating is a number from 1 to 5"),
        ({"outcome": "answered", "rating": "ten"}, "a rating is a number from 1 to 5"),
        ({"outcome": "answered", "comment": "x" * 4001}, "at most 4000 characters"),
        ({"outcome": "busy", "rating": "4"}, "belong to a call that was answered, and this one is busy"),
        ({"outcome": "busy", "comment": "later"}, "belong to a call that was answered"),
        ({"outcome": "call back"}, "that outcome needs one"),
        ({"outcome": "call back", "call_back_at": "soon"}, "is no time"),
        ({"outcome": "call back", "call_back_at": "2026-10-06T08:00"}, "is over: name a later one"),
        ({"outcome": "call back", "call_back_at": "2027-10-06T08:00"}, "too far away"),
        ({"outcome": "busy", "call_back_at": "2026-10-08T08:00"}, "belongs to the outcome"),
    ],
)
def test_what_makes_no_sense_is_refused_and_what_was_written_is_kept(site: Site, fields: dict[str, str], fault: str):
    number = seed.to_be_called(site.place)
    staff = caller(site)
    next_call(staff)
    refused = staff.send(f"{CALLS}/{number}", **fields)
    assert refused.status_code == 409
    assert fault in words_in(refused.text)
    for text in (fields.get("comment", ""), fields.get("call_back_at", "")):
        assert text in refused.text
    if fields.get("outcome") in set(CallOutcome):
        chosen = f'value="{fields["outcome"]}" accesskey='
        assert " checked" in refused.text.partition(chosen)[2].partition(">")[0]
    assert row(site, number).done_at is None


def test_only_calls_of_ones_departments_are_listed_and_given(site: Site):
    seed.to_be_called(site.place, department="Electrical", customer_name="Edgar Volt")
    heating = caller(site, departments=["Heating"])
    assert "Edgar Volt" not in heating.open(CALLS).text
    assert next_call(heating) == f"{CALLS}?done=no-call"
    assert next_call(caller(site, departments=["Electrical", "Plumbing"])).endswith("done=claimed")


def test_nobody_is_called_at_night(site: Site):
    number = seed.to_be_called(site.place)
    site.clock.now = site.clock.now.replace(hour=19, minute=30)  # 21:30 in Berlin
    staff = caller(site)
    assert next_call(staff) == f"{CALLS}?done=no-call"
    assert ("No calls now. 1 wait for a better hour where the customers are. The next window opens tomorrow 07:00."
            in words_in(staff.open(CALLS).text))  # fmt: skip
    assert "nobody is called before tomorrow 09:00 there" in staff.open(f"{CALLS}/{number}").text


def test_an_empty_list_says_what_happens_next(site: Site):
    staff = caller(site)
    assert "No calls now, and none are planned." in staff.open(CALLS).text
    number = seed.to_be_called(site.place, customer_timezone="America/New_York")
    due = row(site, number).due_from
    assert due > site.clock.now
    assert f"The next window opens today {due:%H:%M}." in staff.open(CALLS).text


def test_a_customer_who_answered_meanwhile_is_not_called(site: Site):
    number = seed.to_be_called(site.place)
    staff = caller(site)
    hidden = hidden_in(staff.open(f"{CALLS}/{number}").text)
    seed.say(site.place, row(site, number).case_id, at=site.clock.now, rating=5)
    refused = staff.press(f"{CALLS}/{number}/claim", hidden)
    assert refused.status_code == 409
    assert "is not needed any more" in refused.text


def test_previous_contacts_are_shown_with_what_was_said(site: Site):
    number = seed.to_be_called(site.place)
    case_id = row(site, number).case_id
    with site.store.write() as db:
        report = CallReport(outcome=CallOutcome.CALL_BACK, by="Olga Brandt",
                            call_back_at=site.clock.now + timedelta(hours=1))  # fmt: skip
        record_by_hand(db, number, report, at=site.clock.now, change_for=timedelta(hours=72))
    seed.reply(site.place, case_id, "Who are you?", at=site.clock.now + timedelta(minutes=1))
    seed.say(site.place, case_id, at=site.clock.now + timedelta(minutes=2), rating=2, comment="It drips.\nA lot.")
    page = words_in(caller(site).open(f"{CALLS}/{number}").text)
    story = ["answer by e-mail: rating 2 of 5 It drips. A lot.", "reply by e-mail: to review Who are you?",
             "call 1 by Olga Brandt: call back"]  # fmt: skip
    places = [page.index(told) for told in story]
    assert places == sorted(places)


def test_a_claim_of_somebody_who_is_no_person_here_is_shown_by_its_name(site: Site):
    """Who works at the command line has a login name only."""
    number = seed.to_be_called(site.place)
    with site.store.write() as db:
        claim(db, number, by="rweaver", at=site.clock.now, lease=LEASE)
    staff: Person = caller(site).person
    page = words_in(at_browser(site, staff).open(f"{CALLS}/{number}").text)
    assert "rweaver is making this call" in page


def test_what_to_say_stands_in_the_customers_language_and_in_others_at_wish(site: Site):
    number = seed.to_be_called(site.place, language="de")
    staff = caller(site)
    page = words_in(staff.open(f"{CALLS}/{number}").text)
    assert "Language: the customer reads German." in page
    assert "Guten Tag" in page
    assert "Good day, this is" in words_in(staff.open(f"{CALLS}/{number}?language=en").text)
    for nonsense in ("xx", "../en", ""):
        assert "Guten Tag" in words_in(staff.open(f"{CALLS}/{number}?language={nonsense}").text)
