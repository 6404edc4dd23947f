"""The outbox between owing and sending: who has a message, for how long, and when it is not wanted any more."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from channels.protocol import Outcome, Receipt
from models.answers import Said, record
from models.in_hand import begin, claimed, settle
from models.optouts import opt_out
from models.owed import OwedMessage, owe_messages
from models.tables import messages
from tasks.in_hand import Claimed
from tasks.outbox import claim_batch, send_claimed, tidy_outbox
from tasks.place import Place
from tests.acceptance.days import Days, berlin
from tests.acceptance.policies import change_policy, use_policy
from vocabulary import Channel, Clause, Delivery, Event, Purpose, Stage

LEASE_IS_OVER = timedelta(seconds=121)
BULLETIN = {"month": "October 2026", "figures": [], "findings": [], "thanks": None, "review_path": "review.html"}


@pytest.fixture
def days(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Days:
    """Monday, 14:00 in Berlin; nothing has been swept yet."""
    use_policy(monkeypatch, tmp_path)
    return Days(berlin("2026-10-05 14:00"))


def owe_a_survey(days: Days) -> None:
    """One customer is to be asked now, and nothing has been sent yet."""
    days.report(closed=days.now - timedelta(hours=4))
    days.open_and_ask()


def test_what_a_silent_worker_had_not_begun_is_anybodys_again(days: Days):
    owe_a_survey(days)
    owner = claim_batch.fn(days.now)
    assert owner
    assert claim_batch.fn(days.now) is None, "it is in one worker's hands"
    days.now += LEASE_IS_OVER
    assert tidy_outbox.fn(days.now)["given back"] == 1
    assert send_claimed.fn(owner, days.now).total() == 0
    [message] = days.rows(messages)
    assert (message.state, message.attempts, message.owner) == (Delivery.DUE, 0, None)
    assert days.deliver()["sent"] == 1
    assert len(days.letters()) == 1


def begun(days: Days) -> str:
    """One message that somebody has begun, who has fallen silent then; the owner."""
    owe_a_survey(days)
    owner = claim_batch.fn(days.now)
    assert owner
    [message] = days.rows(messages)
    with days.here.store.write() as db:
        assert begin(db, owner, [message.ref], days.now, at=days.now) == {message.ref}
    days.now += LEASE_IS_OVER
    assert tidy_outbox.fn(days.now)["parked as unknown"] == 1
    return owner


def told(days: Days, state: Delivery) -> dict[str, Any]:
    return {"message_id": 1, "state": state, "code": "late word", "due_at": days.now, "attempts": 1, "cause": None,
            "provider_id": "p-1", "settled_at": days.now, "begun_at": days.now}  # fmt: skip


@pytest.mark.parametrize("state", [Delivery.REJECTED, Delivery.UNKNOWN, Delivery.DUE, Delivery.WITHDRAWN])
def test_what_a_silent_worker_had_begun_is_unknown_and_its_late_word_is_not_believed(days: Days, state: Delivery):
    owner = begun(days)
    with days.here.store.write() as db:
        assert settle(db, owner, [told(days, state)]) == set()
    [message] = days.rows(messages)
    assert (message.state, message.code) == (Delivery.UNKNOWN, "worker lost")


def nothing(days: Days) -> None:
    """Happens meanwhile."""


def is_due_again(days: Days) -> None:
    days.now += timedelta(minutes=31)
    assert tidy_outbox.fn(days.now)["sent again"] == 1


def is_in_other_hands(days: Days) -> None:
    is_due_again(days)
    assert claim_batch.fn(days.now)


@pytest.mark.parametrize("happens", [nothing, is_due_again, is_in_other_hands])
def test_that_the_provider_has_accepted_it_is_believed_whoever_has_it_by_now(
    days: Days, happens: Callable[[Days], None]
):
    owner = begun(days)
    happens(days)
    with days.here.store.write() as db:
        assert settle(db, owner, [told(days, Delivery.ACCEPTED)]) == {1}
        assert settle(db, owner, [told(days, Delivery.ACCEPTED)]) == set(), "once"
    [message] = days.rows(messages)
    assert (message.state, message.provider_id) == (Delivery.ACCEPTED, "p-1")
    days.live(hours=2)
    assert days.letters() == [], "no second copy"


def test_what_the_provider_said_since_outranks_that_it_accepted(days: Days):
    owner = begun(days)
    with days.here.store.write() as db:
        db.execute(messages.update().values(state=Delivery.FAILED, code="bounce"))
        assert settle(db, owner, [told(days, Delivery.ACCEPTED)]) == set()
    assert days.rows(messages)[0].state == Delivery.FAILED


def test_the_lease_is_renewed_while_work_goes_on_and_nobody_else_gets_a_message(days: Days):
    """A provider that takes longer for the burst than the lease lasts."""
    for number in range(6):
        days.report(f"J-{number}", closed=days.now - timedelta(hours=4), email=f"c{number}@example.com")
    days.open_and_ask()
    owner = claim_batch.fn(days.now)
    assert owner
    with days.here.store.read() as db:
        owed = {row.ref: row for row in claimed(db, owner)}
    watch = iter(range(0, 10_000, 50))
    burst = Claimed(store=days.here.store, owner=owner, channel=Channel.EMAIL, owed=owed, now=days.now, at=days.now,
                lease=timedelta(seconds=120), seconds=lambda: float(next(watch)))  # fmt: skip
    began = days.now
    for ref in owed:
        assert burst.turn([ref], []) == {ref}
        days.now += timedelta(seconds=50)
        freed = tidy_outbox.fn(days.now)
        assert (freed["given back"], freed["parked as unknown"]) == (0, 0)
        assert claim_batch.fn(days.now) is None
    assert days.now - began > timedelta(seconds=240)
    burst.turn([], [Receipt(ref=ref, outcome=Outcome.ACCEPTED, code="202") for ref in owed])
    assert {row.state for row in days.rows(messages)} == {Delivery.ACCEPTED}


def test_who_lost_the_claim_begins_nothing_more(days: Days):
    owe_a_survey(days)
    owner = claim_batch.fn(days.now)
    [message] = days.rows(messages)
    days.now += LEASE_IS_OVER
    tidy_outbox.fn(days.now)
    other = claim_batch.fn(days.now)
    assert owner
    assert other
    with days.here.store.write() as db:
        assert begin(db, owner, [message.ref], days.now, at=days.now) == set()
        assert begin(db, other, [message.ref], days.now, at=days.now) == {message.ref}


def test_a_message_whose_window_closes_while_it_waits_its_turn_goes_out_in_the_next(days: Days):
    """Not withdrawn: it is wanted, and only late."""
    owe_a_survey(days)
    days.now = berlin("2026-10-05 19:59")
    owner = claim_batch.fn(days.now)
    assert owner
    with days.here.store.read() as db:
        owed = {row.ref: row for row in claimed(db, owner)}
    watch = iter([0.0, *[90.0] * 9])
    burst = Claimed(store=days.here.store, owner=owner, channel=Channel.EMAIL, owed=owed, now=days.now, at=days.now,
                lease=timedelta(seconds=120), seconds=lambda: next(watch))  # fmt: skip
    [ref] = owed
    assert burst.turn([ref], []) == set()
    burst.turn([], [Receipt(ref=ref, outcome=Outcome.WITHHELD, code="withheld")])
    [message] = days.rows(messages)
    assert (message.state, message.attempts) == (Delivery.DUE, 0)
    days.now += timedelta(minutes=2)
    assert tidy_outbox.fn(days.now)["moved to the next window"] == 1
    assert days.rows(messages)[0].due_at == berlin("2026-10-06 09:00")


def test_a_lease_is_as_long_as_the_policy_says(days: Days):
    owe_a_survey(days)
    assert claim_batch.fn(days.now)
    days.now += timedelta(seconds=120)
    assert tidy_outbox.fn(days.now)["given back"] == 0


def opts_out(days: Days) -> None:
    with days.here.store.write() as db:
        opt_out(db, 1, at=days.now, source="by mail")


def answers(days: Days) -> None:
    said = Said(nonce="n", channel=Channel.PHONE, rating=5, comment=None, contact_me=False)
    with days.here.store.write() as db:
        record(db, 1, said, at=days.now, change_for=timedelta(hours=72))


@pytest.mark.parametrize("happens", [opts_out, Days.report_reopened, answers])
def test_what_is_not_wanted_any_more_is_not_sent_even_if_it_is_in_a_worker_s_hands(
    days: Days, happens: Callable[[Days], None]
):
    owe_a_survey(days)
    owner = claim_batch.fn(days.now)
    happens(days)
    assert send_claimed.fn(owner, days.now) == {"withdrawn": 1}
    assert days.rows(messages)[0].state == Delivery.WITHDRAWN
    assert days.letters() == []
    assert len(days.entries(Event.MESSAGE_WITHDRAWN)) == 1
    days.live(days=30)
    assert days.letters() == []
    assert days.case().stage == Stage.CLOSED


def test_what_is_not_wanted_any_more_is_taken_back_before_a_worker_has_it(days: Days):
    owe_a_survey(days)
    opts_out(days)
    assert tidy_outbox.fn(days.now)["withdrawn"] == 1
    assert claim_batch.fn(days.now) is None
    assert days.letters() == []


def test_late_mail_waits_for_the_next_window(days: Days):
    owe_a_survey(days)
    for now, due in (("2026-10-05 20:00", "2026-10-06 09:00"), ("2026-10-09 21:00", "2026-10-12 09:00")):
        days.now = berlin(now)
        assert tidy_outbox.fn(days.now)["moved to the next window"] == 1
        [message] = days.rows(messages)
        assert message.due_at == berlin(due)
        assert message.not_after == message.due_at + timedelta(hours=11)


def test_a_batch_is_no_larger_than_the_policy_says(days: Days, tmp_path: Path):
    change_policy(tmp_path / "policy.toml", ("size = 500 ", "size = 2 "))
    for number in range(5):
        days.report(f"J-{number}", closed=days.now - timedelta(hours=4), email=f"c{number}@example.com")
    days.open_and_ask()
    owners = [claim_batch.fn(days.now) for _ in range(4)]
    assert owners.pop() is None
    assert [send_claimed.fn(owner, days.now) for owner in owners if owner] == [{"sent": 2}, {"sent": 2}, {"sent": 1}]


def test_mail_to_staff_goes_out_at_any_hour(days: Days):
    notice = OwedMessage(key="bulletin", purpose=Purpose.MONTHLY_BULLETIN, clause=Clause.REVIEW, to_name="Staff",
                         due_at=days.now, to_address="all@staff.example.com", note=BULLETIN)  # fmt: skip
    days.now = berlin("2026-10-04 03:00")
    with days.here.store.write() as db:
        assert owe_messages(db, [notice, notice], at=days.now) == 1
        assert owe_messages(db, [notice], at=days.now) == 0
    days.now = berlin("2026-10-05 22:00")
    days.deliver()
    assert len(days.letters()) == 1
    assert len(days.entries(Event.MESSAGE_OWED)) == 1
