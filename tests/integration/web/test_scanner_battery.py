"""Every behaviour of the corpus over several mails, each at a pace of its own: no program is heard, every person is.

Prints what was injected. A kind of request that was never made fails, and so does an application with a planted bug.
"""

import random
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import func, select

from models.answers import Said, new_token, open_link, record
from models.doubts import is_unconfirmed
from models.tables import answers, cases, escalations, suppressions
from tasks.place import Place
from tests import seed
from tests.databases import in_a_hurry
from tests.sizes import enough
from tests.traces.replay import PEOPLE, SCANNERS, Played, jittered, play, read
from tests.web_site import Site, make_site
from vocabulary import Channel, LinkPurpose
from web.links import rating_in, token_in
from web.submissions import PURPOSES
from web.survey import Survey

SEED = 7
MAILS = enough(8, 200)
"""Of each behaviour; 200 are the bar for a release."""
FEW = 6
"""Enough to find out a planted bug."""
KINDS = ("GET", "HEAD", "POST", "rating opened", "hidden link", "way out opened", "way out pressed", "thanked",
         "asked once more")  # fmt: skip


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """Each trace by itself runs over both stores, in `test_traces.py`."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'aftercare.db')}"


@pytest.fixture
def place(place: Place) -> Place:
    in_a_hurry(place.store)
    return place


def battery(
    site: Site, files: list[Path], chance: random.Random, mails: int = FEW
) -> tuple[Counter[str], dict[int, Played]]:
    kinds: Counter[str] = Counter()
    played: dict[int, Played] = {}
    for file in files:
        for _ in range(mails):
            site.clock.tick(minutes=1)
            case, at = seed.asked(site.place), site.clock.now
            survey = seed.add_link(site.place, case.case_id, LinkPurpose.SURVEY, at=at)
            leave = seed.add_link(site.place, case.case_id, LinkPurpose.UNSUBSCRIBE, at=at, days=60)
            played[case.case_id] = play(site, jittered(read(file), chance), survey, leave)
            kinds.update(played[case.case_id].kinds)
    return kinds, played


def heard(site: Site) -> dict[str, int]:
    """Everything that only people may cause."""
    with site.store.read() as db:
        return {
            "ratings": _count(db, cases, cases.c.rating.is_not(None)),
            "answers": _count(db, answers, ~is_unconfirmed()),
            "escalations": _count(db, escalations),
            "opt-outs": _count(db, suppressions),
        }


def _count(db: Any, table: Any, *conditions: Any) -> int:
    return int(db.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())


@pytest.mark.slow
def test_no_program_is_heard(site: Site):
    kinds, played = battery(site, SCANNERS, random.Random(SEED), MAILS)
    print(f"\n{len(SCANNERS)} programs x {MAILS} mails, seed {SEED}: {len(played)} mails, {dict(kinds)}; {heard(site)}")
    assert [kind for kind in KINDS if not kinds[kind]] == []
    assert heard(site) == {"ratings": 0, "answers": 0, "escalations": 0, "opt-outs": 0}


@pytest.mark.slow
def test_every_person_is_heard(site: Site):
    kinds, played = battery(site, PEOPLE, random.Random(SEED), MAILS)
    with site.store.read() as db:
        found = dict(db.execute(select(cases.c.id, cases.c.rating)).tuples().all())
    accepted = sum(found[case_id] == one.rating for case_id, one in played.items())
    print(f"\n{len(PEOPLE)} people x {MAILS} mails, seed {SEED}: {accepted} of {len(played)} accepted, {dict(kinds)}")
    assert kinds["thanked"] >= len(played)
    assert accepted == len(played)


def test_an_application_that_takes_a_look_for_a_rating_is_found_out(place: Place, monkeypatch: pytest.MonkeyPatch):
    show = Survey.show

    def record_at_once(self: Survey, link: str, request: Request) -> Response:
        token, rating, now = token_in(link), rating_in(link, request.url.query), self._clock()
        if token and rating:
            said = Said(nonce=new_token(), channel=Channel.EMAIL, rating=rating, comment=None, contact_me=False)
            with self._store.write() as db:
                case = open_link(db, token, PURPOSES, now)
                if case:
                    record(db, case.case_id, said, at=now, change_for=timedelta(hours=72))
        return show(self, link, request)

    monkeypatch.setattr(Survey, "show", record_at_once)
    site = make_site(place)
    battery(site, [file for file in SCANNERS if file.stem.startswith("get_")], random.Random(SEED))
    assert heard(site)["ratings"] > 0
    assert heard(site)["escalations"] > 0


def test_an_application_that_believes_every_press_is_found_out(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("policy.authenticity._UNCONFIRMED", 99)
    files = [file for file in SCANNERS if file.stem.startswith(("detonation", "headless", "script", "honeypot"))]
    battery(site, files, random.Random(SEED))
    assert heard(site)["escalations"] > 0
    assert heard(site)["answers"] > len(files)


def test_an_application_that_lets_any_press_end_all_surveys_is_found_out(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("web.presses.is_a_persons_press", lambda *_: True)
    battery(site, [file for file in SCANNERS if "presses_every" in file.stem], random.Random(SEED))
    assert heard(site)["opt-outs"] > 0
