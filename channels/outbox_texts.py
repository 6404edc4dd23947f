"""SMS to a folder: one readable .txt file each, beside the mails. The adapter for trying things out."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from channels.claims import InTurn
from channels.files import write_whole
from channels.protocol import Claim, MessageFault, Outcome, Receipt, TextMessage, checked_text


class OutboxTexts:
    """Accepts every well-formed SMS by writing `<UTC time>-<ref>.txt`: number, seconds to try, blank line, text."""

    name = "outbox"

    def __init__(self, folder: Path, *, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now

    def send(self, texts: Sequence[TextMessage], *, claim: Claim, in_flight: int) -> list[Receipt]:
        """As in `Provider`; a full or missing disk is LATER with code "disk". `in_flight` means nothing here."""
        turn = InTurn(claim)
        receipts = [turn.note(self._deliver(text, turn)) for text in texts]
        turn.settle()
        return receipts

    def _deliver(self, text: TextMessage, turn: InTurn) -> Receipt:
        try:
            checked_text(text)
        except MessageFault as fault:
            return Receipt(ref=text.ref, outcome=Outcome.REJECTED, code=fault.code)
        if not turn.may_go(text):
            return Receipt(ref=text.ref, outcome=Outcome.WITHHELD, code="withheld")
        file = f"{self._now().astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{text.ref}.txt"
        content = f"To: {text.to}\nTry for: {text.try_for_s} s\n\n{text.body}\n"
        try:
            write_whole(self._folder / file, content.encode())
        except OSError:
            return Receipt(ref=text.ref, outcome=Outcome.LATER, code="disk")
        return Receipt(ref=text.ref, outcome=Outcome.ACCEPTED, code="written", provider_id=file)
