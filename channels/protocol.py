"""What every provider looks like to us: messages in, one receipt each out, never an exception for a refusal."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto
from typing import Protocol, TypeVar, runtime_checkable

from vocabulary import Cause


class Outcome(StrEnum):
    """What became of one send. The table that leads here is docs/decisions.md, "Outcomes of a send"."""

    ACCEPTED = auto()
    """The provider said that it has the message."""
    REJECTED = auto()
    """Refused for good: this message to this address will never be taken."""
    LATER = auto()
    """Certainly not processed: safe to send again, from `retry_at` on if that is given."""
    STOPPED = auto()
    """Certainly not processed, because of our credentials or set-up: stop the channel, spend no attempts."""
    UNKNOWN = auto()
    """The provider may or may not have it: never send again blindly."""
    WITHHELD = auto()
    """Not sent, because the claim said no at the last moment (an opt-out, an answer)."""


class AddressFault(StrEnum):
    """What a refusal says of the address itself, for every later message to it on this channel."""

    INVALID = auto()
    """It cannot be reached on this channel: nobody has it, or a landline for SMS."""
    OPTED_OUT = auto()
    """Its owner has told the provider that nothing more is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one person. `ref` is ours, random, and the only thing that we give providers to remember."""

    ref: str
    """1 to 100 letters, digits, "-" and "_": it becomes the Message-ID and a file name."""
    to: str
    """A plain address in ASCII (a domain of another script in its xn-- form), without a name."""
    to_name: str | None
    sender: str
    sender_name: str
    subject: str
    text: str
    html: str
    unsubscribe_url: str | None = None
    """The address of the RFC 8058 one-click unsubscribe; None for mail to staff."""
    reply_to: str | None = None
    """Where answers go, a plain address as above; None: to the sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage:
    """One SMS to one person. `ref` as in `Mail`."""

    ref: str
    to: str
    """A number in E.164: "+491701234567"."""
    body: str
    """Up to `LONGEST_TEXT` characters."""
    try_for_s: int
    """Seconds from now until it must have arrived; later it must not arrive any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Word of something that happened, to a program or a room of a chat. Nobody's name or address is in it."""

    ref: str
    """As in `Mail`. The receiver knows a second copy by it."""
    event: str
    """Such as "escalation.opened"."""
    at: datetime
    """When it happened."""
    about: Mapping[str, str | int | None]
    url: str
    """The page of ours that shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of the message with this `ref`."""

    ref: str
    outcome: Outcome
    code: str
    """A short word for the log, such as "202", "timeout" or "header": no text of the provider, no personal data."""
    provider_id: str | None = None
    retry_at: datetime | None = None
    address: AddressFault | None = None
    """Of a REJECTED: what is wrong with the address, if it is that."""
    cause: Cause | None = None
    """Of a REJECTED: why, where that matters for what follows."""


class HasRef(Protocol):
    """What is sent on a channel: it has a name of ours."""

    @property
    def ref(self) -> str: ...


Message = TypeVar("Message", bound=HasRef)
_Taken = TypeVar("_Taken", bound=HasRef, contravariant=True)


class Claim(Protocol):
    """Called in the thread that sends, never twice at once. What it raises ends the burst, and is raised there."""

    def turn(self, begin: Sequence[str], done: Sequence[Receipt]) -> Collection[str]:
        """Write down what became of `done`, and that those of `begin` are begun which may still go; their refs.

        One that may not go is no longer ours, or no longer wanted.
        """
        ...

    def give_back(self) -> None:
        """What is not begun is anybody's again, at once."""
        ...


class Provider(Protocol[_Taken]):
    """A provider takes a burst of messages of one kind. Messages that differ only in `ref` are different ones."""

    name: str

    def send(self, messages: Sequence[_Taken], *, claim: Claim, in_flight: int) -> list[Receipt]:
        """One receipt per message, in the order of `messages`. `claim` is asked directly before each write,
        and told of each outcome as soon as it is known.

        After a STOPPED or a LATER with `retry_at`, messages not yet begun get the same outcome without being tried. A
        provider that leaves many in a row without a yes or no is left alone: the rest is LATER, code "untried".
        What the claim raises is raised here.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A message of which we do not know whether the provider has it."""

    ref: str
    to: str = field(repr=False)
    since: datetime
    """It was not handed over before."""
    is_it: Callable[[str], bool] = field(repr=False)
    """Whether a text that the provider holds is this message."""


@runtime_checkable
class Finder(Protocol):
    """What a provider may be able to do besides: say afterwards which messages it has."""

    def find(self, sought: Sequence[Sought], *, in_flight: int) -> list[Receipt]:
        """One receipt each, in the order of `sought`. Nothing is sent.

        ACCEPTED or REJECTED for one that the provider has, by how it fares, with the provider's number of it. UNKNOWN
        for every other: with the code "absent" where the provider's whole list was read, otherwise a word for why not.
        """
        ...


class MessageFault(ValueError):
    """This message can be given to no provider. Its text names the fault, never the value."""

    code: str


class HeaderFault(MessageFault):
    """A subject, name, address, link or ref could start another header line, recipient or file."""

    code = "header"


class NumberFault(MessageFault):
    """The recipient is not one telephone number in E.164."""

    code = "number"


class ContentFault(MessageFault):
    """A body is empty, too long for its channel, or not Unicode text."""

    code = "content"


_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_REF = re.compile(r"[A-Za-z0-9_-]{1,100}")
_ADDRESS = re.compile(r"(?=.{3,254}$)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
_LINK = re.compile(r"(?=.{1,800}$)https?://[!-;=?-~]+")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")

LONGEST_TEXT = 1_600
"""Characters of an SMS, more than which no provider takes."""


def checked(mail: Mail) -> Mail:
    """The same mail, or a `MessageFault` when a header could say more than it should or a body cannot be encoded."""
    if any(_UNPRINTABLE.search(value) for value in (mail.to_name or "", mail.sender_name, mail.subject)):
        raise HeaderFault("a subject or name holds a control, line separator or surrogate character")
    addresses = (mail.to, mail.sender, *([] if mail.reply_to is None else [mail.reply_to]))
    if not all(_ADDRESS.fullmatch(address) for address in addresses):
        raise HeaderFault("an address is not one plain ASCII address")
    if not _REF.fullmatch(mail.ref):
        raise HeaderFault("a ref is not made of 1 to 100 letters, digits, hyphens and underscores")
    if mail.unsubscribe_url is not None and not _LINK.fullmatch(mail.unsubscribe_url):
        raise HeaderFault("an unsubscribe link is not a plain http or https address")
    for body in (mail.text, mail.html):
        if not body or not _encodable(body):
            raise ContentFault("a body is empty or holds half of a surrogate pair")
    return mail


def checked_text(text: TextMessage) -> TextMessage:
    """The same SMS, or a `MessageFault` when its number or ref could say more than it should, or its body is none."""
    if not _NUMBER.fullmatch(text.to):
        raise NumberFault("the recipient is not one number in E.164")
    if not _REF.fullmatch(text.ref):
        raise HeaderFault("a ref is not made of 1 to 100 letters, digits, hyphens and underscores")
    if not text.body.strip() or len(text.body) > LONGEST_TEXT or _UNPRINTABLE.search(text.body.replace("\n", " ")):
        raise ContentFault("a body is empty, too long, or holds a control, line separator or surrogate character")
    return text


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
