"""What the log records, and the runs that wrote it."""

from enum import StrEnum, auto


class RunState(StrEnum):
    """Where a run of a stage stands. One whose process was killed stays *running* and is told by its age."""

    RUNNING = auto()
    COMPLETED = auto()
    FAILED = auto()


class Event(StrEnum):
    """What an entry of the Customer Feedback Log records."""

    SERVICE_RECEIVED = auto()
    CASE_OPENED = auto()
    STAGE_CHANGED = auto()
    MESSAGE_OWED = auto()
    MESSAGE_ACCEPTED = auto()
    MESSAGE_DELIVERED = auto()
    MESSAGE_FAILED = auto()
    MESSAGE_REJECTED = auto()
    MESSAGE_UNKNOWN = auto()
    MESSAGE_WITHDRAWN = auto()
    FAILURE_FOLLOWED = auto()
    """What was done about a message to staff, or a recovery survey, that did not arrive."""
    CALL_OWED = auto()
    CALL_CLAIMED = auto()
    CALL_RELEASED = auto()
    CALL_RECORDED = auto()
    CALL_WITHDRAWN = auto()
    REPLY_RECEIVED = auto()
    REPLY_SETTLED = auto()
    REPLY_WARNED = auto()
    """Nobody has read a reply yet, and its deadline comes nearer."""
    REPLY_BREACHED = auto()
    REPLY_HANDED_OVER = auto()
    """A reply was given to another department to read."""
    ANSWER_RECEIVED = auto()
    ANSWER_DOUBTED = auto()
    """What came after it speaks against an answer that had been taken for a person's."""
    ANSWER_JUDGED = auto()
    OPTED_OUT = auto()
    PREFERENCE_SET = auto()
    CONSENT_RENEWED = auto()
    """START came from a number that had opted out by text message: it may be texted again."""
    OPT_OUT_LIFTED = auto()
    """A person took back an opt-out that a person had written down by mistake."""
    DANGER_RAISED = auto()
    """A customer reported a danger: the person on call is told at once."""
    DANGER_PASSED_ON = auto()
    """Nobody took it in time: the next one is told."""
    DANGER_TAKEN = auto()
    DANGER_ENDED = auto()
    ADDRESS_INVALID = auto()
    ADDRESS_CLEARED = auto()
    """A person said that it works again, or belongs to somebody else now."""
    ESCALATION_OPENED = auto()
    ESCALATION_REPEATED = auto()
    ESCALATION_ACKNOWLEDGED = auto()
    ESCALATION_WARNED = auto()
    ESCALATION_BREACHED = auto()
    ESCALATION_PAUSED = auto()
    ESCALATION_RESUMED = auto()
    ESCALATION_RESOLVED = auto()
    ESCALATION_REOPENED = auto()
    ESCALATION_CLOSED = auto()
    UNREACHABLE_ASKED = auto()
    """Somebody asks for the supervisor's signature that the customer of a concern cannot be reached."""
    UNREACHABLE_DECLINED = auto()
    ESCALATION_REASSIGNED = auto()
    ESCALATION_ATTACHED = auto()
    ROOT_CAUSE_CORRECTED = auto()
    NOTE_ADDED = auto()
    SUBTASK_ASKED = auto()
    SUBTASK_DONE = auto()
    SUBTASK_WITHDRAWN = auto()
    UNREACHABLE_SIGNED = auto()
    SENDING_HELD = auto()
    """A person, or a fuse that has blown, holds back what goes to customers, or the ending of cases."""
    SENDING_RELEASED = auto()
    RECORD_INCOMPLETE = auto()
    RECORD_SEALED = auto()
    REVIEW_WRITTEN = auto()
    PERSON_ADDED = auto()
    PERSON_CHANGED = auto()
    PERSON_DISABLED = auto()
