"""What Twilio posts to us: is it Twilio's. Nothing in here raises because of what was sent.

What is signed has no date, and names and values run together: a post can be repeated for ever and cut in another place.
So who reads it does not look at unknown names, demands the exact form of numbers, and counts each post once.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit, urlunsplit

SIGNATURE_HEADER = "X-Twilio-Signature"
_MOST_FIELDS = 100
_PORTS = {"https": 443, "http": 80}

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


def only(form: Form, name: str) -> str:
    """The value of a field that is there once, else nothing."""
    values = form.get(name, ())
    return values[0] if len(values) == 1 else ""
