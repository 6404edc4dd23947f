"""How this installation is set up, for administrators to read: what is in force, and what is to be done."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import TZPATH

from casework.stages import silent
from config.settings import Settings, SettingsError
from config.targets import Target, WebhookTarget
from models.announcements import counts, stopped
from models.barred import barred
from models.my_day import stopped_channels
from policy.file import PolicyError, read_policy
from vocabulary import Channel, Delivery, Permission
from web import findings
from web.console.company_account import provider_of
from web.console.doors import Desk, Door, Page, Visit
from web.console.times import moment
from web.findings import Finding

PATH = "/console/settings"
_LATELY = timedelta(days=7)
_RESTART = "start `up` again"
_TIME_ZONES_YEARS = 1
"""Countries change their clocks every year; data of the year before is taken for good enough."""


class SetUp:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._settings = desk.settings

    def doors(self) -> tuple[Door, ...]:
        return (Door(path=PATH, needs=Permission.SETTINGS, handler=self.show),)

    def show(self, visit: Visit) -> Page:
        told = {title: list(found(self, visit)) for title, found in _SECTIONS}
        sections = [{"title": title, "lines": [{"fine": fine, "text": text.rstrip(".")} for fine, text in lines]}
                    for title, lines in told.items()]  # fmt: skip
        todo = sum(not fine for lines in told.values() for fine, _ in lines)
        return Page(template="set_up", values={"sections": sections, "open": todo})

    def policy(self, _visit: Visit) -> Iterator[Finding]:
        document = self._desk.rules.document
        yield True, f"policy {document.number}, “{document.title}”, version {document.version}"
        yield True, f"approved by {document.approved_by}, in force from {document.effective:%d %b %Y}"
        try:
            now = read_policy(self._settings.policy_file)
        except PolicyError as error:
            yield False, f"the policy file cannot be used, and nothing new begins: correct it. {error}"
            return
        yield True, f"hash of the file {now.version}"
        if now.rules != self._desk.rules:
            yield (
                False,
                f"the file has changed since the web application began, which works with what was before: {_RESTART}",
            )

    def channels(self, visit: Visit) -> Iterator[Finding]:
        resting = {row.channel: row for row in stopped_channels(visit.db)}
        for channel, told in _ways(self._settings).items():
            row = resting.get(channel)
            if row is None:
                yield told
                continue
            again = moment(row.try_again_at, visit.now, visit.person.zone)["text"]
            remedy = f"check its credentials and address, then {_RESTART}; tried again {again}"
            yield False, f"{told[1]}; it is stopped ({row.code}): {remedy}"
        yield from self._barred(visit)
        yield from findings.sender(self._settings)
        yield from findings.mail_to_staff(visit.db, visit.now)

    def _barred(self, visit: Visit) -> Iterator[Finding]:
        for one in barred(visit.db, visit.now - _LATELY):
            remedy = "register the sender with the carriers and look at what the texts say"
            yield False, f"carriers did not take {one.count} messages because of our sender ({one.code}): {remedy}"

    def targets(self, visit: Visit) -> Iterator[Finding]:
        if self._settings.outbound_loopback:
            remedy = "take AFTERCARE_OUTBOUND_LOOPBACK away, it is for trying out"
            yield False, f"announcements may go to this machine, unencrypted: {remedy}"
        if not self._settings.targets:
            how = "AFTERCARE_WEBHOOKS__<NAME>__URL or AFTERCARE_SLACK__<NAME>__URL would add one"
            yield True, f"no program and no chat hears of concerns: {how}"
        lately, resting = counts(visit.db, visit.now - _LATELY), stopped(visit.db)
        for name, target in self._settings.targets.items():
            yield _target(target, {state: many for (of, state), many in lately.items() if of == name},
                          resting.get(name))  # fmt: skip

    def incoming(self, visit: Visit) -> Iterator[Finding]:
        settings = self._settings
        yield from findings.events(settings)
        yield from findings.replies(settings)
        if settings.twilio_auth_token or settings.twilio_auth_token_file:
            yield True, "SMS and reports of Twilio's are taken, and their signatures checked"
        else:
            lacks = "no SMS and no reports of Twilio's are taken: AFTERCARE_TWILIO_AUTH_TOKEN lets us check them"
            yield settings.sms != "twilio", lacks
        yield from findings.unread(visit.db, visit.now)
        yield from findings.intake(settings)
        yield from findings.sources(settings)

    def staff(self, _visit: Visit) -> Iterator[Finding]:
        try:
            provider = provider_of(self._settings)
        except SettingsError as error:
            yield False, str(error)
            return
        if provider is None:
            yield True, "no identity provider: staff sign in by password. AFTERCARE_OIDC_ISSUER would name one"
        else:
            yield True, f"staff may sign in by the company's account at {self._settings.oidc_issuer}"

    def on_call(self, visit: Visit) -> Iterator[Finding]:
        texts = Channel.SMS in self._desk.writes_on
        yield from findings.on_call(visit.db, self._desk.rules, visit.now, texts=texts)

    def here(self, visit: Visit) -> Iterator[Finding]:
        told = silent(visit.db, visit.now, self._desk.rules.runs)
        yield told is None, told or "the stages run"
        languages = self._desk.rules.languages
        yield True, f"customers are offered {', '.join(languages.offered)}; others read {languages.fallback}"
        if self._desk.store.engine.dialect.name == "sqlite":
            yield findings.sqlite_version()
        else:
            yield True, "the store is in PostgreSQL"
        yield _time_zones(visit.now.year)


_SECTIONS: tuple[tuple[str, Callable[[SetUp, Visit], Iterator[Finding]]], ...] = (
    ("Policy", SetUp.policy),
    ("Channels", SetUp.channels),
    ("What comes in", SetUp.incoming),
    ("Who else hears of concerns", SetUp.targets),
    ("Staff", SetUp.staff),
    ("On call", SetUp.on_call),
    ("This installation", SetUp.here),
)


def _ways(settings: Settings) -> dict[Channel, Finding]:
    """How each channel is sent on. Whether a provider takes its credentials, only sending shows."""
    key = settings.sendgrid_api_key or settings.sendgrid_api_key_file or settings.sendgrid_api_key_block
    mail = {
        "outbox": (True, "e-mail is written into files"),
        "smtp": (True, "e-mail goes through an SMTP relay"),
        "sendgrid": (True, "e-mail goes through SendGrid") if key else
                    (False, "e-mail goes through SendGrid, without a key: set AFTERCARE_SENDGRID_API_KEY, or …_FILE"),
    }  # fmt: skip
    sms = {
        "off": (True, "SMS is off: AFTERCARE_SMS turns it on"),
        "outbox": (True, "SMS are written into files"),
        "twilio": _twilio(settings),
    }
    calls = True, "telephone: people call, from the list of calls"
    return {Channel.EMAIL: mail[settings.mail], Channel.SMS: sms[settings.sms], Channel.PHONE: calls}


def _twilio(settings: Settings) -> Finding:
    secret = settings.twilio_api_key_secret or settings.twilio_api_key_secret_file
    key = settings.twilio_api_key_sid and secret
    lacks = {
        "AFTERCARE_TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "AFTERCARE_TWILIO_AUTH_TOKEN, or …_FILE": settings.twilio_auth_token or settings.twilio_auth_token_file or key,
        "AFTERCARE_TWILIO_FROM": settings.twilio_from or settings.twilio_messaging_service_sid,
    }
    missing = [name for name, value in lacks.items() if not value]
    through = "SMS go through Twilio"
    return (False, f"{through}; to be set: {'; '.join(missing)}") if missing else (True, through)


def _target(target: Target, lately: Mapping[str, int], resting: Any) -> Finding:
    """By its name: its address may be as secret as a password."""
    kind = "webhook" if isinstance(target, WebhookTarget) else "chat"
    taken, given_up = (lately.get(state, 0) for state in (Delivery.ACCEPTED, Delivery.REJECTED))
    due = lately.get(Delivery.DUE, 0) + lately.get(Delivery.CLAIMED, 0)
    told = f"{kind} {target.name} hears of {', '.join(target.events)}: {taken} taken in 7 days, {due} due"
    look = f"`./aftercare outbound test {target.name}` says what it answers"
    if resting is not None:
        return False, f"{told}; stopped ({resting.code}): {look}"
    return (False, f"{told}, {given_up} given up: {look}") if given_up else (True, told)


def _time_zones(year: int) -> Finding:
    """Those of the system come first, as Python reads them."""
    release, whose = _release(), "the system"
    if release is None:
        release, whose = version("tzdata"), "the package tzdata"
    told = f"time zones are those of {whose}, {release}"
    if release[:4].isdigit() and int(release[:4]) >= year - _TIME_ZONES_YEARS:
        return True, told
    return False, f"{told}: deadlines may be an hour off where clocks were changed since; bring {whose} up to date"


def _release() -> str | None:
    """ "2026a", of the first folder with time zones; "of unknown release" where it does not say."""
    for folder in map(Path, TZPATH):
        if not (folder / "UTC").exists():
            continue
        for name in ("tzdata.zi", "+VERSION", "VERSION"):
            if (folder / name).is_file():
                with (folder / name).open(encoding="utf-8", errors="replace") as file:
                    return file.readline().removeprefix("# version ").strip()
        return "of unknown release"
    return None
