"""Two people at one concern at the same time, over SQLite and PostgreSQL: one does it, the other is told who did."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from casework.closing import ask_for_unreachable, decline, log_call, sign_unreachable
from casework.pauses import pause, resume
from models.escalations import EscalationError, acknowledge, known, resolve
from models.tables import cases, entries, escalation_pauses, escalations, unreachable_requests
from tasks.ladder import work_ladder
from tasks.place import Place
from tests.seed import ANSWERED_AT, escalated, say
from vocabulary import CallOutcome, Event, Stage

TAKEN_AT = ANSWERED_AT + timedelta(hours=1)
A_WEEK_LATER = TAKEN_AT + timedelta(days=8)
ROUNDS = 4
Work = Callable[[Connection], object]


def taken(place: Place) -> int:
    """The number of a concern that Petra has acknowledged."""
    seeded = escalated(place, email=None, channels="phone")
    assert seeded.escalation_id is not None
    with place.store.write() as db:
        acknowledge(db, seeded.escalation_id, by="Petra Lindqvist", at=TAKEN_AT)
    return seeded.escalation_id


def waiting(place: Place) -> int:
    """The number of a concern whose customer was called three times, and that waits for a signature."""
    number = taken(place)
    with place.store.write() as db:
        for _ in range(3):
            log_call(db, number, CallOutcome.NO_ANSWER, by="Petra Lindqvist", at=TAKEN_AT + timedelta(hours=1))
        case_id = known(db, number).case_id
        db.execute(cases.update().where(cases.c.id == case_id).values(ladder="phone"))
    with place.store.write() as db:
        ask_for_unreachable(db, number, root_cause="billing", action="The invoice was corrected.",
                            by="Petra Lindqvist", at=A_WEEK_LATER)  # fmt: skip
    return number


def at_once(place: Place, *works: Work) -> list[str]:
    """What each of them was told, in the order given; "done" for who did it."""
    start = Barrier(len(works))

    def do(work: Work) -> str:
        start.wait()
        try:
            with place.store.write() as db:
                work(db)
        except EscalationError as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(do, works))


def logged(place: Place, number: int, *events: Event) -> int:
    with place.store.read() as db:
        found = select(entries.c.id).where(entries.c.ref_id == number, entries.c.event.in_(events))
        return len(db.execute(found).all())


def signing(number: int, by: str) -> Work:
    return lambda db: sign_unreachable(db, number, by=by, at=A_WEEK_LATER)


def declining(number: int) -> Work:
    return lambda db: decline(db, number, reason="Please try once more.", by="Joan", at=A_WEEK_LATER)


def resolving(number: int) -> Work:
    return lambda db: resolve(
        db, number, by="Petra Lindqvist", root_cause="billing", action="Spoke to the customer.",
        known_causes=["billing"], ask_after=timedelta(hours=48), at=A_WEEK_LATER,
    )  # fmt: skip


def pausing(number: int, by: str, until: datetime | None = None) -> Work:
    note = "The insurer decides."
    return lambda db: pause(db, number, code="third party", note=note, by=by, at=TAKEN_AT, until=until)


def test_of_two_who_sign_at_once_one_signs(place: Place):
    for _ in range(ROUNDS):
        number = waiting(place)
        told = at_once(place, signing(number, "Marek"), signing(number, "Joan"))
        assert sorted(told) == ["done", f"escalation {number} is closed (unreachable)"]
        assert logged(place, number, Event.UNREACHABLE_SIGNED) == 1
        assert logged(place, number, Event.ESCALATION_CLOSED) == 1


def test_of_a_signature_and_a_refusal_at_once_one_counts(place: Place):
    for _ in range(ROUNDS):
        number = waiting(place)
        told = at_once(place, signing(number, "Marek"), declining(number))
        assert told.count("done") == 1
        with place.store.read() as db:
            [request] = db.execute(select(unreachable_requests).where(unreachable_requests.c.escalation_id == number))
            concern = known(db, number)
        assert request.signed is (told[0] == "done")
        assert (concern.closed_at is not None) is request.signed


def test_of_a_signature_and_a_resolution_at_once_one_counts(place: Place):
    for _ in range(ROUNDS):
        number = waiting(place)
        told = at_once(place, signing(number, "Marek"), resolving(number))
        assert told.count("done") == 1
        with place.store.read() as db:
            concern = known(db, number)
            stage = db.execute(select(cases.c.stage).where(cases.c.id == concern.case_id)).scalar_one()
        assert stage == (Stage.ENDED if told[0] == "done" else Stage.RECOVERING)


def test_of_two_who_pause_at_once_one_does(place: Place):
    for _ in range(ROUNDS):
        number = taken(place)
        told = at_once(place, pausing(number, "Petra"), pausing(number, "Tom"))
        refused = f"escalation {number} cannot be paused: it is paused already: end that pause first"
        assert sorted(told) == ["done", refused]
        assert logged(place, number, Event.ESCALATION_PAUSED) == 1


def test_a_pause_is_ended_once_whoever_ends_it(place: Place):
    """A person, the customer, and the sweep at its latest date: the target moves by the pause, once."""
    ends = TAKEN_AT + timedelta(days=1)
    later = ends + timedelta(hours=1)
    for _ in range(ROUNDS):
        number = taken(place)
        with place.store.read() as db:
            before = known(db, number)
        assert at_once(place, pausing(number, "Petra", ends)) == ["done"]
        with ThreadPoolExecutor(3) as threads:
            ending = [
                threads.submit(work_ladder.fn, [number], later),
                threads.submit(say, place, before.case_id, at=later, rating=1),
                threads.submit(at_once, place, partial(resume, escalation_id=number, by="Petra", at=later)),
            ]
            for one in ending:
                one.result()
        with place.store.read() as db:
            assert known(db, number).resolve_by == before.resolve_by + timedelta(days=1)
        assert logged(place, number, Event.ESCALATION_RESUMED) == 1


def test_the_database_itself_allows_one_open_pause_and_one_open_request(place: Place):
    number = waiting(place)
    pause_row = {"escalation_id": number, "code": "x", "note": "x", "begun_at": TAKEN_AT, "begun_by": "x",
                 "ends_by": TAKEN_AT}  # fmt: skip
    request_row = {"escalation_id": number, "asked_at": TAKEN_AT, "asked_by": "x", "root_cause": "x", "action": "x",
                   "attempts": 3, "channels": "phone", "first_at": TAKEN_AT}  # fmt: skip
    over = {"ended_at": TAKEN_AT, "ended_by": "x", "ended_because": "x"}
    with place.store.write() as db:
        db.execute(insert(escalation_pauses), [pause_row | over, pause_row | over])
        db.execute(insert(escalation_pauses), pause_row)
    for table, row in ((escalation_pauses, pause_row), (unreachable_requests, request_row)):
        with pytest.raises(IntegrityError), place.store.write() as db:
            db.execute(insert(table), row)


def test_what_is_refused_leaves_nothing(place: Place):
    number = taken(place)
    with place.store.read() as db:
        before = db.execute(select(entries.c.id)).all(), db.execute(select(escalations)).all()
    refused: list[Work] = [
        lambda db: pause(db, number, code="no such reason", note="A note that is long.", by="Petra", at=TAKEN_AT),
        lambda db: resume(db, number, by="Petra", at=TAKEN_AT),
        lambda db: sign_unreachable(db, number, by="Marek", at=TAKEN_AT),
        lambda db: decline(db, number, reason="There is nothing.", by="Marek", at=TAKEN_AT),
        lambda db: ask_for_unreachable(db, number, root_cause="billing", action="The invoice was corrected.",
                                       by="Petra", at=TAKEN_AT),
        lambda db: pause(db, 999, code="third party", note="A note that is long.", by="Petra", at=TAKEN_AT),
    ]  # fmt: skip
    assert "done" not in [at_once(place, work)[0] for work in refused]
    with place.store.read() as db:
        assert before == (db.execute(select(entries.c.id)).all(), db.execute(select(escalations)).all())
