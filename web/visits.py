"""What was done behind each link in the last minutes, in this process's memory: to look at a page writes no row.

Nothing depends on it but suspicion. What a restart, another process or the bounds forget speaks for the visitor only.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Lock

from starlette.datastructures import Headers

from policy.authenticity import Signals, Visit

_KEEP = timedelta(hours=1)
"""The longest that a policy may look back."""
_LINKS = 10_000
_OF_LINK = 40
"""The newest visits of a link; a filter that opens it more often has shown what it is."""
_TELLING = ("user-agent", "accept-language")


class Visits:
    """Bounded: the links visited last, each with its last visits. Links are known by their hash."""

    def __init__(self, links: int = _LINKS, of_link: int = _OF_LINK) -> None:
        self._links = links
        self._of_link = of_link
        self._known: OrderedDict[bytes, list[Visit]] = OrderedDict()
        self._lock = Lock()  # pages are made in several threads

    def note(self, token: str, visit: Visit) -> None:
        key = _key(token)
        with self._lock:
            kept = [one for one in self._known.pop(key, []) if visit.at - one.at <= _KEEP]
            self._known[key] = [*kept, visit][-self._of_link :]
            while len(self._known) > self._links:
                self._known.popitem(last=False)

    def of(self, token: str, now: datetime) -> Sequence[Visit]:
        """Oldest first."""
        with self._lock:
            return [visit for visit in self._known.get(_key(token), ()) if now - visit.at <= _KEEP]

    def __len__(self) -> int:
        return len(self._known)


def visitor_of(headers: Headers) -> str:
    """What tells programs apart, as a short hash. Addresses of networks are left out: people share them and change."""
    telling = "\n".join(headers.get(name, "") for name in _TELLING)
    return hashlib.blake2b(telling.encode(), digest_size=8).hexdigest()


def signals_of(headers: Headers) -> Signals:
    return Signals(
        agent=headers.get("user-agent", "")[:500],
        language=bool(headers.get("accept-language", "").strip()),
        fetch="sec-fetch-mode" in headers,
        gesture=headers.get("sec-fetch-user", "") == "?1",
    )


def _key(token: str) -> bytes:
    return hashlib.blake2b(token.encode(), digest_size=16).digest()
