"""Clause 4.5: what the record of a case must hold before it is closed."""

from dataclasses import dataclass

from vocabulary import Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """What the store has of a case that ended."""

    disposition: Disposition
    reason: str | None
    clause: str | None
    contact_attempts: int
    """Messages that the provider took or refused, and calls that were made."""
    contacted: bool
    answers: int
    judged: int
    escalations: int
    escalations_closed: int
    resolutions_complete: int
    """Escalations with root cause and action taken."""
    unreachable_signed: bool
    unread: bool = False
    """A person has yet to read what the customer wrote."""


_NOT_FOLLOWED_UP = frozenset(
    {Disposition.INELIGIBLE, Disposition.SUPPRESSED, Disposition.CANCELLED, Disposition.OPTED_OUT}
)
_ANSWERED = frozenset({Disposition.SATISFIED, Disposition.NEUTRAL, Disposition.RECOVERED, Disposition.UNRESOLVED})
_RESOLVED = frozenset({Disposition.RECOVERED, Disposition.UNRESOLVED})


def missing(record: CaseRecord) -> tuple[str, ...]:
    """What the record lacks, in the words of the procedure; empty when the case may be closed and sealed."""
    demands = [("reason", bool(record.reason)), ("clause", bool(record.clause))]
    demands += [("reading of every reply", not record.unread)]
    if record.disposition in _ANSWERED:
        demands += [
            ("contact evidence", record.contacted),
            ("answer", record.answers > 0),
            ("judgement of every answer", record.judged == record.answers),
            ("closing of every concern", record.escalations_closed == record.escalations),
        ]
    if record.disposition in _RESOLVED:
        demands += [
            ("concern", record.escalations > 0),
            ("root cause and action of every concern", record.resolutions_complete == record.escalations),
        ]
    if record.disposition is Disposition.NO_ANSWER:
        demands += [("contact evidence", record.contacted)]
    if record.disposition is Disposition.UNREACHABLE:
        demands += [
            ("supervisor's signature", record.unreachable_signed or not record.contact_attempts),
            ("closing of every concern", record.escalations_closed == record.escalations),
            ("root cause and action of every concern", record.resolutions_complete == record.escalations),
        ]
    if record.disposition in _NOT_FOLLOWED_UP:
        demands += [("closing of every concern", record.escalations_closed == record.escalations)]
    return tuple(name for name, held in demands if not held)
