"""Many requests at once: one submission stays one answer, and every other one gets a version of its own."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models.moves import Move, advance
from models.tables import answers, cases
from tests import seed
from tests.web_site import Site, nonce_in
from vocabulary import Clause, Stage

MANY = 12


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    start, found = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        start.wait(60)
        found.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def versions(site: Site) -> list[int]:
    with site.store.read() as db:
        return list(db.execute(select(answers.c.version).order_by(answers.c.version)).scalars())


def test_one_form_pressed_many_times_is_one_answer(site: Site):
    case = seed.asked(site.place)
    nonce = nonce_in(site.open(case.survey))
    pages = at_once([lambda: site.press(case.survey, nonce, rating="2", comment="Cold")] * MANY)
    assert {page.status_code for page in pages} == {200}
    assert len({page.content for page in pages}) == 1
    assert versions(site) == [1]
    assert len(site.bell.sounds) == 1


def test_many_forms_of_one_link_are_as_many_versions(site: Site):
    case = seed.asked(site.place)
    nonces = [nonce_in(site.open(case.survey)) for _ in range(MANY)]
    pages = at_once([lambda nonce=nonce: site.press(case.survey, nonce, rating="4") for nonce in nonces])
    assert {page.status_code for page in pages} == {200}
    assert versions(site) == list(range(1, MANY + 1))


def test_a_case_that_is_closed_meanwhile_takes_no_answer(site: Site):
    """The form was good when it was sent, but somebody else is just closing the case: that comes first."""
    case = seed.ended(site.place)
    site.clock.now = seed.ANSWERED_AT + timedelta(hours=1)
    nonce = nonce_in(site.open(case.survey))
    pages: list[Any] = []
    sender = threading.Thread(target=lambda: pages.append(site.press(case.survey, nonce, rating="1")))
    with site.store.write() as db:
        move = Move(case_id=case.case_id, clause=Clause.RECORD, reason="the record is complete")
        assert advance(db, Stage.ENDED, Stage.CLOSED, [move], at=site.clock.now)
        sender.start()
        sender.join(0.3)
        assert sender.is_alive(), "it did not wait for the case"
    sender.join(60)
    assert [page.status_code for page in pages] == [404]
    assert versions(site) == [1]
    with site.store.read() as db:
        assert db.execute(select(cases.c.stage, cases.c.judge_at)).one()[0] == Stage.CLOSED
