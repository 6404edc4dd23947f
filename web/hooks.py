"""What providers tell us: checked on the bytes as they came, written down once. What is not signed leaves no trace."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request
from fastapi.responses import Response
from starlette.background import BackgroundTask

from channels import sendgrid_events, twilio_signature, twilio_status
from config.settings import Settings, SettingsError, secret_from
from models.store import Store
from vocabulary import Channel
from web.bell import Bell, Sound
from web.bodies import FormBody, ReportBody
from web.news import TakenIn
from web.turns import Turns

_LOG = logging.getLogger("aftercare.web")
_RING_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class SendGridHook:
    keys: Sequence[sendgrid_events.Key]
    tolerance: timedelta


@dataclass(frozen=True, slots=True)
class TwilioHook:
    """`url` is the address under which Twilio knows us, up to the path."""

    token: str
    account: str | None
    url: str


def sendgrid_hook(settings: Settings) -> SendGridHook:
    """The keys in force, or `SettingsError`. Without a key every post is refused."""
    given = [(text, "AFTERCARE_SENDGRID_EVENT_KEYS") for text in settings.sendgrid_event_keys]
    file = settings.sendgrid_event_keys_file
    if file is not None:
        try:
            given += [(text, str(file)) for text in file.read_text(encoding="utf-8").split()]
        except OSError as error:
            raise SettingsError(f"{file}: the keys cannot be read ({error.strerror}).") from None
    keys = []
    for text, name in given:
        try:
            keys.append(sendgrid_events.event_key(text))
        except ValueError as error:
            raise SettingsError(f"{name}: a key {error}.") from None
    return SendGridHook(tuple(keys), timedelta(seconds=settings.event_tolerance_s))


def twilio_hook(settings: Settings) -> TwilioHook:
    """Without a token every callback is refused."""
    token = secret_from(settings.twilio_auth_token, settings.twilio_auth_token_file)
    return TwilioHook(token.get_secret_value() if token else "", settings.twilio_account_sid, settings.web_url)


class Hooks:
    def __init__(
        self, store: Store, clock: Callable[[], datetime], bell: Bell, sendgrid: SendGridHook, twilio: TwilioHook
    ) -> None:
        self._clock = clock
        self._bell = bell
        self._sendgrid = sendgrid
        self._twilio = twilio
        self._mails = Turns(store, "sendgrid", Channel.EMAIL)
        self._sms = Turns(store, "twilio", Channel.SMS)
        self._rung_at: datetime | None = None
        self._stale = 0

    def sendgrid_events(self, request: Request, body: ReportBody) -> Response:
        now, hook, header = self._clock(), self._sendgrid, request.headers.getlist
        stamps = header(sendgrid_events.TIMESTAMP_HEADER)
        if not sendgrid_events.is_signed(header(sendgrid_events.SIGNATURE_HEADER), stamps, body, hook.keys):
            return Response(status_code=401)
        if not sendgrid_events.is_fresh(stamps[0], now, hook.tolerance):
            return self._too_old()
        try:
            reports = sendgrid_events.read_events(body, now)
        except sendgrid_events.NotEvents:
            return Response(status_code=400)
        return self._answer(self._mails.take_in(reports, now), now)

    def twilio_status(self, ref: str, request: Request, body: FormBody) -> Response:
        now, hook = self._clock(), self._twilio
        form = twilio_signature.read_form(body)
        signatures = request.headers.getlist(twilio_signature.SIGNATURE_HEADER)
        if form is None or not twilio_signature.is_signed(signatures, hook.url + _target(request), form, hook.token):
            return Response(status_code=401)
        report = twilio_status.read_status(form, ref, now, account=hook.account)
        if report is None:
            return Response(status_code=400)
        return self._answer(self._sms.take_in([report], now), now)

    def _answer(self, taken: TakenIn, now: datetime) -> Response:
        ring = BackgroundTask(self._bell.ring, Sound.MESSAGE_FAILED) if taken.failed and self._may_ring(now) else None
        return Response(status_code=204, background=ring)

    def _may_ring(self, now: datetime) -> bool:
        """One ring starts a sweep that sees everything; a mass of bounces must not become a mass of rings."""
        if self._rung_at is not None and abs(now - self._rung_at) < _RING_EVERY:
            return False
        self._rung_at = now
        return True

    def _too_old(self) -> Response:
        """Counted, and told when the count has doubled: who repeats an old post must not fill the log."""
        self._stale += 1
        if self._stale & (self._stale - 1) == 0:
            remedy = "look at the clock, or raise AFTERCARE_EVENT_TOLERANCE_S"
            _LOG.warning("Posts of events refused, well signed but at another time: %d; %s.", self._stale, remedy)
        return Response(status_code=401)


def _target(request: Request) -> str:
    """Path and query as they were sent, in whatever case."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope["query_string"]
    return (path.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")
