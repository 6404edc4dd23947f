"""Recorded visitors against the real application: no program rates, leaves or complains; every person is heard."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from models.doubts import is_unconfirmed
from models.optouts import opt_out
from models.tables import answers, cases, entries, escalations, messages, suppressions
from models.tables.contact import ANY_CHANNEL
from tests import seed
from tests.traces.replay import PEOPLE, SCANNERS, play, read, returning
from tests.web_site import Site
from vocabulary import Event, LinkPurpose, Purpose, Stage


def mail(site: Site) -> tuple[seed.Seeded, str, str]:
    """A mail that is delivered now."""
    case, at = seed.asked(site.place), site.clock.now
    survey = seed.add_link(site.place, case.case_id, LinkPurpose.SURVEY, at=at)
    return case, survey, seed.add_link(site.place, case.case_id, LinkPurpose.UNSUBSCRIBE, at=at, days=60)


def count(site: Site, table: Any, *conditions: Any) -> int:
    with site.store.read() as db:
        return int(db.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())


@pytest.mark.parametrize("file", SCANNERS, ids=lambda file: file.stem)
def test_a_program_rates_nothing_leaves_nothing_and_pages_nobody(site: Site, file: Path):
    case, survey, unsubscribe = mail(site)
    played = play(site, read(file), survey, unsubscribe)
    assert played.kinds.total() > 1
    with site.store.read() as db:
        found = db.execute(select(cases).where(cases.c.id == case.case_id)).one()
    assert (found.stage, found.rating, found.answered_at) == (Stage.ASKED, None, None)
    assert count(site, answers, ~is_unconfirmed()) == 0
    assert count(site, escalations) == count(site, suppressions) == 0
    assert count(site, messages, messages.c.purpose != Purpose.SURVEY) == 0


@pytest.mark.parametrize("file", PEOPLE, ids=lambda file: file.stem)
def test_a_person_is_heard(site: Site, file: Path):
    case, survey, unsubscribe = mail(site)
    played = play(site, read(file), survey, unsubscribe)
    with site.store.read() as db:
        found = db.execute(select(cases).where(cases.c.id == case.case_id)).one()
    assert played.rating is not None
    assert found.rating == played.rating
    assert found.stage in (Stage.ENDED, Stage.ESCALATED)
    assert count(site, suppressions) == 0
    programs = 5 if file.stem == "after_a_sandbox_pressed_everything" else 0
    assert count(site, answers, is_unconfirmed()) == programs


LIKE_A_PERSON = {"script_posts_and_replays"}
"""Its last visitor is a person's browser in all that it does: alone, it would bring somebody back."""


@pytest.mark.parametrize(
    "file", [file for file in SCANNERS if file.stem not in LIKE_A_PERSON], ids=lambda one: one.stem
)
def test_a_program_brings_nobody_back_who_has_opted_out(site: Site, file: Path):
    case, survey, unsubscribe = mail(site)
    with site.store.write() as db:
        opt_out(db, case.case_id, at=site.clock.now, source="test")
    before = count(site, suppressions)
    played = play(site, returning(read(file)), survey, unsubscribe)
    assert played.kinds["way out pressed"] >= 2
    assert count(site, suppressions, suppressions.c.channel == ANY_CHANNEL) == before > 0
    assert count(site, entries, entries.c.event == Event.CONSENT_RENEWED) == 0


def test_an_application_that_lets_any_press_bring_people_back_is_found_out(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("web.presses.is_a_persons_return", lambda *_: True)
    case, survey, unsubscribe = mail(site)
    with site.store.write() as db:
        opt_out(db, case.case_id, at=site.clock.now, source="test")
    [file] = [file for file in SCANNERS if file.stem == "headless_chrome"] or SCANNERS[:1]
    play(site, returning(read(file)), survey, unsubscribe)
    assert count(site, suppressions) == 0


def test_the_corpus_holds_what_its_readme_promises():
    text = (SCANNERS[0].parent.parent / "README.md").read_text("utf-8")
    assert len(SCANNERS) >= 14
    assert len(PEOPLE) >= 10
    assert [file.stem for file in (*SCANNERS, *PEOPLE) if f"`{file.stem}`" not in text] == []
    for file in (*SCANNERS, *PEOPLE):
        steps = read(file)
        assert [step.at_ms for step in steps] == sorted(step.at_ms for step in steps), file.stem
        assert all(step.headers for step in steps), file.stem
