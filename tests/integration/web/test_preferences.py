"""Less than everything: one channel, or a pause, by a form that needs no script."""

from datetime import timedelta

import pytest

from models.answers import new_token
from models.tables import suppressions
from tests import seed
from tests.dump import dump
from tests.replies import case_row, events, rows, suppressed
from tests.web_site import Site, words_in
from vocabulary import Event, Stage


def test_the_page_offers_less_than_everything(site: Site):
    case = seed.asked(site.place)
    page = site.client.get(f"/u/{case.unsubscribe}").text
    for choice in ("email", "sms", "phone", "30", "90", "180"):
        assert f'name="stop" value="{choice}" required' in page
    assert page.count(f'method="post" action="/u/{case.unsubscribe}"') == 2
    assert " checked" not in page


@pytest.mark.parametrize(
    ("choice", "words"),
    [("email", "no more e-mails"), ("sms", "no more text messages"), ("phone", "We will not call you")],
)
def test_one_channel_less(site: Site, choice: str, words: str):
    case = seed.asked(site.place)
    page = site.client.post(f"/u/{case.unsubscribe}", data={"stop": choice})
    assert (page.status_code, words in words_in(page.text)) == (200, True)
    assert suppressed(site) == {(choice, True)}
    assert case_row(site, case).stage == Stage.ASKED
    assert events(site)[-1] == Event.PREFERENCE_SET


@pytest.mark.parametrize("days", [30, 90, 180])
def test_a_pause(site: Site, days: int):
    case = seed.asked(site.place)
    page = site.client.post(f"/u/{case.unsubscribe}", data={"stop": str(days)})
    until = site.clock.now + timedelta(days=days)
    assert f"before {until:%A}, {until.day} {until:%B %Y}" in words_in(page.text)
    assert {row.until for row in rows(site, suppressions)} == {until}
    assert Event.PREFERENCE_SET in events(site)
    assert case_row(site, case).stage == Stage.ENDED


@pytest.mark.parametrize(
    "sent",
    [
        {"stop": "everything"},
        {"stop": ""},
        {"stop": "31"},
        {"stop": "*"},
        {"List-Unsubscribe": "One-Click"},
    ],
)
def test_anything_else_means_everything(site: Site, sent: dict[str, str]):
    case = seed.asked(site.place)
    page = site.client.post(f"/u/{case.unsubscribe}", data=sent)
    assert "Done: no more surveys" in page.text
    assert suppressed(site) == {("*", True)}


@pytest.mark.parametrize("choice", ["email", "90"])
def test_unknown_addresses_are_answered_like_known_ones(site: Site, choice: str):
    case = seed.asked(site.place)
    known = site.client.post(f"/u/{case.unsubscribe}", data={"stop": choice})
    before = dump(site.store)
    for token in (new_token(), case.survey, "x"):
        assert site.client.post(f"/u/{token}", data={"stop": choice}).content == known.content
    assert dump(site.store) == before


def test_everything_after_a_channel(site: Site):
    case = seed.asked(site.place)
    site.client.post(f"/u/{case.unsubscribe}", data={"stop": "sms"})
    site.client.post(f"/u/{case.unsubscribe}")
    assert suppressed(site) == {("sms", True), ("*", True)}
    assert case_row(site, case).stage == Stage.ENDED
