"""A mail of ours that came back, as a report of what became of it (RFC 3464; and mail systems from before it)."""

import re
from datetime import datetime

from channels.report import Report
from vocabulary import News

_STATUS = re.compile(r"(?<![\w.])(5\.\d{1,3}\.\d{1,3})(?![\w.])")
_REPLY = re.compile(r"(?<![\w.])(5[0-5]\d)(?![\w.])")
_NOBODY = re.compile(
    r"unrouteable address|unroutable|invalid recipient|recipient address rejected"
    r"|5\.1\.[0-9]|user unknown|unknown user|no such user|no such recipient|address not found|does not exist"
    r"|doesn't exist|mailbox not found|recipient not found|empf[aä]nger unbekannt|utilisateur inconnu"
    r"|usuario desconocido|gebruiker onbekend",
    re.IGNORECASE,
)
"""There is no such mailbox; a full one, or one that turned us away, may work again."""


def returned(text: str, ref: str, event_id: str, now: datetime) -> Report:
    """`text`: of the mail that came back, with its subject; `ref`: our own of the mail that we had sent."""
    code = _STATUS.search(text) or _REPLY.search(text)
    return Report(
        event_id=event_id,
        kind="bounce",
        news=News.LOST,
        ref=ref,
        happened_at=now,
        code=code[1] if code else None,
        invalid=bool(_NOBODY.search(text)),
    )
