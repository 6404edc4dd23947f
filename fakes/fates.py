"""What happens to a message after it was taken: decided by the address alone, so that a test can ask for it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: after how many seconds, and what it says beyond the common fields."""

    after_s: float
    event: str
    about: Mapping[str, Any] = field(default_factory=dict)


_OK = {"response": "250 2.0.0 OK"}
_GONE = {"reason": "550 5.1.1 The email account that you tried to reach does not exist", "status": "5.1.1",
         "type": "bounce", "bounce_classification": "Invalid Address"}  # fmt: skip
_BLOCKED = {"reason": "550 5.7.1 Message blocked by policy", "status": "5.7.1", "type": "blocked",
            "bounce_classification": "Content"}  # fmt: skip
_WAIT = {"response": "451 4.7.1 Greylisted, try again later"}
_AGENT = {"useragent": "Mozilla/5.0 (a fake reader)", "ip": "192.0.2.7"}
_PROCESSED, _DELIVERED = Happening(0.5, "processed"), Happening(1.0, "delivered", _OK)

MAIL_FATES: Mapping[str, Sequence[Happening]] = {
    "bounce": (_PROCESSED, Happening(1.0, "bounce", _GONE)),
    "blocked": (_PROCESSED, Happening(1.0, "bounce", _BLOCKED)),
    "latebounce": (_PROCESSED, _DELIVERED, Happening(3.0, "bounce", _GONE | {"asynchronous": True})),
    "dropped": (Happening(0.5, "dropped", {"reason": "Bounced Address", "status": "5.1.1"}),),
    "spam": (_PROCESSED, _DELIVERED, Happening(3.0, "spamreport")),
    "leaves": (_PROCESSED, _DELIVERED, Happening(3.0, "unsubscribe", _AGENT)),
    "slow": (
        _PROCESSED,
        Happening(1.0, "deferred", _WAIT | {"attempt": "1"}),
        Happening(2.0, "deferred", _WAIT | {"attempt": "2"}),
        Happening(4.0, "delivered", _OK),
    ),
    "never": (_PROCESSED, Happening(1.0, "deferred", _WAIT | {"attempt": "1"})),
    "reads": (
        _PROCESSED,
        _DELIVERED,
        Happening(2.0, "open", _AGENT | {"sg_machine_open": False}),
        Happening(3.0, "click", _AGENT | {"url": "https://example.com/", "url_offset": {"index": 0, "type": "html"}}),
    ),
    "machine": (_PROCESSED, _DELIVERED, Happening(1.0, "open", _AGENT | {"sg_machine_open": True})),
    "strange": (_PROCESSED, Happening(0.7, "levitated", {"height": {"metres": 3}}), _DELIVERED),
    "silent": (),
}
"""By the beginning of the local part. `asynchronous` is no field of an event: it leaves out the message's id."""


def mail_fate(address: str) -> Sequence[Happening]:
    local = address.partition("@")[0].lower()
    fate = next((fate for beginning, fate in MAIL_FATES.items() if local.startswith(beginning)), None)
    return (_PROCESSED, _DELIVERED) if fate is None else fate


SMS_REFUSALS: Mapping[str, tuple[int, int, str]] = {
    "0211": (400, 21211, "Invalid 'To' Phone Number"),
    "0408": (400, 21408, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"),
    "0606": (400, 21606, "The 'From' phone number provided is not a valid message-capable Twilio phone number"),
    "0610": (400, 21610, "Attempt to send to unsubscribed recipient"),
    "0612": (400, 21612, "Message cannot be sent with the current combination of 'To' and/or 'From' parameters"),
    "0614": (400, 21614, "'To' number is not a valid mobile number"),
    "0429": (429, 20429, "Too Many Requests"),
    "0403": (403, 20403, "Forbidden"),
    "0107": (400, 14107, "SMS send rate limit exceeded"),
}
"""Of a number by its last four digits: status, code and text of the answer."""

SMS_FAILURES: Mapping[str, tuple[str, int]] = {
    "3003": ("undelivered", 30003),
    "3004": ("undelivered", 30004),
    "3005": ("undelivered", 30005),
    "3006": ("undelivered", 30006),
    "3007": ("undelivered", 30007),
    "3008": ("undelivered", 30008),
    "3034": ("undelivered", 30034),
    "3001": ("failed", 30001),
}
"""Taken at first, and then: the last status and its ErrorCode."""
_SILENT = "0000"


def sms_fate(number: str) -> Sequence[Happening]:
    """Statuses after the first one ("queued"), of which Twilio tells nobody."""
    ending = re.sub(r"[^0-9]", "", number)[-4:]
    if ending == _SILENT:
        return ()
    sent = Happening(0.5, "sent")
    if ending in SMS_FAILURES:
        status, code = SMS_FAILURES[ending]
        failure = Happening(1.0, status, {"ErrorCode": str(code)})
        return (failure,) if status == "failed" else (sent, failure)
    return (sent, Happening(1.0, "delivered"))
