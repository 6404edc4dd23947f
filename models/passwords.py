"""Passwords of staff: argon2id, and nothing that can be guessed."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.people import PersonError

SHORTEST, LONGEST = 12, 128
_WORD = re.compile(r"[^\W_]{3,}")
_OURS = ("aftercare", "password")
_SAFE_SCORE = 3
"""Of zxcvbn's 0 to 4: "safely unguessable", at least 10^8 guesses."""


def hash_password(password: str, about: Sequence[str] = ()) -> str:
    """The hash to keep; PersonError for a password that is too short or easy to guess. `about`: words that the person
    would think of first, such as their name."""
    from zxcvbn import zxcvbn  # its word lists take a while to read, and passwords are seldom set

    password = _composed(password)
    if not SHORTEST <= len(password) <= LONGEST:
        raise PersonError(f"a password has {SHORTEST} to {LONGEST} characters; several words make a good one")
    known = {word for text in (*about, *_OURS) for word in _WORD.findall(text.casefold())}
    own = _without(password, known)
    if any(zxcvbn(one[:72], user_inputs=[*known])["score"] < _SAFE_SCORE for one in (password, own)):
        raise PersonError("that password is too easy to guess; take several words that do not belong together, and none"
                          " of your name, your address, the company or this program")  # fmt: skip
    return _hasher().hash(password)


def _composed(password: str) -> str:
    """As typed. Only that some keyboards write é as two characters does not count (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFC", password)


def _without(password: str, known: Collection[str]) -> str:
    """What is left for somebody to guess who knows whose it is, and where."""
    left = password.casefold()
    for word in sorted(known, key=len, reverse=True):
        left = left.replace(word, "")
    return left


class Busy(Exception):
    """More passwords are to be looked at than this machine should look at: try again in a moment."""


class Room:
    """Two at a time: a hash takes a processor and 64 MiB. A few wait; whoever comes then is sent away, because each who
    waits keeps a thread from customers' pages.
    """

    def __init__(self, at_once: int = 2, waiting: int = 4) -> None:
        self._working = BoundedSemaphore(at_once)
        self._places = BoundedSemaphore(at_once + waiting)

    def __enter__(self) -> None:
        if not self._places.acquire(blocking=False):
            raise Busy
        self._working.acquire()

    def __exit__(self, *_: object) -> None:
        self._working.release()
        self._places.release()


ROOM = Room()
"""Of this process. Nobody hashes outside of it on a stranger's word."""


def is_password(password_hash: str | None, password: str) -> bool:
    """Takes as long for somebody who has no password, or is not known, as for everybody else."""
    password = _composed(password)
    if len(password) > LONGEST:
        password_hash, password = None, ""
    try:
        right = _hasher().verify(password_hash or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody")
