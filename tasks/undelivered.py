"""What did not arrive is told to somebody else: mail to staff to the next rung, once each, until nobody is left.

A survey after a resolution lets the ladder look at its concern at once; policy.recovery decides what then.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection, Row, select

from casework.contact import contact_of
from casework.notices import held_by, message_lost
from casework.standing_in import with_stand_ins
from casework.unread import readers, rules_for
from models.failures import ask_anew, lost_addresses, take_lost, write_follow_ups
from models.log import NewEntry, append
from models.owed import OwedMessage, owe_messages
from models.people import stand_ins
from models.tables import cases, escalations
from models.unread import to_read
from policy.deadlines import ROLES, told_instead
from policy.delivery import SPAM_REPORT
from tasks.place import place
from tasks.tally import Tally
from vocabulary import Clause, Event, FollowUp, Purpose

TELLS_NOBODY = "mails to staff that reached nobody"


def unknown_wait() -> timedelta:
    """How long news of a message with an unknown outcome is waited for."""
    return timedelta(minutes=place().policy.rules.batches.unknown_minutes)


@task(cache_policy=NO_CACHE)
def follow_failures(message_ids: Sequence[int], now: datetime) -> Tally:
    """One transaction: what is done about these messages, if nobody has done it yet."""
    with place().store.write() as db:
        taken = take_lost(db, message_ids, now, wait=unknown_wait())
        round_ = _Round(db, taken, now)
        for message in taken:
            round_.follow(message)
        round_.write()
    return round_.tally


class _Round:
    """Works through a batch; each message ends in one word on its row, and most in one more message."""

    def __init__(self, db: Connection, taken: Sequence[Row[Any]], now: datetime) -> None:
        self.db = db
        self.now = now
        self.tally = Tally()
        ids = sorted({message.escalation_id for message in taken if message.escalation_id})
        self._concerns = {row.id: row for row in db.execute(select(escalations).where(escalations.c.id.in_(ids)))}
        of_cases = {concern.case_id for concern in self._concerns.values()}
        self._cases = {row.id: row for row in db.execute(select(cases).where(cases.c.id.in_(of_cases)))}
        self._lost = lost_addresses(db, ids)
        waiting = (message for message in taken if message.purpose == Purpose.REPLY_WAITING)
        self._replies = to_read(db, [_reply_of(message) for message in waiting])
        self._asked: list[int] = []
        self._owed: dict[tuple[Any, ...], OwedMessage] = {}
        self._words: dict[int, FollowUp] = {}
        self._entries: list[NewEntry] = []

    def follow(self, message: Row[Any]) -> None:
        concern = self._concerns.get(message.escalation_id)
        if message.purpose in _OF_ALARMS or (concern is not None and concern.closed_at is not None):
            self._words[message.id] = FollowUp.NOTHING
        elif message.purpose == Purpose.RECOVERY_SURVEY:
            self._asked.append(message.escalation_id)
            self._words[message.id] = FollowUp.ASKED
        elif concern is not None and message.purpose in WRITTEN_BY_PEOPLE:
            self._tell_who_waits(message, concern)
        elif message.code == SPAM_REPORT or (concern is not None and concern.resolved_at is not None):
            self._words[message.id] = FollowUp.NOTHING
        elif concern is not None:
            self._tell_next(message, concern)
        elif message.purpose == Purpose.REPLY_WAITING:
            self._tell_next_reader(message, self._replies[_reply_of(message)])
        else:
            self._tell_management(message)

    def write(self) -> None:
        write_follow_ups(self.db, self._words)
        ask_anew(self.db, self._asked, self.now)
        append(self.db, self._entries)
        told = with_stand_ins(list(self._owed.values()), stand_ins(self.db, self.now))
        owe_messages(self.db, told, at=self.now)

    def _tell_next(self, message: Row[Any], concern: Row[Any]) -> None:
        contact = contact_of(self.db, self._cases[concern.case_id])
        people = {role: held_by(contact, concern, role) for role in ROLES}
        lost = self._lost.get(concern.id, set()) | {message.to_address}
        role = told_instead(str(_role(message)), {role: address for role, (_, address) in people.items()}, lost)
        self._tell(message, role, people)

    def _tell_next_reader(self, message: Row[Any], reply: Row[Any]) -> None:
        """Of a reply that nobody has read: whoever is above, unless somebody has read it meanwhile."""
        if reply.settled_at is not None:
            self._words[message.id] = FollowUp.NOTHING
            return None
        people = readers(reply, rules_for(self.db, reply, place().policy.rules))
        addresses = {role: address for role, (_, address) in people.items()}
        return self._tell(message, told_instead(str(_role(message)), addresses, {message.to_address}), people)

    def _tell_who_waits(self, message: Row[Any], concern: Row[Any]) -> None:
        """Of what a person wrote or asked for: the owner of the concern, or who is above; a new owner's supervisor."""
        if _role(message) not in WRITTEN_BY_PEOPLE[Purpose(message.purpose)]:
            self._words[message.id] = FollowUp.NOTHING
            return None
        contact = contact_of(self.db, self._cases[concern.case_id])
        people = {role: held_by(contact, concern, role) for role in ROLES}
        addresses, lost = {role: address for role, (_, address) in people.items()}, self._lost.get(concern.id, set())
        first = ROLES[1 if message.purpose == Purpose.CONCERN_HANDED_OVER else 0]
        role = first if addresses[first] not in lost else told_instead(first, addresses, lost)
        if role is None:
            self.tally[TELLS_NOBODY] += 1
            return self._note(message, FollowUp.NOBODY)
        self._owed[message.id,] = message_lost(contact, concern, role, message.id, self.now)
        self.tally["told that it did not arrive"] += 1
        return self._note(message, FollowUp.TOLD, role)

    def _tell_management(self, message: Row[Any]) -> None:
        """Of a bulletin, which is about no concern and has no rungs."""
        management = place().policy.rules.escalation.management
        people = {_TOP: (management.name, str(management.email))}
        failed_there = _role(message) == _TOP or str(management.email).casefold() == message.to_address.casefold()
        self._tell(message, None if failed_there else _TOP, people)

    def _tell(self, message: Row[Any], role: str | None, people: Mapping[str, tuple[str, str]]) -> None:
        if role is None:
            self.tally[TELLS_NOBODY] += 1
            return self._note(message, FollowUp.NOBODY)
        name, address = people[role]
        about = json.loads(message.note) | {"role": role}
        about.pop("stands_in", None)
        same = (message.escalation_id, message.purpose, address, json.dumps(about | {"missed": None}, sort_keys=True))
        if same in self._owed:  # told already, in this round, of a colleague whom it did not reach either
            self._owed[same].note["missed"].append(message.id)
        else:
            self._owed[same] = OwedMessage(
                key=f"undelivered:{message.id}:{role}",
                purpose=Purpose(message.purpose),
                clause=Clause.REVIEW if message.purpose == Purpose.MONTHLY_BULLETIN else Clause.SUPERVISOR,
                case_id=message.case_id,
                escalation_id=message.escalation_id,
                due_at=self.now,
                to_name=name,
                to_address=address,
                note=about | {"missed": [message.id]},
            )
        self.tally["told to the next rung instead"] += 1
        return self._note(message, FollowUp.TOLD, role)

    def _note(self, message: Row[Any], word: FollowUp, role: str | None = None) -> None:
        self._words[message.id] = word
        detail = {"purpose": message.purpose, "code": message.code, "what": word, "told": role}
        clause = Clause.REVIEW if message.purpose == Purpose.MONTHLY_BULLETIN else Clause.ESCALATE
        self._entries.append(NewEntry(event=Event.FAILURE_FOLLOWED, at=self.now, clause=clause, case_id=message.case_id,
                                      ref_id=message.id, detail=detail))  # fmt: skip


_OF_ALARMS = (Purpose.DANGER_ALARM, Purpose.SAFETY_ADVICE)
"""An alarm has a ladder of its own, which goes on at once when nobody was reached (`models.alarms`)."""
_TOP = ROLES[-1]
WRITTEN_BY_PEOPLE: dict[Purpose, tuple[str | None, ...]] = {
    Purpose.CONCERN_UPDATE: (None,),
    Purpose.CONCERN_HANDED_OVER: ("owner",),
    Purpose.SUBTASK_NOTICE: ("asked",),
}
"""Messages in the course of work on a concern, and to which role they must arrive."""


def _role(message: Row[Any]) -> str | None:
    """Of whom it was to tell; None of a bulletin."""
    return json.loads(message.note).get("role")  # type: ignore[no-any-return]  # a note is JSON


def _reply_of(message: Row[Any]) -> int:
    return int(json.loads(message.note)["reply_id"])
