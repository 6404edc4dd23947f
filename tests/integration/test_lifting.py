"""Opt-outs that people recorded by mistake are lifted by people; what customers said themselves is not."""

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import Connection, select

from casework.calling import report_call
from casework.lifting import CHANGED, CUSTOMER_ONLY, TOO_LATE, LiftError, lift, undo, undo_until
from casework.replying import settle_reply
from models.calls import CallReport
from models.cases import keys_of, opted_out, refusals
from models.coming_back import come_back
from models.coming_back import lift as come_back_by_text
from models.notes import Author
from models.optouts import EVERYTHING, Refusal, as_seen, in_force, opt_out
from models.refused import Refused
from models.replies import Settlement
from models.tables import calls, cases, entries, notes
from models.timeline import timeline
from policy.telling import sentence, words_of
from tasks.place import Place
from tests import seed
from tests.integration.test_cli import LATER, Type, type_
from vocabulary import CallOutcome, Channel, Disposition, Event, Stage

__all__ = ["type_"]

ROUNDS = 6
NOW = LATER + timedelta(hours=1)
WHY = "The customer said that they meant the newsletter."
MAREK = Author(name="Marek Novak")


def recorded(
    place: Place, case: seed.Seeded, refusal: Refusal = EVERYTHING, by: str | None = "Petra", at: datetime = NOW
) -> None:
    """By a person; by the customer alone when `by` is None."""
    with place.store.write() as db:
        opt_out(db, case.case_id, at=at, source="test", refusal=refusal, recorded_by=by)


def looked_at(place: Place, case: seed.Seeded, at: datetime = NOW) -> str:
    with place.store.read() as db:
        return as_seen(in_force(db, case.case_id, at))


def lifted(
    place: Place, case: seed.Seeded, reason: str = WHY, seen: str | None = None, at: datetime = NOW
) -> tuple[tuple[str, ...], bool]:
    """As somebody does who has just looked, or when `seen` says so."""
    seen = looked_at(place, case, at) if seen is None else seen
    with place.store.write() as db:
        done = lift(db, case.case_id, seen=seen, by=MAREK, reason=reason, at=at)
        return done.channels, done.some_stay


def refused(place: Place, case: seed.Seeded) -> set[str]:
    with place.store.read() as db:
        row = db.execute(select(cases).where(cases.c.id == case.case_id)).one()
        return set(refusals(opted_out(db, keys_of(row), NOW), keys_of(row)))


def test_what_a_person_recorded_is_lifted_with_a_reason_and_the_case_stays_ended(place: Place):
    case = seed.asked(place, phone="+4930123456")
    recorded(place, case)
    assert lifted(place, case) == (("all",), False)
    assert refused(place, case) == set()
    with place.store.read() as db:
        row = db.execute(select(cases).where(cases.c.id == case.case_id)).one()
        assert (row.stage, row.disposition) == (Stage.ENDED, Disposition.OPTED_OUT)
        entry = db.execute(select(entries).where(entries.c.event == Event.OPT_OUT_LIFTED)).one()
        [note] = db.execute(select(notes)).all()
        told = timeline(db, case.case_id)[-1]
    assert (entry.actor, entry.case_id) == ("Marek Novak", case.case_id)
    assert WHY not in entry.detail
    assert json.loads(entry.detail) == {"channel": ["all"], "note": note.id}
    assert sentence(told.event, told.detail, told.about) == "An opt-out that was recorded by mistake was lifted: all."
    assert words_of(told.event, told.about) == WHY


def test_a_reply_and_a_call_that_people_read_as_opt_outs_can_be_lifted(place: Place):
    read, called = seed.asked(place), seed.to_be_called(place)
    number = seed.reply(place, read.case_id, "please no more of this")
    with place.store.write() as db:
        settle_reply(db, number, Settlement.OPT_OUT, by="Petra", at=NOW)
        report_call(db, called, CallReport(outcome=CallOutcome.REFUSED, by="Tim"), in_force=place.policy.rules, at=NOW)
        of_call = db.execute(select(calls.c.case_id).where(calls.c.id == called)).scalar_one()
        for case_id in (read.case_id, of_call):
            assert len(in_force(db, case_id, NOW)) == 1
            lift(db, case_id, seen=as_seen(in_force(db, case_id, NOW)), by=MAREK, reason=WHY, at=NOW)
            assert in_force(db, case_id, NOW) == []


def test_what_a_text_message_was_read_as_can_be_lifted_after_start_too(place: Place):
    """START takes back what it can; the mistake that is left on the other channels is still a person's."""
    case = seed.asked(place, phone="+4930123456")
    with place.store.write() as db:
        keys = keys_of(db.execute(select(cases).where(cases.c.id == case.case_id)).one())
        opt_out(db, case.case_id, at=NOW, source="test", said_by=keys[-1], recorded_by="Petra")
        assert come_back_by_text(db, keys[-1], at=NOW, case_id=case.case_id, policy_version=None)
    assert refused(place, case) == {"email", "phone"}
    assert lifted(place, case) == (("email", "phone"), False)


def test_a_sealed_record_keeps_nobody_from_lifting(place: Place):
    case = seed.asked(place)
    recorded(place, case)
    with place.store.write() as db:
        db.execute(cases.update().where(cases.c.id == case.case_id).values(stage=Stage.CLOSED))
    assert lifted(place, case) == (("all",), False)


@pytest.mark.parametrize("customer_first", [True, False])
@pytest.mark.parametrize("own", [EVERYTHING, Refusal(until=NOW + timedelta(days=30))], ids=["for good", "a pause"])
@pytest.mark.parametrize("theirs", [EVERYTHING, Refusal(until=NOW + timedelta(days=90))], ids=["for good", "a pause"])
def test_what_the_customer_said_alone_stays_whatever_people_recorded_besides(
    place: Place, own: Refusal, theirs: Refusal, *, customer_first: bool
):
    case = seed.asked(place)
    for by, refusal in ((None, own), ("Petra", theirs))[:: 1 if customer_first else -1]:
        recorded(place, case, refusal, by)
    assert lifted(place, case) == (("all",), True)
    with place.store.read() as db:
        assert [(one.channel, one.until, one.recorded_by) for one in in_force(db, case.case_id, NOW)] == [
            ("*", own.until, None)
        ]
    with pytest.raises(LiftError, match=CUSTOMER_ONLY):
        lifted(place, case)


def test_what_was_refused_again_after_somebody_looked_is_not_lifted(place: Place):
    """By the customer alone, on one more channel, and once more to another colleague."""
    later = NOW + timedelta(minutes=5)
    for refusal, by in ((EVERYTHING, None), (Refusal(channel=Channel.SMS), "Tim"), (EVERYTHING, "Tim"),
                        (Refusal(until=NOW + timedelta(days=9)), "Tim")):  # fmt: skip
        case = seed.asked(place)
        recorded(place, case)
        seen = looked_at(place, case)
        recorded(place, case, refusal, by, later)
        before = looked_at(place, case, later)
        with pytest.raises(LiftError, match=CHANGED):
            lifted(place, case, seen=seen, at=later)
        assert looked_at(place, case, later) == before
        assert lifted(place, case, at=later)[1] is (by is None)


def test_a_refusal_that_two_colleagues_recorded_is_as_young_as_the_last_time(place: Place):
    case, later = seed.asked(place), NOW + timedelta(days=1)
    recorded(place, case)
    recorded(place, case, by="Tim", at=later)
    with place.store.read() as db:
        [one] = in_force(db, case.case_id, later)
    assert (one.since, one.until, one.recorded_by) == (later, None, "Tim")


PETRA = Author(name="Petra")


def undone(place: Place, case: seed.Seeded, at: datetime, by: Author = PETRA) -> bool:
    """Whether it could be done; then nothing of it is left, and the page had offered it."""
    with place.store.read() as db:
        offered = undo_until(db, case.case_id, by=by.name, now=at)
    told = at_once(place, lambda db: undo(db, case.case_id, by=by, at=at))
    assert told == [TOO_LATE if offered is None else "done"]
    return offered is not None


@pytest.mark.parametrize(("after", "by", "can"), [
    (0, PETRA, True), (299, PETRA, True), (300, PETRA, False), (86_400, PETRA, False), (10, MAREK, False),
])  # fmt: skip
def test_who_recorded_it_undoes_it_in_one_step_for_five_minutes(place: Place, after: int, by: Author, can: bool):
    case = seed.asked(place, phone="+4930123456")
    recorded(place, case)
    assert undone(place, case, NOW + timedelta(seconds=after), by) is can
    assert refused(place, case) == (set() if can else {"*"})
    with place.store.read() as db:
        entry = db.execute(select(entries).where(entries.c.event == Event.OPT_OUT_LIFTED)).one_or_none()
        told = timeline(db, case.case_id)[-1]
    assert (entry is not None) is can
    if entry is not None:
        assert (entry.actor, json.loads(entry.detail)["undone"]) == ("Petra", True)
        assert sentence(told.event, told.detail, told.about).endswith("recorded by mistake was undone at once: all.")


@pytest.mark.parametrize("first", ["Tim", "Petra"])
def test_what_was_recorded_before_is_not_undone_with_what_is_recorded_now(place: Place, first: str):
    case = seed.asked(place)
    recorded(place, case, by=first, at=NOW - timedelta(days=30))
    recorded(place, case)
    assert not undone(place, case, NOW)
    assert refused(place, case) == {"*"}


def test_undoing_leaves_what_the_customer_said(place: Place):
    case = seed.asked(place)
    recorded(place, case, Refusal(channel=Channel.SMS), by=None)
    recorded(place, case)
    assert undone(place, case, NOW)
    assert refused(place, case) == {"sms"}


def test_a_sealed_case_is_not_undone(place: Place):
    """Other programs have heard how it ended."""
    case = seed.asked(place)
    recorded(place, case)
    with place.store.write() as db:
        db.execute(cases.update().where(cases.c.id == case.case_id).values(stage=Stage.CLOSED))
    assert not undone(place, case, NOW)


def test_of_two_who_lift_at_once_one_does(place: Place):
    for _ in range(ROUNDS):
        case = seed.asked(place)
        recorded(place, case)
        told = at_once(place, lifting(place, case, "Marek"), lifting(place, case, "Joan"))
        assert sorted(told) == ["done", f"the customer of case {case.case_id} has not opted out of anything"]
        with place.store.read() as db:
            of_case = entries.c.event == Event.OPT_OUT_LIFTED, entries.c.case_id == case.case_id
            assert len(db.execute(select(entries.c.id).where(*of_case)).all()) == 1


@pytest.mark.parametrize("by", [None, "Tim"])
@pytest.mark.parametrize("refusal", [EVERYTHING, Refusal(channel=Channel.PHONE)], ids=["all", "a channel"])
def test_a_refusal_at_the_moment_of_lifting_counts_whoever_is_first(place: Place, by: str | None, refusal: Refusal):
    later = NOW + timedelta(minutes=5)
    for _ in range(ROUNDS):
        case = seed.asked(place)
        recorded(place, case, refusal)
        again = partial(opt_out, case_id=case.case_id, at=later, source="test", refusal=refusal, recorded_by=by)
        told = at_once(place, lifting(place, case, "Marek"), again)
        assert told in (["done", "done"], [CHANGED, "done"])
        with place.store.read() as db:
            assert (later, by) in [(one.since, one.recorded_by) for one in in_force(db, case.case_id, later)]


def test_lifting_and_coming_back_at_once_leave_nothing(place: Place):
    for _ in range(ROUNDS):
        case = seed.asked(place, phone="+4930123456")
        recorded(place, case)
        told = at_once(place, lifting(place, case, "Marek"), partial(come_back, case_id=case.case_id, at=NOW))
        assert told[1] == "done"
        assert told[0] == "done" or "has not opted out of anything" in told[0]
        assert refused(place, case) == set()


def lifting(place: Place, case: seed.Seeded, by: str) -> Callable[[Connection], object]:
    seen = looked_at(place, case)
    return lambda db: lift(db, case.case_id, seen=seen, by=Author(name=by), reason=WHY, at=NOW)


def at_once(place: Place, *works: Callable[[Connection], object]) -> list[str]:
    """What each of them was told, in the order given; "done" for who did it."""
    start = Barrier(len(works))

    def do(work: Callable[[Connection], object]) -> str:
        start.wait()
        try:
            with place.store.write() as db:
                work(db)
        except LiftError as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(do, works))


def test_of_two_refusals_that_of_the_customer_stays(place: Place):
    case = seed.asked(place)
    recorded(place, case, Refusal(channel=Channel.SMS), by=None)
    recorded(place, case, Refusal(channel=Channel.PHONE))
    assert lifted(place, case) == (("phone",), True)
    assert refused(place, case) == {"sms"}


def test_a_pause_that_a_person_recorded_is_lifted_too(place: Place):
    case = seed.asked(place)
    recorded(place, case, Refusal(until=NOW + timedelta(days=30)))
    assert lifted(place, case) == (("all",), False)
    assert refused(place, case) == set()


def test_nothing_is_lifted_twice_or_without_a_reason(place: Place):
    case = seed.asked(place)
    with pytest.raises(LiftError, match="has not opted out of anything"):
        lifted(place, case)
    recorded(place, case)
    with pytest.raises(Refused, match="the reason must have at least 5 characters"):
        lifted(place, case, " no ")
    assert refused(place, case) == {"*"}
    lifted(place, case)
    with pytest.raises(LiftError, match="has not opted out of anything"):
        lifted(place, case)
    with place.store.write() as db, pytest.raises(LiftError, match="there is no case 999"):
        lift(db, 999, seen="", by=MAREK, reason=WHY, at=NOW)


def test_the_commands_list_and_lift(place: Place, type_: Type, monkeypatch: pytest.MonkeyPatch):
    case = seed.asked(place)
    number = str(case.case_id)
    assert "has not opted out of anything" in type_("optouts", "list", number)[1]
    recorded(place, case, Refusal(channel=Channel.PHONE))
    recorded(place, case, Refusal(channel=Channel.SMS), by=None)
    _, out, _ = type_("optouts", "list", number)
    for told in ("phone", "Petra", "sms", "the customer", "for good", CUSTOMER_ONLY):
        assert told in out
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    status, out, _ = type_("optouts", "lift", number, "--reason", WHY, "--by", "Marek")
    assert (status, "Petra" in out) == (1, True)
    assert refused(place, case) == {"phone", "sms"}
    status, out, _ = type_("optouts", "lift", number, "--reason", WHY, "--by", "Marek", "--yes")
    assert (status, "Lifted for the customer of case" in out, "Cases that ended stay ended" in out) == (0, True, True)
    assert CUSTOMER_ONLY in out
    status, _, err = type_("optouts", "lift", number, "--reason", WHY)
    assert (status, CUSTOMER_ONLY in err) == (2, True)
    assert type_("optouts", "list", "999")[0] == type_("optouts", "lift", "999", "--reason", WHY)[0] == 2


def test_what_a_colleague_is_called_is_no_markup_at_the_terminal(place: Place, type_: Type):
    case = seed.asked(place)
    recorded(place, case, by="[bold]Petra[/]")
    assert "[bold]Petra[/]" in type_("optouts", "list", str(case.case_id))[1]
