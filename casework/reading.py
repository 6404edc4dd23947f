"""What customers say that a person is to read: with a deadline, as a concern has it (clause 4.4)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from models.replies import NewReply, keep
from policy.deadlines import due_rung
from policy.escalation_rules import EscalationRules
from policy.remarks import Remark, remark_on
from policy.replies import Proposal
from policy.rules import Rules

PAGE = "page"
"""Where a comment came from that was written on our page."""


def for_a_reader(
    to_person: str | None, proposal: Proposal | None, rules: EscalationRules, now: datetime
) -> dict[str, Any]:
    """The columns of a reply that say whether a person reads it, and by when."""
    if to_person is None:
        return {"to_person": None}
    _, first_warning = due_rung(now, 0, now, rules)
    proposed = {"as": proposal.settle_as, "rating": proposal.rating} if proposal else None
    read_by = now + timedelta(hours=rules.deadline_hours)
    return {"to_person": to_person, "proposal": proposed, "read_by": read_by, "next_at": first_warning}


def have_comment_read(
    db: Connection, remark: Remark, *, case_id: int, answer_id: int, policy_version: str, rules: Rules, at: datetime
) -> None:
    """A comment that was written on our page waits for a person, when it is not certain what it means."""
    judged = remark_on(remark, rules)
    if judged is None:
        return
    reason, proposal = judged
    new = NewReply(
        channel=PAGE,
        external_id=str(answer_id),
        case_id=case_id,
        policy_version=policy_version,
        from_key=None,
        text=remark.comment or "",
        understood="unclear",
        answer_id=answer_id,
        **for_a_reader(reason, proposal, rules.escalation, at),
    )
    keep(db, new, at=at)
