"""The words of the procedure, one per thing. Everybody may import this package; it imports nobody."""

from vocabulary.messages import Announced, Cause, Delivery, FollowUp, LinkPurpose, News, Purpose
from vocabulary.procedure import CallOutcome, Channel, Clause, ContactBasis, Danger, Disposition, Stage
from vocabulary.record import Event, RunState
from vocabulary.staff import Permission, Role

__all__ = [
    "Announced",
    "CallOutcome",
    "Cause",
    "Channel",
    "Clause",
    "ContactBasis",
    "Danger",
    "Delivery",
    "Disposition",
    "Event",
    "FollowUp",
    "LinkPurpose",
    "News",
    "Permission",
    "Purpose",
    "Role",
    "RunState",
    "Stage",
]
