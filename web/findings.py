"""How the installation is set up, as far as the web can tell: for `doctor` and for the console's page of settings.

A finding is whether it is fine, and a sentence that names the remedy where it is not. No sentence holds a secret, nor
an address that is one.
"""

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection

from config.settings import Settings, SettingsError
from models.duty import coming_shifts
from models.failures import reached_nobody
from models.my_day import addresses_known
from models.unread import waiting
from policy.alarm import first_gap
from policy.rules import Rules
from web.inbound_door import InboundDoor
from web.sendgrid_guard import of_mail

Finding = tuple[bool, str]

_WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""SQLite versions with the fix for a rare corruption of the write-ahead log (several connections, tight timing)."""
_READ_WITHIN_DAYS = 1
"""A reply may be a concern, which is to be in somebody's hands within 24 hours."""
_SHOWN = 20
_ON_CALL_FOR = timedelta(days=7)


def sqlite_version() -> Finding:
    version = sqlite3.sqlite_version_info
    safe = version >= _WAL_RESET_FIXED[0] or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_RESET_FIXED
    )
    known = "has a rare fault of its write-ahead log with several writers (fixed in 3.51.3); for more than one worker"
    return True, f"SQLite {sqlite3.sqlite_version}" + ("" if safe else f": {known} use PostgreSQL")


def mail_to_staff(db: Connection, now: datetime) -> Iterator[Finding]:
    concerns, bulletins = reached_nobody(db, now)
    if concerns:
        shown = ", ".join(map(str, concerns[:_SHOWN])) + (", …" if len(concerns) > _SHOWN else "")
        remedy = "tell somebody yourself, and correct the addresses in the policy (escalation.routes, management)"
        yield False, f"mail about these concerns reached nobody, neither the owner nor anybody above: {shown}: {remedy}"
    if bulletins:
        yield False, f"{bulletins} bulletins reached nobody: correct the addresses in the policy (review.bulletin_to)"


def events(settings: Settings) -> Iterator[Finding]:
    path = "/hooks/sendgrid/events"
    if settings.sendgrid_event_keys or settings.sendgrid_event_keys_file:
        yield True, f"SendGrid's events are taken at {settings.web_url}{path}"
    elif settings.mail == "sendgrid":
        remedy = f"set AFTERCARE_SENDGRID_EVENT_KEYS to the key of its Signed Event Webhook for {path}"
        yield False, f"SendGrid cannot tell which mails bounce or are dropped: {remedy}"
    if settings.sms == "twilio" and not settings.public_url:
        yield False, "Twilio cannot say what became of an SMS: set AFTERCARE_PUBLIC_URL to what it reaches"


def replies(settings: Settings) -> Iterator[Finding]:
    try:
        door, guard = InboundDoor(settings), of_mail(settings)
    except SettingsError as error:
        yield False, f"replies by mail cannot be taken: {error}"
        return
    if not door.is_open and not settings.reply_domain:
        if guard.is_set:
            yield False, "AFTERCARE_SENDGRID_INBOUND_KEYS without AFTERCARE_INBOUND_SECRET: no mail is taken"
        yield True, f"replies by mail go to {settings.mail_from}: AFTERCARE_REPLY_DOMAIN lets us read them"
    elif not door.is_open:
        yield False, f"replies go to {settings.reply_domain} and are refused: set AFTERCARE_INBOUND_SECRET"
    elif not settings.reply_domain:
        yield False, "replies can be taken and nobody sends any: set AFTERCARE_REPLY_DOMAIN"
    else:
        by = ["SendGrid's signature"] * guard.is_set + ["its secret address"] + ["a login"] * door.has_login
        more = "" if guard.is_set else "; AFTERCARE_SENDGRID_INBOUND_KEYS would have the signature checked as well"
        yield True, f"replies by mail are taken for {settings.reply_domain}, protected by {', '.join(by)}{more}"


def unread(db: Connection, now: datetime) -> Iterator[Finding]:
    count, oldest = waiting(db)
    if oldest is not None:
        days = (now - oldest).days
        told = f"replies that wait for a person: {count}, the oldest for {days} days; `./aftercare replies list`"
        yield days < _READ_WITHIN_DAYS, told


def on_call(db: Connection, rules: Rules, now: datetime, *, texts: bool) -> Iterator[Finding]:
    """Who is told of a danger in the coming days. `texts`: whether text messages are sent here."""
    until = now + _ON_CALL_FOR
    shifts = [row for row in coming_shifts(db, now) if row.starts_at < until]
    if not shifts:
        yield True, "nobody is on call: of a danger each department's owner is told (console, On call)"
        return
    for route in rules.escalation.routes:
        own = [(row.starts_at, row.ends_at) for row in shifts if row.department in (route.department, "*")]
        gap = first_gap(own, now, until)
        if gap is not None:
            whom = "all other departments" if route.department == "*" else route.department
            yield False, f"nobody is on call for {whom} at {gap:%Y-%m-%d %H:%M} UTC: add a shift (console, On call)"
    for name in sorted({row.name for row in shifts if not row.phone}):
        yield False, f"{name} is on call without a mobile number: alerts go by mail only"
    known = addresses_known(db)
    for name in sorted({row.name for row in shifts if row.email not in known}):
        yield False, f"{name} is on call and cannot sign in to take an alarm: let them in (console, People)"
    if not texts:
        yield False, "alerts about dangers go by mail only: set AFTERCARE_SMS, which sends text messages"
    yield True, f"on call: {len(shifts)} shifts in the next {_ON_CALL_FOR.days} days"


def sources(settings: Settings) -> Iterator[Finding]:
    """Whether it can be told who tries to sign in."""
    if settings.public_url.startswith("https://") and not settings.trusted_proxies:
        remedy = "set AFTERCARE_TRUSTED_PROXIES to how many stand in front of the web application"
        yield False, f"everybody seems to come from the proxy, so guesses at passwords count for everybody: {remedy}"


def intake(settings: Settings) -> Iterator[Finding]:
    if settings.intake_secrets or settings.intake_secrets_file:
        yield True, "services are accepted over HTTP"
    else:
        remedy = "set AFTERCARE_INTAKE_SECRETS to a whsec_… secret (files can be imported)"
        yield True, f"services are not accepted over HTTP: {remedy}"


def sender(settings: Settings) -> Iterator[Finding]:
    if settings.mail == "outbox":
        yield True, f"mails are written to {settings.outbox}, none is sent: set AFTERCARE_MAIL to smtp or sendgrid"
        return
    domain = settings.mail_from.rpartition("@")[2]
    yield True, f"mail by {settings.mail} from {settings.mail_from}"
    yield True, f"not checked here, to be set in DNS: {', '.join(_records(domain))}"
    host = urlsplit(settings.web_url).hostname
    reached = host not in ("127.0.0.1", "localhost")
    yield reached, f"links in mails lead to {host}: AFTERCARE_PUBLIC_URL is what customers reach"


def _records(domain: str) -> list[str]:
    return [f"SPF (TXT {domain})", f"DKIM (TXT selector._domainkey.{domain})", f"DMARC (TXT _dmarc.{domain})"]
