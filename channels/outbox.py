"""Mail to a folder: one .eml file each, which any mail program opens. The provider for trying things out."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from channels.claims import InTurn
from channels.files import write_whole
from channels.letter import letter
from channels.protocol import Claim, Mail, MessageFault, Outcome, Receipt


class OutboxDirectory:
    """Accepts every well-formed mail by writing `<UTC time>-<ref>.eml`, readable by this user only.

    A file appears whole or not at all. It is not forced to the disk: a power cut may take the last ones with it.
    """

    name = "outbox"

    def __init__(self, folder: Path, *, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now

    def send(self, mails: Sequence[Mail], *, claim: Claim, in_flight: int) -> list[Receipt]:
        """As in `Provider`; a full or missing disk is LATER with code "disk". `in_flight` means nothing here."""
        turn = InTurn(claim)
        receipts = [turn.note(self._deliver(mail, turn)) for mail in mails]
        turn.settle()
        return receipts

    def _deliver(self, mail: Mail, turn: InTurn) -> Receipt:
        at = self._now().astimezone(UTC)
        try:
            content = letter(mail, at=at)
        except MessageFault as fault:
            return Receipt(ref=mail.ref, outcome=Outcome.REJECTED, code=fault.code)
        if not turn.may_go(mail):
            return Receipt(ref=mail.ref, outcome=Outcome.WITHHELD, code="withheld")
        file = f"{at:%Y%m%dT%H%M%S.%fZ}-{mail.ref}.eml"
        try:
            write_whole(self._folder / file, content)
        except OSError:
            return Receipt(ref=mail.ref, outcome=Outcome.LATER, code="disk")
        return Receipt(ref=mail.ref, outcome=Outcome.ACCEPTED, code="written", provider_id=file)
