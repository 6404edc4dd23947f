"""What the providers share while they send: when to give up on a burst, and short words for broken connections."""

import ipaddress
import socket
import ssl
from dataclasses import dataclass, replace

from channels.protocol import HasRef, Outcome, Receipt

PATIENCE = 10
"""So many messages in a row without a yes or no end a burst: a provider that is down must not turn all UNKNOWN."""


@dataclass(slots=True)
class Brake:
    """Remembers how the tried messages fared, and answers for those that are better not tried any more."""

    cause: Receipt | None = None
    silent: int = 0

    def untried(self, message: HasRef) -> Receipt | None:
        """The receipt of a message that is not to be tried, or None: go on."""
        return replace(self.cause, ref=message.ref, provider_id=None) if self.cause else None

    def note(self, receipt: Receipt) -> Receipt:
        """The same receipt, after drawing the conclusion for those that follow."""
        match receipt.outcome:
            case Outcome.ACCEPTED | Outcome.REJECTED:
                self.silent = 0
            case Outcome.LATER | Outcome.UNKNOWN:
                self.silent += 1
        if receipt.outcome is Outcome.STOPPED or receipt.retry_at:
            self.end(receipt)
        elif self.silent >= PATIENCE:
            self.end(Receipt(ref=receipt.ref, outcome=Outcome.LATER, code="untried"))
        return receipt

    def end(self, cause: Receipt) -> Receipt:
        """Give every message that was not begun the outcome of `cause`. The first cause stands."""
        self.cause = self.cause or cause
        return cause


def word_for(error: BaseException, *, otherwise: str) -> str:
    """ "dns", "tls", "timeout" or "connect", by the system error at the root of what a library raised."""
    root: BaseException | None = error
    while root is not None:
        for kind, word in _WORDS.items():
            if isinstance(root, kind):
                return word
        root = root.__cause__ or root.__context__
    return otherwise


_WORDS: dict[type[BaseException], str] = {
    socket.gaierror: "dns",
    ssl.SSLError: "tls",
    TimeoutError: "timeout",
    ConnectionRefusedError: "connect",
}


def stays_here(host: str) -> bool:
    """Whether this host is this machine: only there may a secret go unencrypted."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
