"""What we owe the customer and by which link they answer; what stops us."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from vocabulary import Delivery

ANY_CHANNEL = "*"
TO_FOLLOW = text("follow_up IS NULL AND (escalation_id IS NOT NULL OR case_id IS NULL)")
"""Messages about concerns and to staff whose failure nobody has dealt with. Databases use the index on it only for
queries that say it in the same words."""

ANSWERS_UNSEEN = text("purpose = 'answer_to_reply' AND follow_up IS NULL")
"""Answers to replies, whose failure nobody has seen. As above."""


class Message(SQLModel, table=True):
    """A message we owe a person: a row before it is a send."""

    __tablename__ = "messages"
    __table_args__: Any = (
        Index("messages_due", "state", "due_at", "id"),
        Index("messages_of_case", "case_id"), Index("messages_begun", "begun_at"),
        Index("messages_of_provider", "provider_id"),
        Index("messages_to_follow", "state", "id", sqlite_where=TO_FOLLOW, postgresql_where=TO_FOLLOW),
        Index("messages_answering", "state", "id", sqlite_where=ANSWERS_UNSEEN, postgresql_where=ANSWERS_UNSEEN),
        Index("messages_by_cause", "cause", "id", sqlite_where=text("cause IS NOT NULL"),
              postgresql_where=text("cause IS NOT NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(unique=True)
    """Random; the only thing that a provider is given to remember."""
    key: str = Field(unique=True)
    """What makes this message the same one: a second writer that owes it too changes nothing."""
    case_id: int | None = Field(default=None, foreign_key="cases.id")
    escalation_id: int | None = Field(default=None, foreign_key="escalations.id")
    purpose: str
    channel: str
    to_name: str | None = None
    """Identity, for staff only; a customer's name is read from the service when the message is rendered."""
    to_address: str | None = None
    """Identity, for staff only."""
    note: str = "{}"
    """JSON of what the template needs besides the rows: counts, dates, numbers."""
    owed_at: datetime
    due_at: datetime
    not_after: datetime | None = None
    """The end of the recipient's contact window; later it waits for the next one."""
    state: str = Delivery.DUE
    owner: str | None = None
    lease_until: datetime | None = None
    begun_at: datetime | None = None
    """Directly before its first byte. One that is claimed and not begun has certainly not been sent."""
    attempts: int = 0
    code: str | None = None
    provider_id: str | None = None
    settled_at: datetime | None = None
    possible_duplicate: bool = False
    reported_at: datetime | None = None
    """When the newest thing happened that the provider told us of this message."""
    follow_up: str | None = None
    """What its failure led to, of those that tell staff or ask after a resolution: a word of `vocabulary.FollowUp`."""
    cause: str | None = None
    """Why it did not arrive, in our words, where it matters for what follows."""
    sought: int = 0
    """How often the provider was asked whether it has this message, since its outcome became unknown."""


class ProviderEvent(SQLModel, table=True):
    """What a provider told us of a message after it took it, once each, in whatever order it came."""

    __tablename__ = "provider_events"
    __table_args__: Any = (
        UniqueConstraint("provider", "event_id"),
        Index("provider_events_of_message", "message_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    provider: str
    event_id: str
    """The provider's own number of the event, or what stands for it."""
    kind: str
    """The provider's word, in lower case; also one that we do not know."""
    news: str | None = None
    """The same in our words; None for a word that we do not know and for what is only a hint (opened, clicked)."""
    message_id: int | None = Field(default=None, foreign_key="messages.id")
    """None while we cannot say which message it is about."""
    provider_id: str | None = None
    happened_at: datetime
    received_at: datetime
    code: str | None = None
    """A status or error number: no text of the provider, no personal data."""


class Reply(SQLModel, table=True):
    """What a customer sent back by mail or SMS, as it was understood. A person gets what is unclear."""

    __tablename__ = "replies"
    __table_args__: Any = (
        UniqueConstraint("channel", "external_id"),
        Index("replies_open", "id", sqlite_where=text("settled_at IS NULL"),
              postgresql_where=text("settled_at IS NULL")),
        Index("replies_to_read", "read_by", "id", sqlite_where=text("settled_at IS NULL"),
              postgresql_where=text("settled_at IS NULL")),
        Index("replies_of_sender", "from_key", "received_at"),
        Index("replies_from", "from_key", sqlite_where=text("settled_at IS NULL"),
              postgresql_where=text("settled_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    channel: str
    external_id: str
    """The provider's number of the message, or a hash that stands for it."""
    case_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    from_key: str | None = None
    """Identity: SHA-256 of the sender's address."""
    received_at: datetime
    text: str
    """Identity: what was written, without quotes and signature."""
    raw: str | None = None
    """Identity: all that came, with what was quoted, when that is more than `text`; without the tokens of our links."""
    subject: str | None = None
    """Identity: of a mail."""
    sender: str | None = None
    """Identity: the address or number that it came from, while no case of ours says who that is."""
    attachments: int = 0
    understood: str
    """As what: an answer, an opt-out, a machine's reply, or unclear."""
    proposal: str | None = None
    """JSON, our best reading of what a person is to decide: "as" is a word of `models.replies.Settlement`, and "rating"
    a number, where one is meant."""
    answer_id: int | None = Field(default=None, foreign_key="answers.id")
    read_by: datetime | None = None
    """Until when a person is to have read it; None when nobody needs to."""
    warned: int = 0
    """How many warnings of that deadline have gone out."""
    next_at: datetime | None = None
    """When its deadline asks for the next warning."""
    handled_by: str | None = None
    """The department that it was handed over to; None: the one of its case."""
    handed_why: str | None = None
    """Identity: why it was handed over last, in a person's words."""
    settled_at: datetime | None = None
    """None while a person is to look at it."""
    settled_by: str | None = None
    settlement: str | None = None
    reason: str | None = None
    """Identity: why a person settled it like that, in their words."""


class Link(SQLModel, table=True):
    """What a token in a mail allows. Only the token's hash is kept."""

    __tablename__ = "links"

    token_sha256: str = Field(primary_key=True)
    purpose: str
    case_id: int = Field(foreign_key="cases.id", index=True)
    escalation_id: int | None = Field(default=None, foreign_key="escalations.id")
    channel: str | None = None
    """By which message it was sent; None for a link from before this was written down."""
    message_id: int | None = Field(default=None, index=True)
    """The message that carries it; None for a link from before this was written down."""
    created_at: datetime
    expires_at: datetime


class Call(SQLModel, table=True):
    """A call that a person is to make."""

    __tablename__ = "calls"
    __table_args__: Any = (
        UniqueConstraint("case_id", "attempt"),
        Index("calls_open", "due_from", "id", sqlite_where=text("done_at IS NULL"),
              postgresql_where=text("done_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id")
    escalation_id: int | None = Field(default=None, foreign_key="escalations.id")
    """Set when the call is to ask whether a resolution helped."""
    attempt: int
    reason: str
    owed_at: datetime
    due_from: datetime
    due_to: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    outcome: str | None = None
    call_back_at: datetime | None = None
    """When the customer asked to be called instead."""
    confirms: int | None = None
    """The unconfirmed answer that the customer is to be asked about."""
    withdrawn_at: datetime | None = None
    """When it turned out that the call is not needed."""
    claimed_by: str | None = None
    """Identity, of staff: who is about to make it, by their address; None when it is anybody's."""
    claimed_until: datetime | None = None
    """From then on somebody else may take it."""


class Suppression(SQLModel, table=True):
    """An address that must not be asked again. Only its hash is kept, so that it survives erasure."""

    __tablename__ = "suppressions"

    address_key: str = Field(primary_key=True)
    channel: str = Field(default=ANY_CHANNEL, primary_key=True)
    """Where it must not be used; `ANY_CHANNEL` for everywhere."""
    by_person: bool = Field(default=False, primary_key=True)
    """A person recorded it. What the customer said alone has a row of its own: lifting the one leaves the other."""
    since: datetime
    until: datetime | None = None
    """The end of a pause; None for good."""
    source: str
    case_id: int | None = None
    said_by: str | None = None
    """SHA-256 of the number that said so by text message, or is known to its provider to have. START from it takes that
    back. None when it was said in any other way, or in any other way too."""
    recorded_by: str | None = None
    """Who that was, the last time. None: the customer did it alone."""
    renewed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """A person had recorded it before that, too: what only the last one said cannot be told any more."""


class InvalidAddress(SQLModel, table=True):
    """An address that could not be reached on a channel: a mailbox that is not there, a landline for SMS."""

    __tablename__ = "invalid_addresses"

    address_key: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    since: datetime
    """When that showed last. How long it counts is the policy's `contact.invalid_days`."""
    code: str


class ChannelState(SQLModel, table=True):
    """A channel that was stopped because of credentials or set-up, and until when nothing is tried."""

    __tablename__ = "channel_states"

    channel: str = Field(primary_key=True)
    stopped_at: datetime
    try_again_at: datetime
    code: str
