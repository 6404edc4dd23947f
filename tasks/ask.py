"""Cases whose slot has come owe their customer a message or a call."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Row

from casework.contact import LOOK_AGAIN, Contact, Owed, contact_of
from models.cases import keys_of, opted_out, refusals, take_due
from models.moves import Move, advance, ending
from models.tables.contact import ANY_CHANNEL
from tasks.place import place
from tasks.tally import Tally
from vocabulary import Channel, Clause, Disposition, Purpose, Stage


@task(cache_policy=NO_CACHE)
def owe_surveys(case_ids: Sequence[int], now: datetime) -> Tally:
    """One transaction: these cases move from planned to asked, each owing one message or one call."""
    with place().store.write() as db:
        taken = take_due(db, case_ids, Stage.PLANNED, now, lease=LOOK_AGAIN)
        out = opted_out(db, {key for case in taken for key in keys_of(case)}, now)
        gone = {case.id for case in taken if ANY_CHANNEL in refusals(out, keys_of(case))}
        silent = [case for case in taken if case.id not in gone]
        refused = [_opted_out(case, now) for case in taken if case.id in gone]
        advance(db, Stage.PLANNED, Stage.ENDED, refused, at=now)
        owed = Owed.nothing()
        moves = [_ask(contact_of(db, case), owed, now) for case in silent]
        advance(db, Stage.PLANNED, Stage.ASKED, moves, at=now)
        owed.write(db, now)
    return Tally({"asked": len(owed.messages), "calls owed": len(owed.calls), "opted out": len(refused)})


def _ask(contact: Contact, owed: Owed, now: datetime) -> Move:
    case = contact.case
    channel = contact.ladder[case.rung]
    if case.to_person or channel is Channel.PHONE:
        reason = case.to_person or "the customer prefers the phone"
        owed.calls.append(contact.call(1, reason, (), now))
        next_at = owed.calls[-1].due_to
    else:
        reason = f"the contact slot has come: {channel}"
        owed.messages.append(contact.message(Purpose.SURVEY, f"survey:{case.rung}", now, channel=channel))
        next_at = owed.messages[-1].due_at + LOOK_AGAIN
    values = {"asked_at": now, "next_at": next_at}
    return Move(case_id=case.id, clause=Clause.CHANNEL, reason=reason, values=values)


def _opted_out(case: Row[Any], now: datetime) -> Move:
    reason = "the customer has opted out"
    values = ending(Disposition.OPTED_OUT, at=now, next_at=now, reason=reason, clause=Clause.OPT_OUT)
    return Move(case_id=case.id, clause=Clause.OPT_OUT, reason=reason, values=values | {"asked_at": None})
