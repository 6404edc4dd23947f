"""What would happen to many customers at once waits for a person's word, and a person may hold everything."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from casework.holding import HoldError, hold, release
from config.operations import Operations, operations
from config.settings import Settings, SettingsError
from flows.clock import clock
from models import in_hand
from models.holds import in_force
from models.notes import Author
from models.refused import Refused
from models.tables import cases, messages
from tasks.fuses import may_end
from tasks.outbox import claim_batch, send_claimed
from tasks.place import Place
from tests.acceptance.days import Days, berlin
from tests.acceptance.policies import use_policy
from vocabulary import Channel, Delivery, Event, Fuse, Scope, Stage

PETRA = Author(name="Petra Lindqvist", email="petra@staff.example.com")
WHY = "The template names the wrong company."


@pytest.fixture
def days(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Days:
    use_policy(monkeypatch, tmp_path)
    return Days(berlin("2026-10-05 14:00"))


def fuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **sizes: float) -> None:
    """Small ones; the process asks its settings anew."""
    file = tmp_path / "operations.toml"
    file.write_text("[fuses]\n" + "".join(f"{name} = {size}\n" for name, size in sizes.items()))
    monkeypatch.setenv("AFTERCARE_OPERATIONS_FILE", str(file))


def customers(days: Days, count: int, **more: object) -> None:
    for number in range(count):
        days.report(f"J-{number}", closed=days.now - timedelta(hours=4), email=f"c{number}@example.com", **more)


def holding(days: Days, scope: Scope = Scope.COMPANY, name: str = "") -> int:
    with days.here.store.write() as db:
        return hold(db, scope, name, reason=WHY, by=PETRA, at=days.now)


def released(days: Days) -> None:
    with days.here.store.write() as db:
        for one in in_force(db):
            release(db, one.id, by=PETRA, at=days.now)


def held(days: Days) -> list[tuple[Scope, str, Fuse | None]]:
    with days.here.store.read() as db:
        return [(one.scope, one.name, one.fuse) for one in in_force(db)]


@pytest.mark.parametrize(
    ("scope", "name"), [(Scope.COMPANY, ""), (Scope.BRANCH, "berlin"), (Scope.CHANNEL, Channel.EMAIL.value)]
)
def test_what_is_held_goes_out_in_its_next_window_after_the_release(days: Days, scope: Scope, name: str):
    customers(days, 3)
    days.open_and_ask()
    holding(days, scope, name)
    assert days.deliver().total() == 0
    days.live(hours=10)
    assert days.letters() == []
    assert {row.state for row in days.rows(messages)} == {Delivery.DUE}
    days.now = berlin("2026-10-06 02:00")
    released(days)
    days.live(hours=9)
    assert len(days.letters()) == 3
    assert min(letter.at for letter in days.letters()) >= berlin("2026-10-06 09:00"), "not in the night"
    assert [entry.event for entry in days.entries() if "sending" in entry.event] == [
        Event.SENDING_HELD, Event.SENDING_RELEASED,
    ]  # fmt: skip
    assert WHY not in str([entry.detail for entry in days.entries()]), "what somebody wrote stands in the row alone"


@pytest.mark.parametrize(("scope", "name"), [(Scope.BRANCH, "Munich"), (Scope.CHANNEL, Channel.SMS.value)])
def test_others_are_not_held(days: Days, scope: Scope, name: str):
    days.report("M-1", closed=days.now - timedelta(hours=4), branch="Munich", email="m@example.com")
    customers(days, 2)
    days.open_and_ask()
    holding(days, scope, name)
    days.live(hours=1)
    assert len(days.letters()) == (2 if scope is Scope.BRANCH else 3)


def test_mail_to_staff_goes_on(days: Days):
    customers(days, 1)
    days.live(minutes=5)
    days.answer(days.letters()[0], rating=1)
    holding(days)
    days.live(minutes=10)
    assert {letter.to for letter in days.letters()} - {"c0@example.com"}, "the owner hears of the concern"


def test_a_hold_works_on_a_burst_that_is_under_way(days: Days):
    customers(days, 2)
    days.open_and_ask()
    owner = claim_batch.fn(days.now)
    assert owner
    holding(days)
    send_claimed.fn(owner, days.now)
    assert days.letters() == []
    assert {(row.state, row.attempts) for row in days.rows(messages)} == {(Delivery.DUE, 0)}


@pytest.mark.parametrize(
    ("scope", "name", "why", "fault"),
    [
        (Scope.COMPANY, "", "no", "the reason must have at least 5"),
        (Scope.BRANCH, "Atlantis", WHY, "no case is of the branch"),
        (Scope.CHANNEL, "phone", WHY, "no channel on which messages are sent"),
        (Scope.ENDING, "", WHY, "held by its fuse alone"),
    ],
)
def test_what_cannot_be_held_is_refused(days: Days, scope: Scope, name: str, why: str, fault: str):
    customers(days, 1)
    days.open_and_ask()
    with days.here.store.write() as db, pytest.raises(Refused, match=fault):
        hold(db, scope, name, reason=why, by=PETRA, at=days.now)
    assert held(days) == []


def test_nothing_is_held_twice_nor_released_twice(days: Days):
    number = holding(days)
    with days.here.store.write() as db, pytest.raises(HoldError, match="held already"):
        hold(db, Scope.COMPANY, "", reason=WHY, by=PETRA, at=days.now)
    released(days)
    with days.here.store.write() as db, pytest.raises(HoldError, match="nothing is held under number"):
        release(db, number, by=PETRA, at=days.now)


def test_more_messages_within_an_hour_than_ever_wait_for_a_persons_word(
    days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fuses(tmp_path, monkeypatch, messages_per_hour=3)
    customers(days, 8)
    days.open_and_ask()
    assert days.deliver()["sent"] == 3
    assert held(days) == [(Scope.COMPANY, "", Fuse.MESSAGES_PER_HOUR)]
    days.now += timedelta(hours=2)
    assert days.deliver().total() == 0, "it waits for a person, not for the hour"
    released(days)
    assert days.deliver()["sent"] == 3, "and is counted anew from there"
    assert held(days) == [(Scope.COMPANY, "", Fuse.MESSAGES_PER_HOUR)]


def test_what_other_workers_have_in_hand_counts_before_it_goes_out(
    days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fuses(tmp_path, monkeypatch, messages_per_hour=3)
    customers(days, 8)
    days.open_and_ask()
    with ThreadPoolExecutor(4) as workers:
        owners = [*workers.map(lambda _: claim_batch.fn(days.now), range(4))]
    assert sum(row.state == Delivery.CLAIMED for row in days.rows(messages)) == 3
    for owner in filter(None, owners):
        send_claimed.fn(owner, days.now)
    assert len(days.letters()) == 3


def test_text_messages_have_a_budget_of_their_own(days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fuses(tmp_path, monkeypatch, sms_per_day=1)
    monkeypatch.setenv("AFTERCARE_SMS", "outbox")
    for number in range(3):
        days.report(f"S-{number}", closed=days.now - timedelta(hours=4), email=None, channels="sms",
                    phone=f"+49171392004{number}")  # fmt: skip
    customers(days, 2)
    days.open_and_ask()
    assert days.deliver()["sent"] == 3
    assert held(days) == [(Scope.CHANNEL, "sms", Fuse.SMS_PER_DAY)]


def test_cases_do_not_end_by_the_hundred_without_a_persons_word(
    days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fuses(tmp_path, monkeypatch, ending_least=2, ending_share=0.3)
    asked: list[int] = []

    def endings(count: int) -> Callable[[], int]:
        return lambda: asked.append(count) or count

    assert may_end(2, endings(2), days.now)
    assert asked == [], "too few to blow it: nobody counts"
    customers(days, 10)
    days.open_and_ask()
    assert may_end(10, endings(3), days.now)
    assert not may_end(10, endings(4), days.now)
    assert held(days) == [(Scope.ENDING, "", Fuse.ENDING)]
    assert not may_end(1, endings(0), days.now), "held is held"
    days.now += timedelta(minutes=1)
    released(days)
    assert may_end(10, endings(10), days.now + timedelta(hours=23)), "a person gave their word"
    assert not may_end(10, endings(10), days.now + timedelta(hours=25))
    assert {row.stage for row in days.rows(cases)} == {Stage.ASKED}


def test_a_run_works_in_the_past_and_a_few_minutes_ahead_and_no_further(place: Place):
    now = clock()
    for fine in (timedelta(days=-400), timedelta(minutes=4)):
        assert clock(now + fine) == now + fine
    for ahead in (timedelta(minutes=10), timedelta(days=3650)):
        with pytest.raises(ValueError, match="lies ahead"):
            clock(now + ahead)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[fuses]\nmessages_per_hour = 0", "fuses.messages_per_hour"),
        ("[fuses]\nending_share = 1.5", "fuses.ending_share"),
        ("[fuses]\nmessages = 5", "fuses.messages: Extra"),
        ("[fuse]\n", "fuse: Extra"),
        ("[fuses\n", "is not TOML"),
        ("[runs]\nahead_minutes = 500", "runs.ahead_minutes"),
    ],
)
def test_a_faulty_operations_file_names_what_and_where(tmp_path: Path, text: str, fault: str):
    file = tmp_path / "operations.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=fault) as raised:
        operations(Settings(operations_file=file))
    assert str(file) in str(raised.value)


def test_the_projects_own_file_says_what_holds_without_one():
    assert operations(Settings()) == Operations()


def test_a_missing_operations_file_is_said(tmp_path: Path):
    with pytest.raises(SettingsError, match="cannot be read"):
        operations(Settings(operations_file=tmp_path / "none.toml"))


def test_a_hold_that_begins_between_claim_and_first_byte_begins_nothing(days: Days):
    customers(days, 1)
    days.open_and_ask()
    owner = claim_batch.fn(days.now)
    [message] = days.rows(messages)
    holding(days)
    assert owner
    with days.here.store.write() as db:
        assert in_hand.begin(db, owner, [message.ref], days.now, at=days.now) == set()
