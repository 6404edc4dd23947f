"""Passwords of staff: argon2id, and nothing that can be guessed."""

from collections.abc import Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.people import PersonError

SHORTEST, LONGEST = 12, 128
_SAFE_SCORE = 3
"""Of zxcvbn's 0 to 4: "safely unguessable", at least 10^8 guesses."""


def hash_password(password: str, about: Sequence[str] = ()) -> str:
    """The hash to keep; PersonError for a password that is too short or easy to guess. `about`: words that the person
    would think of first, such as their name."""
    from zxcvbn import zxcvbn  # its word lists take a while to read, and passwords are seldom set

    if not SHORTEST <= len(password) <= LONGEST:
        raise PersonError(f"a password has {SHORTEST} to {LONGEST} characters; several words make a good one")
    if zxcvbn(password[:72], user_inputs=list(about))["score"] < _SAFE_SCORE:
        raise PersonError("that password is too easy to guess; take several words that do not belong together")
    return _hasher().hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """Takes as long for somebody who has no password, or is not known, as for everybody else."""
    try:
        right = _hasher().verify(password_hash or _nobodys(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody")
