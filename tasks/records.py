"""Cases that ended: the record is checked for what the procedure demands, closed and sealed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection, Row

from models.cases import set_values, take_due
from models.deliveries import withdraw
from models.log import NewEntry, append
from models.moves import Move, advance
from models.records import Evidence, evidence, seal
from models.unread import unread_since
from policy.record import CaseRecord, missing
from tasks.place import place
from tasks.tally import Tally
from vocabulary import Clause, Disposition, Event, Stage

_LOOK_AGAIN = timedelta(days=1)


@task(cache_policy=NO_CACHE)
def check_records(case_ids: Sequence[int], now: datetime) -> Tally:
    """One transaction: complete records are closed and sealed; of the others it is written down what is missing."""
    with place().store.write() as db:
        taken = take_due(db, case_ids, Stage.ENDED, now, lease=_LOOK_AGAIN)
        withdraw(db, [case.id for case in taken], at=now, reason="the case has ended")
        found, unread = evidence(db, [case.id for case in taken]), unread_since(db, [case.id for case in taken])
        lacks = {case.id: missing(_record(case, found[case.id], unread=case.id in unread)) for case in taken}
        closed = [_close(case, found[case.id], now) for case in taken if not lacks[case.id]]
        advance(db, Stage.ENDED, Stage.CLOSED, closed, at=now)
        incomplete = [case for case in taken if lacks[case.id]]
        _name_missing(db, incomplete, lacks, now)
    return Tally({"closed": len(closed), "incomplete": len(incomplete)})


def _record(case: Row[Any], found: Evidence, *, unread: bool) -> CaseRecord:
    return CaseRecord(
        disposition=Disposition(case.disposition),
        reason=case.reason,
        clause=case.clause,
        contact_attempts=found.attempts,
        contacted=case.contacted_at is not None,
        answers=found.answers,
        judged=found.judged,
        escalations=found.escalations,
        escalations_closed=found.closed,
        resolutions_complete=found.complete,
        unreachable_signed=found.signed,
        unread=unread,
    )


def _close(case: Row[Any], found: Evidence, now: datetime) -> Move:
    values = {"sealed_at": now, "seal": seal(case, found), "missing": None}
    return Move(
        case_id=case.id, clause=Clause.RECORD, reason=f"the record is complete: {case.disposition}", values=values
    )


def _name_missing(
    db: Connection, incomplete: Sequence[Row[Any]], lacks: dict[int, tuple[str, ...]], now: datetime
) -> None:
    """Logged when it is new, so that a record that waits for weeks does not fill the log."""
    texts = {case.id: ", ".join(lacks[case.id]) for case in incomplete}
    news = [case for case in incomplete if case.missing != texts[case.id]]
    set_values(db, [{"case_id": case.id, "missing": texts[case.id]} for case in news])
    append(db, [NewEntry(event=Event.RECORD_INCOMPLETE, at=now, clause=Clause.RECORD, case_id=case.id,
                         policy_version=case.policy_version, detail={"missing": list(lacks[case.id])})
                for case in news])  # fmt: skip
