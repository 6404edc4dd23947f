"""What Twilio's answers and error numbers mean, for every channel that goes through its Messages API.

The numbers are the same in an answer to a request and in a status callback.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from channels.lanes import REFUSALS, Answer, in_seconds, seconds_in
from channels.protocol import AddressFault, Outcome, Receipt
from vocabulary import Cause

CODE_MEANING = {
    20003: Outcome.STOPPED,  # the credentials are wrong
    20005: Outcome.STOPPED,  # the account is not active
    20429: Outcome.LATER,  # too many requests: not processed
    14107: Outcome.LATER,  # too many messages for now
}
"""What a refusal (4xx) means by the error number in it. Every other one is about this message: REJECTED."""

ADDRESS_FAULTS = {
    21211: AddressFault.INVALID,  # no telephone number
    21614: AddressFault.INVALID,  # not a mobile number
    30005: AddressFault.INVALID,  # nobody has it
    30006: AddressFault.INVALID,  # a landline, or a carrier that cannot be reached
    21610: AddressFault.OPTED_OUT,  # has sent STOP to this sender
}
"""What an error number says of the recipient's number for all time. Others are of this message or this moment."""

CAUSES = {
    30003: Cause.AWAY,  # the handset is off or out of reach
    30007: Cause.SENDER,  # filtered by the carrier
    30034: Cause.SENDER,  # a number of the US that is not registered (10DLC)
}
"""What an error number says of this moment, or of us."""

_FAILED = frozenset({"failed", "undelivered", "canceled"})
_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")


def receipt_of(ref: str, answer: Answer, now: datetime) -> Receipt:
    """What became of the message `ref`, by what Twilio answered at `now`."""
    status, told = answer.status, object_of(answer.body)
    if status == httpx.codes.CREATED:
        return taken(ref, told)
    if httpx.codes.is_redirect(status):
        return Receipt(ref=ref, outcome=Outcome.LATER, code="redirect")
    code = _code(told.get("code"))
    outcome = _refusal(status, code)
    wait_s = seconds_in(answer.headers.get("Retry-After", "")) if outcome is Outcome.LATER else None
    return Receipt(
        ref=ref,
        outcome=outcome,
        code=str(status if code is None else code),
        retry_at=None if wait_s is None else in_seconds(now, wait_s),
        address=ADDRESS_FAULTS.get(code or 0) if outcome is Outcome.REJECTED else None,
        cause=CAUSES.get(code or 0) if outcome is Outcome.REJECTED else None,
    )


def taken(ref: str, told: Mapping[str, Any]) -> Receipt:
    """What a 201, or an item of the list of messages, says of a message.

    Twilio calls nobody back for the first status, so a failure that is known at once is said here only.
    """
    sid, status = told.get("sid"), told.get("status")
    if not isinstance(sid, str) or not _SID.fullmatch(sid):
        return Receipt(ref=ref, outcome=Outcome.UNKNOWN, code="201")
    if status in _FAILED:
        code = _code(told.get("error_code"))
        return Receipt(
            ref=ref,
            outcome=Outcome.REJECTED,
            code=str(code or status),
            provider_id=sid,
            address=ADDRESS_FAULTS.get(code or 0),
            cause=CAUSES.get(code or 0),
        )
    return Receipt(ref=ref, outcome=Outcome.ACCEPTED, code="201", provider_id=sid)


def _refusal(status: int, code: int | None) -> Outcome:
    """Where a status speaks of credentials, set-up or haste, the number beside it changes nothing.

    But 403 is said of an account and of a region alike.
    """
    by_status = REFUSALS.get(status, Outcome.UNKNOWN)
    if code is None or not 400 <= status < 500:
        return by_status
    if status == httpx.codes.FORBIDDEN:
        return Outcome.REJECTED if _about_a_message(code) else by_status
    if by_status in (Outcome.LATER, Outcome.STOPPED):
        return by_status
    return CODE_MEANING.get(code, Outcome.REJECTED)


def object_of(body: bytes | None) -> Mapping[str, Any]:
    """The answer as JSON; empty when it is something else."""
    try:
        told = json.loads(body or b"")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _code(value: object) -> int | None:
    return value if isinstance(value, int) and 0 < value < 1_000_000 and not isinstance(value, bool) else None


def _about_a_message(code: int) -> bool:
    """Whether an error number is of those that speak of a message and its recipient, not of the account."""
    return 21_000 <= code < 22_000 or 30_000 <= code < 31_000
