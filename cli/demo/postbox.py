"""What the invented customers find in their mailboxes and on their telephones; and the same as files to open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

from channels.files import write_whole
from channels.letter import letter
from channels.protocol import Mail
from cli.fault import Fault
from config.settings import Settings
from fakes.ledger import Received
from fakes.running import Fakes
from vocabulary import Channel

_LINK = re.compile(r"https?://[^\s/]+(?::\d+)?/[su]/[a-z2-7]{32}(?:/v|\?r=[1-5])?(?![^\s\"<>])")
_LOST = frozenset(("bounce", "dropped", "undelivered", "failed", "spamreport", "unsubscribe"))
"""Who has not got a message, or has complained of it, does not answer it."""
_TOLD_S = 30.0


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail or an SMS with a link to the survey page."""

    channel: Channel
    to: str
    reply_to: str
    survey_url: str
    unsubscribe_url: str | None
    links: tuple[str, ...]
    """All of our links in it, also those that people do not see."""


class Postbox:
    """Letters that have arrived, each once, in an order that does not depend on who was quicker."""

    def __init__(self, fakes: Fakes, settings: Settings) -> None:
        self._fakes = fakes
        self._settings = settings
        self._read = 0

    @property
    def page(self) -> str:
        """Where everything that was taken can be looked at, and where customers write."""
        return self._fakes.sendgrid_url

    def wait(self) -> None:
        """Until Aftercare was told what became of everything that was sent: the story's clock stands still."""
        try:
            self._fakes.wait_until_told(_TOLD_S)
        except TimeoutError:
            raise Fault(
                "the web application does not take what the providers tell; is the machine very busy?"
            ) from None

    def open_to_everybody(self) -> None:
        """The story is over: what customers write on the page of the providers goes out at once."""
        self._fakes.tell_at_once()

    def new(self) -> list[Letter]:
        self.wait()
        found = []
        for received in self._fakes.ledger.newest:
            if received.number <= self._read:
                break
            found.append(received)
        self._read += len(found)
        for received in found:
            self._keep(received)
        arrived = [one for one in found if "delivered" in one.happened and _LOST.isdisjoint(one.happened)]
        letters = (_letter(one) for one in sorted(arrived, key=lambda one: (one.channel, one.to, one.number)))
        return [each for each in letters if each is not None]

    def _keep(self, received: Received) -> None:
        """A file in the outbox folder, that a mail program or an editor opens."""
        at = datetime.fromtimestamp(received.at, UTC)
        name = f"{at:%Y%m%dT%H%M%SZ}-{received.number:05d}"
        if received.channel == Channel.SMS:
            write_whole(self._settings.outbox / f"{name}.txt", f"To: {received.to}\n\n{received.text}\n".encode())
            return
        own = received.reply_to if received.reply_to != received.sender else None
        mail = Mail(ref=received.ref, to=received.to, to_name=None, sender=received.sender,
                    sender_name=self._settings.mail_from_name, subject=received.subject, text=received.text,
                    html=received.html, unsubscribe_url=_first(_links(received.text), "/u/"), reply_to=own)  # fmt: skip
        write_whole(self._settings.outbox / f"{name}.eml", letter(mail, at=at))


def _letter(received: Received) -> Letter | None:
    links = _links(received.text)
    survey = _first([link for link in links if "?" not in link], "/s/")
    if survey is None:
        return None
    every = tuple(dict.fromkeys([*links, *_links(unescape(received.html))]))
    return Letter(Channel(received.channel), received.to, received.reply_to, survey, _first(links, "/u/"), every)


def _links(text: str) -> list[str]:
    return _LINK.findall(text)


def _first(links: Sequence[str], kind: str) -> str | None:
    return next((link for link in links if kind in link), None)
