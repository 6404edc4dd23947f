"""The channels and who carries them: the one table that says how to write for a channel, and which adapters it has.

An adapter is one file in channels/ and one line here; docs/adding-a-channel.md shows it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic

from sqlalchemy import Row

from channels.protocol import Message, Provider
from config.settings import Settings, SettingsError
from tasks.letter import Desk
from tasks.mail_channel import outbox_mail, sendgrid, smtp
from tasks.sms_channel import outbox_texts, twilio
from templates.segments import segments
from vocabulary import Channel


@dataclass(frozen=True, kw_only=True)
class Way(Generic[Message]):
    """How one channel is used."""

    write: Callable[[Desk, Row[Any]], Message | None]
    """From the rows of a message to what is sent; None when the customer has no address for this channel."""
    setting: str
    """The field of the settings that names the adapter. A name without an adapter, such as "off": not in use."""
    adapters: Mapping[str, Callable[[Settings, datetime], Provider[Message]]]
    spare: timedelta = timedelta()
    """How long before its contact window closes a message must be begun."""
    facts: Callable[[Message], Mapping[str, Any]] = field(default=lambda _message: {})
    """What the log keeps of an accepted message besides the receipt: counts, no text."""

    def in_use(self, settings: Settings) -> bool:
        return getattr(settings, self.setting) in self.adapters

    def provider(self, settings: Settings, now: datetime) -> Provider[Message]:
        """Ready to send. `SettingsError` when its address, number or credentials are missing or cannot be right."""
        try:
            return self.adapters[getattr(settings, self.setting)](settings, now)
        except ValueError as fault:
            raise SettingsError(
                f"AFTERCARE_{self.setting.upper()} = {getattr(settings, self.setting)}: {fault}."
            ) from None


WAYS: dict[Channel, Way[Any]] = {
    Channel.EMAIL: Way(
        write=Desk.mail,
        setting="mail",
        adapters={"outbox": outbox_mail, "smtp": smtp, "sendgrid": sendgrid},
    ),
    Channel.SMS: Way(
        write=Desk.text,
        setting="sms",
        adapters={"outbox": outbox_texts, "twilio": twilio},
        spare=timedelta(minutes=3),  # for the longest deadline of a request and the shortest time to try
        facts=lambda text: {"segments": segments(text.body)},
    ),
}
"""In the order in which the outbox is emptied. The phone is not here: its messages are a person's calls."""


def in_use(settings: Settings) -> list[Channel]:
    """The channels on which messages are sent here."""
    return [channel for channel, way in WAYS.items() if way.in_use(settings)]
