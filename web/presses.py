"""The button of the way out: programs that try out a mail press it, too. One that looks like theirs is asked for again.

Nobody is kept from leaving: the second press counts whoever sends it, and so does the request of a mail program. Coming
back is another matter: nobody may be written to again because a program pressed a button.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import parse_qs

from starlette.datastructures import Headers

from casework.rules import rules_of
from models.answers import open_link, token_sha256
from models.closed_again import case_of
from models.doubts import arrived_at
from models.store import Store
from policy.authenticity import Deed, Submission, Visit
from policy.presses import is_a_persons_press, is_a_persons_return
from policy.rules import MachineRules
from vocabulary import LinkPurpose
from web.nonce import Nonces
from web.visits import Visits, signals_of, visitor_of

Judge = Callable[[Submission, Sequence[Visit], MachineRules], bool]

_MOST_FIELDS = 20
_ONE_CLICK = b"one-click"
"""In what a mail program posts, as one form or the other (RFC 8058, 3.1 and 3.2): it counts at once."""


class Presses:
    def __init__(self, store: Store, clock: Callable[[], datetime], nonces: Nonces, visits: Visits) -> None:
        self._store = store
        self._clock = clock
        self._nonces = nonces
        self._visits = visits

    def again(self, token: str, body: bytes, headers: Headers) -> str | None:
        """What the form of the second press has to bring along. None when this press counts."""
        now = self._clock()
        if is_one_click(body) or self._is_second(token, body, now):
            return None
        believed = self._believes(is_a_persons_press, token, headers, now)
        return self._nonces.issue(token, now) if believed is False else None

    def again_to_return(self, token: str, body: bytes, headers: Headers, *, seen: str) -> str | None:
        """The same for taking an opt-out back: everybody presses twice, and what looks like a program never counts.

        `seen`: what is refused now, as one word: a second press takes back what the first one meant, and no more.
        """
        now, bound = self._clock(), f"{token} returns from {seen}"  # so the form of leaving does not do either
        if _fields(body).get("website"):
            self._note_trapped(token, headers, now)
        believed = self._believes(is_a_persons_return, token, headers, now)
        if believed is None or (believed and self._is_second(bound, body, now)):
            return None
        return self._nonces.issue(bound, now)

    def _is_second(self, bound: str, body: bytes, now: datetime) -> bool:
        return self._nonces.read(_fields(body).get("again", ""), bound, now) is not None

    def _note_trapped(self, token: str, headers: Headers, now: datetime) -> None:
        """The visitor has filled in the field that people do not see."""
        with self._store.read() as db:
            case_id = case_of(db, token_sha256(token), (LinkPurpose.UNSUBSCRIBE,))
        if case_id is not None:
            self._visits.note(case_id, Visit(now, visitor_of(headers), Deed.FIELD))

    def _believes(self, judge: Judge, token: str, headers: Headers, now: datetime) -> bool | None:
        """None for a token that is none of ours."""
        with self._store.read() as db:
            link = open_link(db, token, (LinkPurpose.UNSUBSCRIBE,), now)
            if link is None:
                return None
            rules = rules_of(db, link.policy_version).survey.machines
            press = Submission(at=now, arrived_at=arrived_at(db, link), rating=None, comment=False,
                               visitor=visitor_of(headers), signals=signals_of(headers))  # fmt: skip
        return judge(press, self._visits.of(link.case_id, now), rules)


def is_one_click(body: bytes) -> bool:
    """Whether a mail program says that its user wants to leave."""
    return _ONE_CLICK in body.lower()


def _fields(body: bytes) -> dict[str, str]:
    try:
        read = parse_qs(body.decode("ascii", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:  # more fields than any form of ours has
        return {}
    return {name: values[0] for name, values in read.items()}
