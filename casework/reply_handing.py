"""A reply goes to another department: its people see it from then on, and its deadline stays."""

from datetime import datetime

from sqlalchemy import Connection

from models.log import NewEntry, append
from models.people import listed
from models.replies import ReplyError, find, policy_version_of
from models.reply_queue import give
from policy.rules import Rules
from vocabulary import Clause, Event

_SHORTEST, _LONGEST = 5, 4000


def departments_to_hand_to(db: Connection, rules: Rules) -> list[str]:
    """Those that the policy names, and those of the people of the console."""
    routes = rules.escalation.routes
    named = {name for route in routes for name in (route.department, route.handled_by)}
    worked_in = {department for person in listed(db) for department in person.departments}
    return sorted((named | worked_in) - {"*"})


def hand_over_reply(
    db: Connection, reply_id: int, department: str, why: str, *, by: str, at: datetime, rules: Rules
) -> None:
    """Give a reply that waits to a department, in the caller's transaction. Raises ReplyError."""
    why, before = why.strip(), find(db, reply_id)
    known = departments_to_hand_to(db, rules)
    if department not in known:
        raise ReplyError(f"there is no department “{department}”; there are: {', '.join(known)}")
    if department == (before.handled_by or before.department) and before.settled_at is None:
        raise ReplyError(f"reply {reply_id} is with {department} already")
    if not _SHORTEST <= len(why) <= _LONGEST:
        raise ReplyError(f"give a reason of {_SHORTEST} to {_LONGEST} characters, so that they know what to do")
    reply = give(db, reply_id, department, why=why)
    detail = {"department": department, "from department": before.handled_by or before.department}
    append(db, [NewEntry(event=Event.REPLY_HANDED_OVER, at=at, clause=Clause.RECORD, case_id=reply.case_id,
                         ref_id=reply_id, actor=by, policy_version=policy_version_of(db, reply_id),
                         detail=detail)])  # fmt: skip
