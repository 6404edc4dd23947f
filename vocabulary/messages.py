"""What is owed to people, what becomes of it, and what others are told."""

from enum import StrEnum, auto


class Purpose(StrEnum):
    """Why a message is owed. Also the name of its template."""

    SURVEY = auto()
    REMINDER = auto()
    THANK_YOU = auto()
    RECOVERY_SURVEY = auto()
    CONCERN_UPDATE = auto()
    """A person writes to the customer about the concern."""
    ANSWER_TO_REPLY = auto()
    """A person answers what the customer wrote to us."""
    SAFETY_ADVICE = auto()
    """What a customer who reports a danger is told at once, at whatever hour."""
    DANGER_ALARM = auto()
    """The person on call is told of a danger."""
    REPLY_WAITING = auto()
    """Those who are to read a reply hear that nobody has done so yet."""
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


class Scope(StrEnum):
    """What a hold holds back."""

    COMPANY = auto()
    """All that goes to customers."""
    BRANCH = auto()
    CHANNEL = auto()
    ENDING = auto()
    """Not messages: the ending of cases whose customers are silent."""


class Fuse(StrEnum):
    """What may not happen without a person's word. Their sizes are in config/operations.toml."""

    MESSAGES_PER_HOUR = auto()
    SMS_PER_DAY = auto()
    ENDING = auto()
