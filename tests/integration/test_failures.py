"""Several sweeps at once over messages that did not arrive: each is dealt with once, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlalchemy import func, select, update

from models.failures import lost_messages
from models.tables import calls, entries, escalations, messages
from tasks.ladder import work_ladder
from tasks.place import Place
from tasks.tally import Tally
from tasks.undelivered import follow_failures, unknown_wait
from tests import seed
from vocabulary import Delivery, Event, Purpose

NOW = seed.RECOVERING_AT + timedelta(hours=1)
RIVALS = 3


def lose(place: Place, purpose: Purpose) -> list[int]:
    with place.store.write() as db:
        lost = update(messages).where(messages.c.purpose == purpose).values(state=Delivery.FAILED, settled_at=NOW)
        db.execute(lost)
    return [id for batch in lost_messages(place.store, NOW, wait=unknown_wait(), size=2) for id in batch]


def at_once(place: Place, ids: list[int]) -> Tally:
    start = Barrier(RIVALS)

    def sweep(_: int) -> Tally:
        start.wait()
        return follow_failures.fn(ids, NOW)

    with ThreadPoolExecutor(RIVALS) as threads:
        return sum(threads.map(sweep, range(RIVALS)), Tally())


def count(place: Place, table: object, *where: object) -> int:
    with place.store.read() as db:
        return int(db.execute(select(func.count()).select_from(table).where(*where)).scalar_one())  # type: ignore[arg-type]


def test_each_notice_is_told_to_the_next_rung_once(place: Place):
    for number in range(5):
        seed.escalated(place, external_id=f"J-{number}", email=f"c{number}@example.com", phone=f"+4930555020{number}")
    before = count(place, messages)
    ids = lose(place, Purpose.ESCALATION_NOTICE)
    assert len(ids) == 10, "to owner and supervisor of each, in batches of two"
    tally = at_once(place, ids)
    assert tally["told to the next rung instead"] == 10
    assert count(place, messages) == before + 5, "one to the head for both"
    assert count(place, entries, entries.c.event == Event.FAILURE_FOLLOWED) == 10
    assert list(lost_messages(place.store, NOW, wait=unknown_wait(), size=2)) == []


def test_each_survey_is_asked_otherwise_once(place: Place):
    seeded = [seed.recovering(place, external_id=f"J-{number}", email=f"c{number}@example.com",
                              phone=f"+4930555010{number}") for number in range(5)]  # fmt: skip
    ids = lose(place, Purpose.RECOVERY_SURVEY)
    assert len(ids) == 5
    at_once(place, ids)
    concerns = [case.escalation_id for case in seeded if case.escalation_id]
    with place.store.read() as db:
        due = select(escalations.c.id).where(escalations.c.next_at <= NOW)
        assert sorted(db.execute(due).scalars()) == concerns
    start = Barrier(RIVALS)

    def work(_: int) -> None:
        start.wait()
        work_ladder.fn(concerns, NOW)

    with ThreadPoolExecutor(RIVALS) as threads:
        list(threads.map(work, range(RIVALS)))
    assert count(place, calls) == 5


def test_the_failure_of_what_was_no_notice_and_no_such_survey_is_left_to_others(place: Place):
    seed.escalated(place)
    assert lose(place, Purpose.SURVEY) == []
    assert lose(place, Purpose.THANK_YOU) == []
