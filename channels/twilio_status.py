"""What Twilio's status callbacks tell of our messages. Nothing in here raises because of what was sent."""

import re
from datetime import datetime

from channels.protocol import AddressFault
from channels.report import Report, kind_of
from channels.twilio_answers import ADDRESS_FAULTS, CAUSES
from channels.twilio_signature import Form, only
from vocabulary import Cause, News

_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")
_REF = re.compile(r"[A-Za-z0-9_-]{1,100}")
_ERROR = re.compile(r"[1-9][0-9]{4}")

_NEWS = {
    "accepted": News.TAKEN,
    "scheduled": News.TAKEN,
    "queued": News.TAKEN,
    "sending": News.TAKEN,
    "sent": News.TAKEN,
    "delivered": News.ARRIVED,
    "read": News.ARRIVED,
    "undelivered": News.LOST,
    "failed": News.LOST,
    "canceled": News.LOST,
}
_LOST_TO = {Cause.AWAY: News.AWAY, Cause.SENDER: News.BARRED}


def read_status(form: Form, ref: str, now: datetime, *, account: str | None) -> Report | None:
    """What the callback tells of the message `ref`; None when it is not about an SMS of ours."""
    sid, status, code = (only(form, name) for name in ("MessageSid", "MessageStatus", "ErrorCode"))
    kind = kind_of(status)
    if not _SID.fullmatch(sid) or not kind or (account is not None and only(form, "AccountSid") != account):
        return None
    number = int(code) if _ERROR.fullmatch(code) else 0
    fault = ADDRESS_FAULTS.get(number)
    return Report(
        event_id=f"{sid}:{kind}",
        kind=kind,
        news=_news(kind, CAUSES.get(number)),
        ref=ref if _REF.fullmatch(ref) else None,
        provider_id=sid,
        happened_at=now,
        code=code if number else None,
        address=only(form, "To") or None,
        invalid=fault is AddressFault.INVALID,
        objects=fault is AddressFault.OPTED_OUT,
    )


def _news(kind: str, cause: Cause | None) -> News | None:
    news = _NEWS.get(kind)
    return _LOST_TO[cause] if news is News.LOST and cause is not None else news
