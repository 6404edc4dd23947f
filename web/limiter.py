"""How often links that lead nowhere may be tried: by one address, and by one beginning of a token.

In this process's memory alone, and bounded. No address of a network is kept: only a hash of it, with a salt that ends
with the process. Links that lead somewhere and whatever a customer sends are never limited, so people behind one
office's address do not feel it. What the bounds forget, or another process counts, speaks for the visitor.
"""

import hashlib
import ipaddress
import secrets
from collections import OrderedDict
from datetime import datetime
from threading import Lock

from fastapi import Request

_PER_SECOND = 30 / 60
_BURST = 60.0
_BUCKETS = 10_000
_PREFIX = 8
"""Letters of a token: forty bits of its hundred and sixty."""
_SITE_BITS = 64
"""Of an IPv6 address: what one customer of a network provider has at least."""


class Limiter:
    """Token buckets. `proxies`: how many stand in front of us and add to X-Forwarded-For."""

    def __init__(self, proxies: int, buckets: int = _BUCKETS) -> None:
        self._proxies = proxies
        self._most = buckets
        self._salt = secrets.token_bytes(16)
        self._known: OrderedDict[bytes, tuple[float, datetime]] = OrderedDict()
        self._lock = Lock()  # pages are made in several threads

    def refuses(self, request: Request, token: str | None, now: datetime) -> bool:
        """Whether this visit to a link that leads nowhere is one too many. It counts in any case."""
        names = [address_of(request, self._proxies), token and token[:_PREFIX]]
        with self._lock:
            taken = [self._take(f"{at}:{name}", now) for at, name in enumerate(names) if name]
        return not all(taken)

    def _take(self, name: str, now: datetime) -> bool:
        key = hashlib.blake2b(name.encode(), key=self._salt, digest_size=16).digest()
        left, since = self._known.pop(key, (_BURST, now))
        left = min(_BURST, left + max(0.0, (now - since).total_seconds()) * _PER_SECOND)
        taken = left >= 1
        self._known[key] = (left - taken, now)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return taken

    def __len__(self) -> int:
        return len(self._known)


def address_of(request: Request, proxies: int) -> str | None:
    """Whose request it is: an IPv4 address or the /64 of an IPv6 one; None when that cannot be known.

    Without proxies a peer on this machine is a proxy that nobody told us of: everybody would share its address.
    """
    if proxies:
        said = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
        return _site(said[-proxies]) if len(said) >= proxies else None
    found = _site(request.client.host) if request.client else None
    return None if found and ipaddress.ip_network(found).is_loopback else found


def _site(text: str) -> str | None:
    bare = text.strip()
    bare = bare.partition("]")[0].lstrip("[") if bare.startswith("[") else bare
    bare = bare.partition(":")[0] if bare.count(":") == 1 else bare  # a port
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None) or address
    bits = _SITE_BITS if mapped.version == 6 and not mapped.is_loopback else mapped.max_prefixlen
    return str(ipaddress.ip_network((mapped, bits), strict=False))
