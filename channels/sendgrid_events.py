"""What SendGrid's Event Webhook tells. Nothing in here raises because of what was sent."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from channels.report import Report, instant_of, kind_of
from channels.sendgrid_payload import SEND_ARG
from vocabulary import News

_ID = re.compile(r"[!-~]{1,100}")
_REF = re.compile(r"[A-Za-z0-9_-]{1,100}")
_MESSAGE_ID = re.compile(r"[!-~]{1,200}")
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}|[245][0-9]{2}")

_NEWS = {
    "processed": News.TAKEN,
    "deferred": News.DELAYED,
    "delivered": News.ARRIVED,
    "dropped": News.LOST,
    "bounce": News.LOST,
    "blocked": News.BLOCKED,
    "spamreport": News.SPAM,
}
"""Words that are not here, such as open and click, are kept and drive nothing: programs open mails too."""
_OBJECTIONS = frozenset({"spamreport", "unsubscribe", "group_unsubscribe"})
_DROPPED = {"bounced address": "bounced before", "invalid": "invalid", "unsubscribed address": "unsubscribed",
            "spam reporting address": "reported spam", "spam content": "spam content"}  # fmt: skip
"""Why SendGrid dropped a mail, from its list of reasons; other texts are not kept."""
_INVALID = frozenset({"bounced before", "invalid"})


MOST_EVENTS = 3000
"""In one post: a MiB of them as SendGrid writes them. Each is a row, and what follows from it."""


class NotEvents(ValueError):
    """The body is no JSON."""


class TooManyEvents(ValueError):
    """The body holds more than are worked on at once; nothing of it was looked at."""


def read_events(body: bytes, now: datetime) -> list[Report]:
    """What the body tells, each event once; what is no event is passed over. Raises `NotEvents`, `TooManyEvents`."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise NotEvents from None
    events = found if isinstance(found, list) else [found]
    if len(events) > MOST_EVENTS:
        raise TooManyEvents
    reports = (_report(event, now) for event in events)
    return list({report.event_id: report for report in reports if report is not None}.values())


def _report(event: Any, now: datetime) -> Report | None:
    kind = kind_of(event.get("event")) if isinstance(event, dict) else ""
    if not kind:
        return None
    blocked = kind == "bounce" and kind_of(event.get("type")) == "blocked"
    code = _code(kind, event)
    return Report(
        event_id=_event_id(event),
        kind=kind,
        news=_NEWS.get("blocked" if blocked else kind),
        ref=_text(event.get(SEND_ARG), _REF),
        provider_id=_provider_id(event),
        happened_at=instant_of(event.get("timestamp"), now),
        code="blocked" if blocked else code,
        address=_address(event.get("email")),
        invalid=(kind == "bounce" and not blocked) or (kind == "dropped" and code in _INVALID),
        objects=kind in _OBJECTIONS,
    )


def _event_id(event: Mapping[str, Any]) -> str:
    """SendGrid's own, without the padding that some of its servers add; else a hash of what the event says."""
    given = _text(event.get("sg_event_id"), _ID)
    if given is not None and given.rstrip("="):
        return given.rstrip("=")
    said = sorted((name, str(value)) for name, value in event.items() if isinstance(value, str | int | float))
    return "sha256:" + hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _provider_id(event: Mapping[str, Any]) -> str | None:
    """What SendGrid answered as X-Message-Id: the beginning of sg_message_id and of smtp-id. Late bounces have none."""
    given = _text(event.get("sg_message_id"), _MESSAGE_ID)
    if given is not None:
        return given.partition(".")[0] or None
    smtp = _text(event.get("smtp-id"), _MESSAGE_ID)
    return (smtp.strip("<>").partition("@")[0] or None) if smtp is not None else None


def _code(kind: str, event: Mapping[str, Any]) -> str | None:
    reason = event.get("reason")
    if kind == "dropped" and isinstance(reason, str) and reason.lower() in _DROPPED:
        return _DROPPED[reason.lower()]
    return _text(event.get("status"), _STATUS)


def _address(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= 320 and value.isprintable() else None


def _text(value: Any, form: re.Pattern[str]) -> str | None:
    return value if isinstance(value, str) and form.fullmatch(value) else None
