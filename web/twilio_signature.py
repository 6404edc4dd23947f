"""Twilio's signature: HMAC-SHA1 over the public address and the form's fields. Nothing in here raises because of what
was sent; whatever is not well-formed is simply not signed."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import Headers

_HEADER = "x-twilio-signature"
_LENGTH = 28
"""Of 20 bytes in base64."""
_PORTS = {"http": 80, "https": 443}


def is_from_twilio(headers: Headers, url: str, fields: Sequence[tuple[str, str]], token: str) -> bool:
    """Whether who knows `token` signed these fields for this address.

    `url`: as Twilio has it, from our settings and never from the request's own headers, with the query. Twilio signs
    it with the port or without, so both are tried.
    """
    given = headers.getlist(_HEADER)
    if len(given) != 1 or len(given[0]) != _LENGTH or not given[0].isascii():
        return False
    distinct = sorted(set(fields))
    said = "".join(f"{name}{value}" for name, value in distinct)
    wanted = [signature(address + said, token) for address in _spellings(url)]
    return sum(hmac.compare_digest(given[0], one) for one in wanted) > 0


def signature(text: str, token: str) -> str:
    digest = hmac.digest(token.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha1)
    return base64.b64encode(digest).decode("ascii")


def _spellings(url: str) -> list[str]:
    base, mark, query = url.partition("?")
    parts = urlsplit(base)
    port = parts.port or _PORTS.get(parts.scheme, 0)
    host = parts.netloc.removesuffix(f":{port}")
    return [urlunsplit(parts._replace(netloc=netloc)) + mark + query for netloc in (host, f"{host}:{port}")]
