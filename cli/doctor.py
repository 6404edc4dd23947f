"""`doctor`: is everything in place, and what is to be done where it is not."""

import sqlite3
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import typer
from rich.console import Console
from rich.markup import escape
from sqlalchemy import func, select

from casework.stages import silent
from cli.clock import now
from cli.opening import here
from cli.outbound import findings
from cli.policy import check_places
from config.settings import SettingsError
from models.failures import reached_nobody
from models.tables import channel_states, columns, messages
from models.unread import waiting
from tasks.barred import barred_alarm
from tasks.channels import WAYS, in_use
from tasks.place import Place
from templates.render import check_templates
from vocabulary import Channel, Delivery
from web.inbound_door import InboundDoor
from web.sendgrid_guard import of_mail

_WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""SQLite versions with the fix for a rare corruption of the write-ahead log (several connections, tight timing)."""

_READ_WITHIN_DAYS = 1
"""A reply may be a concern, which is to be in somebody's hands within 24 hours."""

Finding = tuple[bool, str]


def doctor() -> None:
    """Check settings, policy, templates, store, Prefect server and outbox. Exit status 1 when something is wrong."""
    console = Console()
    opened = here()  # settings, policy and schema: a fault of these is one sentence and status 2
    wrong = 0
    for check in (_policy, _templates, _store, _server, _runs, _outbox, _staff, _channels, findings, _events, _replies,
                  _unread, _intake, _dns):  # fmt: skip
        for fine, text in check(opened):
            wrong += not fine
            console.print(
                f"[{'green' if fine else 'bold red'}]{'ok  ' if fine else 'TO DO'}[/] {escape(text)}", soft_wrap=True
            )
    if wrong:
        raise typer.Exit(1)


def _policy(opened: Place) -> Iterator[Finding]:
    check_places(opened.settings.policy_file, opened.policy)
    document = opened.policy.rules.document
    yield True, f"policy {document.number} version {document.version} (hash {opened.policy.version})"


def _templates(opened: Place) -> Iterator[Finding]:
    languages = opened.policy.rules.languages.offered
    check_templates(languages=languages)
    yield True, f"templates are complete; customers are offered {', '.join(languages)}"


def _store(opened: Place) -> Iterator[Finding]:
    if opened.store.engine.dialect.name != "sqlite":
        yield True, f"store: {opened.store.engine.url.render_as_string(hide_password=True)}"
        return
    yield True, f"store: SQLite in {opened.settings.home}"
    version = sqlite3.sqlite_version_info
    safe = (
        any(version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_RESET_FIXED)
        or version >= _WAL_RESET_FIXED[0]
    )
    yield (
        True,
        f"SQLite {sqlite3.sqlite_version}"
        + (
            ""
            if safe
            else ": has a rare fault of its write-ahead log with several writers (fixed in 3.51.3); for more than one "
            "worker use PostgreSQL"
        ),
    )


def _server(opened: Place) -> Iterator[Finding]:
    url = opened.settings.prefect_url
    try:
        httpx.get(f"{url}/api/ready", timeout=3, trust_env=False).raise_for_status()
    except httpx.HTTPError:
        yield False, f"Prefect server at {url} does not answer: `./aftercare up` starts it"
        return
    yield True, f"Prefect server at {url}"


def _runs(opened: Place) -> Iterator[Finding]:
    with opened.store.read() as db:
        told = silent(db, now(), opened.policy.rules.runs)
    yield told is None, told or "the stages run"


_COUNTED = (Delivery.DUE, Delivery.ACCEPTED, Delivery.DELIVERED, Delivery.FAILED, Delivery.UNKNOWN)


def _outbox(opened: Place) -> Iterator[Finding]:
    by_state = select(messages.c.state, func.count()).group_by(messages.c.state)
    with opened.store.read() as db:
        counts: dict[str, int] = dict(db.execute(by_state).tuples().all())
        stopped = db.execute(select(*columns(channel_states, "channel", "code", "try_again_at"))).all()
    due, taken, arrived, failed, parked = (counts.get(state, 0) for state in _COUNTED)
    sent = f"{taken + arrived} sent ({arrived} known to have arrived)"
    yield True, f"outbox: {due} due, {sent}, {failed} did not arrive, {parked} with unknown outcome"
    alarm = barred_alarm(now())
    if alarm:
        remedy = "register the sender with the carriers and look at what the texts say; nothing of it is tried again"
        yield False, f"{alarm}: {remedy}"
    for row in stopped:
        remedy = f"check its credentials and address; tried again at {row.try_again_at:%H:%M} UTC"
        yield False, f"channel {row.channel} is stopped ({row.code}): {remedy}"


def _staff(opened: Place) -> Iterator[Finding]:
    with opened.store.read() as db:
        concerns, bulletins = reached_nobody(db, now())
    if concerns:
        shown = ", ".join(map(str, concerns[:_SHOWN])) + (", …" if len(concerns) > _SHOWN else "")
        remedy = "tell somebody yourself, and correct the addresses in the policy (escalation.routes, management)"
        yield False, f"mail about these concerns reached nobody, neither the owner nor anybody above: {shown}: {remedy}"
    if bulletins:
        yield False, f"{bulletins} bulletins reached nobody: correct the addresses in the policy (review.bulletin_to)"


_SHOWN = 20


def _channels(opened: Place) -> Iterator[Finding]:
    for channel in in_use(opened.settings):
        try:
            provider = WAYS[channel].provider(opened.settings, now())
        except SettingsError as error:
            yield False, f"channel {channel} is not ready: {error}"
        else:
            yield True, f"channel {channel} goes through {provider.name}"
    if Channel.SMS not in in_use(opened.settings):
        yield True, "no SMS are sent: set AFTERCARE_SMS to twilio, or to outbox for files"
    elif not opened.settings.public_url and opened.settings.sms == "twilio":
        yield False, "Twilio cannot say what became of an SMS: set AFTERCARE_PUBLIC_URL to what it reaches"


def _events(opened: Place) -> Iterator[Finding]:
    settings, path = opened.settings, "/hooks/sendgrid/events"
    if settings.sendgrid_event_keys or settings.sendgrid_event_keys_file:
        yield True, f"SendGrid's events are taken at {settings.web_url}{path}"
    elif settings.mail == "sendgrid":
        remedy = f"set AFTERCARE_SENDGRID_EVENT_KEYS to the key of its Signed Event Webhook for {path}"
        yield False, f"SendGrid cannot tell which mails bounce or are dropped: {remedy}"


def _replies(opened: Place) -> Iterator[Finding]:
    settings = opened.settings
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


def _unread(opened: Place) -> Iterator[Finding]:
    with opened.store.read() as db:
        count, oldest = waiting(db)
    if oldest is not None:
        days = (now() - oldest).days
        told = f"replies that wait for a person: {count}, the oldest for {days} days; `./aftercare replies list`"
        yield days < _READ_WITHIN_DAYS, told


def _intake(opened: Place) -> Iterator[Finding]:
    settings = opened.settings
    if settings.intake_secrets or settings.intake_secrets_file:
        yield True, "services are accepted over HTTP"
    else:
        remedy = "set AFTERCARE_INTAKE_SECRETS to a whsec_… secret (files can be imported)"
        yield True, f"services are not accepted over HTTP: {remedy}"


def _dns(opened: Place) -> Iterator[Finding]:
    settings = opened.settings
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
