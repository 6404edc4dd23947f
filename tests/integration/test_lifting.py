"""Opt-outs that people recorded by mistake are lifted by people; what customers said themselves is not."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from casework.calling import report_call
from casework.lifting import CUSTOMER_ONLY, LiftError, lift
from casework.replying import settle_reply
from models.calls import CallReport
from models.cases import keys_of, opted_out, refusals
from models.notes import Author
from models.optouts import EVERYTHING, Refusal, in_force, opt_out
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

NOW = LATER + timedelta(hours=1)
WHY = "The customer said that they meant the newsletter."
MAREK = Author(name="Marek Novak")


def recorded(place: Place, case: seed.Seeded, refusal: Refusal = EVERYTHING, by: str | None = "Petra") -> None:
    """By a person; by the customer alone when `by` is None."""
    with place.store.write() as db:
        opt_out(db, case.case_id, at=NOW, source="test", refusal=refusal, recorded_by=by)


def lifted(place: Place, case: seed.Seeded, reason: str = WHY) -> tuple[tuple[str, ...], bool]:
    with place.store.write() as db:
        done = lift(db, case.case_id, by=MAREK, reason=reason, at=NOW)
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
            lift(db, case_id, by=MAREK, reason=WHY, at=NOW)
            assert in_force(db, case_id, NOW) == []


@pytest.mark.parametrize("customer_first", [True, False])
def test_what_the_customer_said_alone_is_not_lifted_whatever_people_recorded_besides(
    place: Place, *, customer_first: bool
):
    case = seed.asked(place)
    for by in (None, "Petra") if customer_first else ("Petra", None):
        recorded(place, case, by=by)
    with pytest.raises(LiftError, match=CUSTOMER_ONLY):
        lifted(place, case)
    assert refused(place, case) == {"*"}


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
        lift(db, 999, by=MAREK, reason=WHY, at=NOW)


def test_the_commands_list_and_lift(place: Place, type_: Type):
    case = seed.asked(place)
    number = str(case.case_id)
    assert "has not opted out of anything" in type_("optouts", "list", number)[1]
    recorded(place, case, Refusal(channel=Channel.PHONE))
    recorded(place, case, Refusal(channel=Channel.SMS), by=None)
    _, out, _ = type_("optouts", "list", number)
    for told in ("phone", "Petra", "sms", "the customer", "for good", CUSTOMER_ONLY):
        assert told in out
    status, out, _ = type_("optouts", "lift", number, "--reason", WHY, "--by", "Marek")
    assert (status, "Lifted for the customer of case" in out, "Cases that ended stay ended" in out) == (0, True, True)
    assert CUSTOMER_ONLY in out
    status, _, err = type_("optouts", "lift", number, "--reason", WHY)
    assert (status, CUSTOMER_ONLY in err) == (2, True)
    assert type_("optouts", "list", "999")[0] == 2
