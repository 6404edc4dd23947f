"""What was done behind the links of a case in the last minutes, in this process's memory: looking writes no row.

Nothing depends on it but suspicion. What a restart, another process or the bounds forget speaks for the visitor only.
"""

import hashlib
import sys
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Lock

from starlette.datastructures import Headers

from policy.authenticity import Signals, Visit

_KEEP = timedelta(hours=1)
"""The longest that a policy may look back."""
_CASES = 10_000
_OF_CASE = 30
"""The newest visits; a filter that comes more often has shown what it is."""
_TELLING = ("user-agent", "accept-language")


class Visits:
    """Bounded: the cases visited last, each with its last visits."""

    def __init__(self, cases: int = _CASES, of_case: int = _OF_CASE) -> None:
        self._cases = cases
        self._of_case = of_case
        self._known: OrderedDict[int, list[Visit]] = OrderedDict()
        self._lock = Lock()  # pages are made in several threads

    def note(self, case_id: int, visit: Visit) -> None:
        with self._lock:
            kept = [one for one in self._known.pop(case_id, []) if visit.at - one.at <= _KEEP]
            self._known[case_id] = [*kept, visit][-self._of_case :]
            while len(self._known) > self._cases:
                self._known.popitem(last=False)

    def of(self, case_id: int, now: datetime) -> Sequence[Visit]:
        """Oldest first."""
        with self._lock:
            return [visit for visit in self._known.get(case_id, ()) if now - visit.at <= _KEEP]

    def __len__(self) -> int:
        return len(self._known)


def visitor_of(headers: Headers) -> str:
    """What tells programs apart, as a short hash. Addresses of networks are left out: people share them and change."""
    telling = "\n".join(headers.get(name, "") for name in _TELLING)
    return sys.intern(hashlib.blake2b(telling.encode(), digest_size=8).hexdigest())  # many visitors are alike


def signals_of(headers: Headers) -> Signals:
    return Signals(
        agent=headers.get("user-agent", "")[:500],
        language=bool(headers.get("accept-language", "").strip()),
        fetch="sec-fetch-mode" in headers,
        gesture=headers.get("sec-fetch-user", "") == "?1",
    )
