"""Clause 4.3 on the web: who presses the button is heard, once, and finds what was typed whatever happens."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.tables import answers, cases, entries
from tasks.concerns import judge_answers
from tests import seed
from tests.dump import counts, dump
from tests.web_site import Site, checked_in, comment_in, nonce_in, words_in
from vocabulary import Channel, Event, LinkPurpose, Stage
from web.bell import Sound


def said(site: Site) -> list[tuple]:
    with site.store.read() as db:
        wanted = select(answers.c.version, answers.c.rating, answers.c.comment, answers.c.contact_me)
        return [tuple(row) for row in db.execute(wanted.order_by(answers.c.id))]


def test_an_answer_is_recorded_with_its_entry_and_the_bell_rings_after_it(site: Site):
    case = seed.asked(site.place)
    page = site.answer(case.survey, rating="4", comment="Quick and clean.\r\nThank you!")
    assert page.status_code == 200
    assert "Your answer has arrived" in words_in(page.text)
    assert "until Fri 9 October 2026, 12:00 CEST" in words_in(page.text)
    assert said(site) == [(1, 4, "Quick and clean.\nThank you!", False)]
    with site.store.read() as db:
        found = db.execute(select(cases.c.stage, cases.c.rating, cases.c.judge_at)).one()
        assert tuple(found) == (Stage.ANSWERED, 4, site.clock.now)
        logged = db.execute(select(entries.c.event).where(entries.c.case_id == case.case_id)).scalars().all()
    assert Event.ANSWER_RECEIVED in logged
    assert site.bell.sounds == [Sound.ANSWER_RECEIVED]


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
def test_an_answer_counts_for_the_channel_that_carried_its_link(site: Site, channel: Channel):
    case = seed.asked(site.place)
    link = seed.add_link(site.place, case.case_id, LinkPurpose.SURVEY, at=seed.ASKED_AT, channel=channel)
    assert site.answer(link, rating="4").status_code == 200
    with site.store.read() as db:
        assert db.execute(select(answers.c.channel)).scalar_one() == channel


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"rating": "1"}, (1, 1, None, False)),
        ({"comment": "Fine."}, (1, None, "Fine.", False)),
        ({"contact_me": "yes"}, (1, None, None, True)),
        ({"rating": "5", "comment": " \r\n\t "}, (1, 5, None, False)),
        ({"rating": " 3 ", "comment": "  a  "}, (1, 3, "a", False)),
        ({"comment": "nul\0, bell\a go, tab\t,\nline stay"}, (1, None, "nul, bell go, tab\t,\nline stay", False)),
        ({"comment": "x" * 4000}, (1, None, "x" * 4000, False)),
        ({"comment": "a\r\n" * 2000}, (1, None, ("a\n" * 2000).strip(), False)),  # a line break counts once
        ({"comment": "🙂 שלום ‏ 你好"}, (1, None, "🙂 שלום ‏ 你好", False)),
    ],
)  # fmt: skip
def test_any_part_of_the_answer_is_enough(site: Site, typed: dict[str, str], expected: tuple):
    case = seed.asked(site.place)
    assert site.answer(case.survey, **typed).status_code == 200
    assert said(site) == [expected]


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({}, "rating", "Please choose a rating, or write us something."),
        ({"rating": "", "comment": "   "}, "rating", "Please choose a rating, or write us something."),
        ({"rating": "6"}, "rating", "Please choose a rating from 1 to 5."),
        ({"rating": "٣", "comment": "kept"}, "rating", "Please choose a rating from 1 to 5."),
        ({"rating": "4.0"}, "rating", "Please choose a rating from 1 to 5."),
        ({"rating": "4", "comment": "x" * 4001}, "comment", "Please shorten your text by 1 character; 4,000 fit."),
    ],
)
def test_a_fault_is_said_at_its_field_and_what_was_typed_stays(
    site: Site, typed: dict[str, str], field: str, message: str
):
    case = seed.asked(site.place)
    before = dump(site.store)
    page = site.answer(case.survey, contact_me="", **typed)
    assert page.status_code == 422
    assert f'id="{field}-fault">{message}' in page.text
    assert comment_in(page.text) == typed.get("comment", "")
    assert checked_in(page.text) == (["rating-4"] if typed.get("rating") == "4" else [])
    assert dump(site.store) == before
    assert site.bell.sounds == []
    # The same form is still good: a quick correction is not taken for a machine.
    assert site.press(case.survey, nonce_in(page.text), rating="4").status_code == 200


@pytest.mark.parametrize("wait", [timedelta(0), timedelta(seconds=1.9), timedelta(hours=24, seconds=1), timedelta(-1)])
def test_a_form_that_is_too_young_or_too_old_is_shown_again(site: Site, wait: timedelta):
    case = seed.asked(site.place)
    nonce = nonce_in(site.client.get(f"/s/{case.survey}").text)
    before = dump(site.store)
    site.clock.now += wait
    page = site.press(case.survey, nonce, rating="2", comment="It <b>leaks</b>", contact_me="yes")
    assert page.status_code == 422
    assert "Please press the button once more" in words_in(page.text)
    assert (checked_in(page.text), comment_in(page.text)) == (["rating-2", "contact_me"], "It <b>leaks</b>")
    assert dump(site.store) == before
    site.clock.tick(seconds=2)
    again = site.press(case.survey, nonce_in(page.text), rating="2", comment="It <b>leaks</b>", contact_me="yes")
    assert again.status_code == 200
    assert said(site) == [(1, 2, "It <b>leaks</b>", True)]


def test_the_edges_of_a_forms_life_count(site: Site):
    for wait in (timedelta(seconds=2), timedelta(hours=24)):
        case = seed.asked(site.place)
        nonce = nonce_in(site.client.get(f"/s/{case.survey}").text)
        site.clock.now += wait
        assert site.press(case.survey, nonce, rating="5").status_code == 200


def test_a_form_counts_for_its_own_link_only(site: Site):
    mine, other = seed.asked(site.place), seed.asked(site.place)
    nonce = nonce_in(site.open(other.survey))
    for forged in (nonce, nonce[:-1] + "A", nonce + "A", nonce.swapcase(), "", "x" * 5000, "é", ".", "a.b"):
        page = site.press(mine.survey, forged, rating="1")
        assert page.status_code == 422
        assert nonce_in(page.text) != forged
    assert said(site) == []


def test_a_field_that_nobody_sees_betrays_a_program_and_costs_a_person_nothing(site: Site):
    case = seed.asked(site.place)
    page = site.answer(case.survey, rating="1", comment="typed", website="https://example.com")
    assert (page.status_code, comment_in(page.text), said(site)) == (422, "typed", [])
    site.clock.tick(seconds=3)
    assert site.press(case.survey, nonce_in(page.text), rating="1", comment="typed").status_code == 200


def test_the_same_submission_twice_is_one_answer_and_the_same_page(site: Site):
    case = seed.asked(site.place)
    nonce = nonce_in(site.open(case.survey))
    first = site.press(case.survey, nonce, rating="1", comment="No heating")
    before = dump(site.store)
    site.clock.tick(seconds=1)
    second = site.press(case.survey, nonce, rating="1", comment="No heating")
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert dump(site.store) == before
    assert len(site.bell.sounds) == 1


def test_a_submission_that_was_judged_in_between_is_still_the_same_one(site: Site):
    case = seed.recovering(site.place)
    assert case.recovery
    site.clock.now = seed.RECOVERING_AT + timedelta(hours=1)
    nonce = nonce_in(site.open(case.recovery))
    first = site.press(case.recovery, nonce, rating="5")
    judge_answers.fn([case.case_id], site.clock.now)
    assert site.press(case.recovery, nonce, rating="5").content == first.content
    assert site.client.get(f"/s/{case.recovery}").status_code == 404


def test_a_form_that_the_browser_brought_back_and_was_changed_is_asked_for_once_more(site: Site):
    """The page says "Thank you" only for what is recorded."""
    case = seed.asked(site.place)
    nonce = nonce_in(site.open(case.survey))
    site.press(case.survey, nonce, rating="5")
    page = site.press(case.survey, nonce, rating="2", comment="Sorry, wrong one")
    assert (page.status_code, comment_in(page.text), checked_in(page.text)) == (422, "Sorry, wrong one", ["rating-2"])
    site.clock.tick(seconds=6)
    assert site.press(case.survey, nonce_in(page.text), rating="2", comment="Sorry, wrong one").status_code == 200
    assert said(site) == [(1, 5, None, False), (2, 2, "Sorry, wrong one", False)]


def test_a_concern_is_thanked_as_one(site: Site):
    table = [
        ({"rating": "2"}, True),
        ({"rating": "3"}, False),
        ({"rating": "5", "contact_me": "yes"}, True),
        ({"rating": "5", "comment": "There is a smell of gas in the cellar."}, True),  # judged by the same rules
    ]
    for typed, concern in table:
        text = words_in(site.answer(seed.asked(site.place).survey, **typed).text)
        assert ("Your concern is with a person" in text) is concern
        assert ("You will hear from us by" in text) is concern


def test_counts_are_as_expected_after_one_answer(site: Site):
    case = seed.asked(site.place)
    before = counts(site.store)
    site.answer(case.survey, rating="4")
    after = counts(site.store)
    assert {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)} == {
        "answers": 1,
        "entries": 2,  # the answer, and the move to answered
    }
