"""The words of the procedure, one per thing. Everybody may import this module; it imports nobody."""

from enum import StrEnum, auto


class Stage(StrEnum):
    """Where a case stands. The legal moves between stages are in `models.moves.MOVES`."""

    PLANNED = auto()
    """Opened, waits for its contact slot."""
    ASKED = auto()
    """The survey or a call is owed or was made; we wait for the customer."""
    ANSWERED = auto()
    """The customer said something that has not been judged yet."""
    ESCALATED = auto()
    """A concern is open and in a named person's hands."""
    RECOVERING = auto()
    """The concern was resolved; we wait for the customer to confirm."""
    ENDED = auto()
    """The outcome is known; the record has not been checked yet."""
    CLOSED = auto()
    """The record is complete and sealed."""


class Disposition(StrEnum):
    """How a case ended. Every closed service gets exactly one."""

    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    RECOVERED = "recovered"
    UNRESOLVED = "unresolved"
    NO_ANSWER = "no answer"
    UNREACHABLE = "unreachable"
    OPTED_OUT = "opted out"
    INELIGIBLE = "ineligible"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    """A way to reach a customer."""

    EMAIL = auto()
    SMS = auto()
    PHONE = auto()


class ContactBasis(StrEnum):
    """Why a customer may be written to, as the source system reports it."""

    CONSENT = "consent"
    EXISTING_CUSTOMER = "existing customer"
    """Gave us the address when buying, and was told of the right to object then and in every mail."""
    CONTRACT = "contract"
    """The contract itself needs it."""


class Purpose(StrEnum):
    """Why a message is owed. Also the name of its template."""

    SURVEY = auto()
    REMINDER = auto()
    THANK_YOU = auto()
    RECOVERY_SURVEY = auto()
    CONCERN_UPDATE = auto()
    """A person writes to the customer about the concern."""
    ESCALATION_NOTICE = auto()
    CONCERN_HANDED_OVER = auto()
    DEADLINE_WARNING = auto()
    SIGNATURE_REQUEST = auto()
    """A supervisor is asked to sign that a customer cannot be reached, or the owner hears that it was declined."""
    SUBTASK_NOTICE = auto()
    MESSAGE_LOST = auto()
    MONTHLY_BULLETIN = auto()


class Delivery(StrEnum):
    """What has become of a message we owe."""

    DUE = auto()
    CLAIMED = auto()
    """In the hands of one worker, until its lease ends."""
    ACCEPTED = auto()
    """The provider took it. Not yet proof that it arrived."""
    DELIVERED = auto()
    """The provider says that it arrived."""
    FAILED = auto()
    """The provider took it and says that it did not arrive: dropped, bounced, undelivered."""
    REJECTED = auto()
    """The provider or the address refused it for good."""
    UNKNOWN = auto()
    """The provider may or may not have it: parked, never sent again blindly."""
    WITHDRAWN = auto()
    """No longer wanted (answered, opted out, cancelled) before it was sent."""


class FollowUp(StrEnum):
    """What was done about a message that did not arrive."""

    TOLD = auto()
    """The next rung of the escalation was told instead."""
    NOBODY = auto()
    """There is nobody left to tell: `doctor` shows it."""
    ASKED = auto()
    """The resolution that it asked about is looked at anew: another channel, or a call."""
    NOTHING = auto()
    """It did not matter any more, or was read all the same."""


class News(StrEnum):
    """What a provider tells of a message after it took it, in our words. Each proves that it has the message."""

    TAKEN = auto()
    """Queued, processed, sent on its way."""
    DELAYED = auto()
    BLOCKED = auto()
    """Turned away this time, for a reason that is not the address: soft, it may still arrive."""
    ARRIVED = auto()
    SPAM = auto()
    """It arrived, and the customer called it spam."""
    AWAY = auto()
    """It did not arrive because the handset was off or out of reach."""
    BARRED = auto()
    """It did not arrive because carriers do not take what we send: filtered, or we are not registered."""
    LOST = auto()
    """Dropped, bounced, undelivered: it will not arrive."""


class Cause(StrEnum):
    """Why a message did not arrive, where it matters for what follows."""

    AWAY = auto()
    """The handset was off or out of reach: worth one more try, later."""
    SENDER = auto()
    """Carriers do not take what we send. Trying again makes it worse; the operator must hear of it."""


class LinkPurpose(StrEnum):
    """What a token in a mail allows. A token serves one purpose only."""

    SURVEY = auto()
    RECOVERY = auto()
    UNSUBSCRIBE = auto()
    REPLY = auto()
    """Stands in the address that replies to a mail go to."""


class Announced(StrEnum):
    """What is announced to other programs and to rooms of a chat."""

    ESCALATION_OPENED = "escalation.opened"
    ESCALATION_WARNED = "escalation.warned"
    ESCALATION_BREACHED = "escalation.breached"
    ESCALATION_RESOLVED = "escalation.resolved"
    ESCALATION_REOPENED = "escalation.reopened"
    CASE_CLOSED = "case.closed"


class CallOutcome(StrEnum):
    """What came of a call to a customer."""

    ANSWERED = "answered"
    SOLVED = "solved"
    """A concern was raised and settled on the phone: logged, not escalated (clause 4.4)."""
    CONCERN = "concern"
    NO_ANSWER = "no answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong number"
    REFUSED = "refused"
    CALL_BACK = "call back"
    """The customer asked to be called at another time."""


class RunState(StrEnum):
    """Where a run of a stage stands. One whose process was killed stays *running* and is told by its age."""

    RUNNING = auto()
    COMPLETED = auto()
    FAILED = auto()


class Role(StrEnum):
    """What a person of the company does in the procedure (SOP 3, policy 7). A person may hold several."""

    SERVICE_TEAM = "service_team"
    SERVICE_MANAGER = "service_manager"
    """The supervisor."""
    QA = "qa"
    MANAGEMENT = "management"
    ADMIN = "admin"


class Permission(StrEnum):
    """What somebody may do in the console. Who holds which is in `policy.permissions.GRANTS`."""

    CALLS = "calls"
    """See the calls to be made, take one, and record what came of it."""
    CASES = "cases"
    """Search cases and read one's whole record."""
    CONTACT_DATA = "contact_data"
    """See how customers can be reached."""
    CONCERNS = "concerns"
    """Take, comment and resolve concerns, and write to their customers."""
    REASSIGN = "reassign"
    """Give a concern to somebody else."""
    SIGN = "sign"
    """Sign that a customer cannot be reached."""
    PAUSE = "pause"
    """Let a concern's clock stand still for a reason that the policy lists."""
    REPLIES = "replies"
    """Say what a reply means that no program understood."""
    LOG = "log"
    """Read and export the Customer Feedback Log, without contact data."""
    ROOT_CAUSE = "root_cause"
    """Correct the root cause of a concern."""
    REPORTS = "reports"
    """Read the monthly reviews."""
    RUNS = "runs"
    """See what the stages did and when they run next."""
    PEOPLE = "people"
    """Let people in, change what they may do, and shut them out."""
    SETTINGS = "settings"
    """See how the installation is set up."""


class Clause(StrEnum):
    """The clause of the procedure that a decision rests on. Their texts are in the policy file."""

    SCOPE = "2.1"
    EXCEPTIONS = "2.2"
    COOLDOWN = "2.3"
    OPT_OUT = "2.4"
    REOPENED = "2.5"
    CONTACT = "4.1"
    CHANNEL = "4.2"
    ASK = "4.3"
    ESCALATE = "4.4"
    RECORD = "4.5"
    REVIEW = "4.6"
    SUPERVISOR = "6"


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
    ANSWER_RECEIVED = auto()
    ANSWER_DOUBTED = auto()
    """What came after it speaks against an answer that had been taken for a person's."""
    ANSWER_JUDGED = auto()
    OPTED_OUT = auto()
    PREFERENCE_SET = auto()
    CONSENT_RENEWED = auto()
    """START came from a number that had opted out by text message: it may be texted again."""
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
    RECORD_INCOMPLETE = auto()
    RECORD_SEALED = auto()
    REVIEW_WRITTEN = auto()
    PERSON_ADDED = auto()
    PERSON_CHANGED = auto()
    PERSON_DISABLED = auto()
