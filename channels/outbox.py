"""Mail to a folder: one .eml file each, which any mail program opens. The provider for trying things out."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from channels.files import write_whole
from channels.letter import letter
from channels.protocol import Mail, MessageFault, Outcome, Receipt


class OutboxDirectory:
    """Accepts every well-formed mail by writing `<UTC time>-<ref>.eml`, readable by this user only.

    A file appears whole or not at all. It is not forced to the disk: a power cut may take the last ones with it.
    """

    name = "outbox"

    def __init__(self, folder: Path, *, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now

    def send(self, mails: Sequence[Mail], *, allowed: Callable[[str], bool], in_flight: int) -> list[Receipt]:
        """As in `Provider`; a full or missing disk is LATER with code "disk". `in_flight` means nothing here."""
        return [self._deliver(mail, allowed) for mail in mails]

    def _deliver(self, mail: Mail, allowed: Callable[[str], bool]) -> Receipt:
        at = self._now().astimezone(UTC)
        try:
            content = letter(mail, at=at)
        except MessageFault as fault:
            return Receipt(ref=mail.ref, outcome=Outcome.REJECTED, code=fault.code)
        if not allowed(mail.ref):
            return Receipt(ref=mail.ref, outcome=Outcome.WITHHELD, code="withheld")
        file = f"{at:%Y%m%dT%H%M%S.%fZ}-{mail.ref}.eml"
        try:
            write_whole(self._folder / file, content)
        except OSError:
            return Receipt(ref=mail.ref, outcome=Outcome.LATER, code="disk")
        return Receipt(ref=mail.ref, outcome=Outcome.ACCEPTED, code="written", provider_id=file)
