"""The words of the procedure, one per thing. Everybody may import this package; it imports nobody."""

from vocabulary.messages import Announced, Cause, Delivery, FollowUp, Fuse, LinkPurpose, News, Purpose, Scope
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
    "Fuse",
    "LinkPurpose",
    "News",
    "Permission",
    "Purpose",
    "Role",
    "RunState",
    "Scope",
    "Stage",
]
