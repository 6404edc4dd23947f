"""Twilio's status callbacks: is it Twilio's, and what does it tell. Nothing in here raises because of what was sent.

What is signed has no date, and names and values run together: a callback can be repeated for ever and cut in another
place. So unknown names are not looked at, numbers must have their exact form, and each status counts once.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from channels.protocol import AddressFault
from channels.report import Report, kind_of
from channels.twilio_answers import ADDRESS_FAULTS
from vocabulary import News

SIGNATURE_HEADER = "X-Twilio-Signature"
_MOST_FIELDS = 100
_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")
_REF = re.compile(r"[A-Za-z0-9_-]{1,100}")
_ERROR = re.compile(r"[1-9][0-9]{4}")
_PORTS = {"https": 443, "http": 80}

_NEWS = {
    "accepted": News.TAKEN,
    "scheduled": News.TAKEN,
    "queued": News.TAKEN,
    "sending": News.TAKEN,
    "sent": News.TAKEN,
    "delivered": News.ARRIVED,
    "read": News.ARRIVED,
    "undelivered": News.LOST,
    "failed": News.LOST,
    "canceled": News.LOST,
}

Form = Mapping[str, Sequence[str]]


def read_form(body: bytes) -> Form | None:
    """The fields with all their values, or None when the body is no form."""
    form: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:  # not UTF-8, or more fields than any callback has
        return None
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def signature(url: str, form: Form, token: str) -> bytes:
    """HMAC-SHA1 over the address and the sorted fields, in base64 (Twilio: "Validating Signatures from Twilio")."""
    fields = "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))
    return base64.b64encode(hmac.digest(token.encode(), (url + fields).encode("utf-8", "replace"), hashlib.sha1))


def is_signed(signatures: Sequence[str], url: str, form: Form, token: str) -> bool:
    """Whether Twilio signed this for `url`, which is the public address as we know it, never as the sender says.

    Twilio signs some addresses with their port and some without, so both are tried.
    """
    if len(signatures) != 1 or not token:
        return False
    given = signatures[0].encode("utf-8", "replace")
    return sum(hmac.compare_digest(given, signature(one, form, token)) for one in _with_and_without_port(url)) > 0


def _with_and_without_port(url: str) -> Iterable[str]:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return ()
    host = parts.netloc.removesuffix(f":{port}")
    return tuple(urlunsplit(parts._replace(netloc=netloc)) for netloc in (host, f"{host}:{port}"))


def read_status(form: Form, ref: str, now: datetime, *, account: str | None) -> Report | None:
    """What the callback tells of the message `ref`; None when it is not about an SMS of ours."""
    sid, status, code = (_only(form, name) for name in ("MessageSid", "MessageStatus", "ErrorCode"))
    kind = kind_of(status)
    if not _SID.fullmatch(sid) or not kind or (account is not None and _only(form, "AccountSid") != account):
        return None
    fault = ADDRESS_FAULTS.get(int(code)) if _ERROR.fullmatch(code) else None
    return Report(
        event_id=f"{sid}:{kind}",
        kind=kind,
        news=_NEWS.get(kind),
        ref=ref if _REF.fullmatch(ref) else None,
        provider_id=sid,
        happened_at=now,
        code=code if _ERROR.fullmatch(code) else None,
        address=_only(form, "To") or None,
        invalid=fault is AddressFault.INVALID,
        objects=fault is AddressFault.OPTED_OUT,
    )


def _only(form: Form, name: str) -> str:
    """The value of a field that is there once, else nothing."""
    values = form.get(name, ())
    return values[0] if len(values) == 1 else ""
