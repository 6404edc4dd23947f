"""What providers tell us: checked on the bytes as they came, written down once. What is not signed leaves no trace."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from starlette.background import BackgroundTask

from channels import sendgrid_events, twilio_signature, twilio_status
from config.settings import Settings, secret_from
from models.store import Store
from vocabulary import Channel
from web.bell import Bell, Sound
from web.bodies import FormBody, ReportBody
from web.news import TakenIn
from web.sendgrid_guard import SendGridGuard
from web.turns import Turns

_RING_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class TwilioHook:
    """`url` is the address under which Twilio knows us, up to the path."""

    token: str
    account: str | None
    url: str


def twilio_hook(settings: Settings) -> TwilioHook:
    """Without a token every callback is refused."""
    token = secret_from(settings.twilio_auth_token, settings.twilio_auth_token_file)
    return TwilioHook(token.get_secret_value() if token else "", settings.twilio_account_sid, settings.web_url)


class Hooks:
    def __init__(
        self, store: Store, clock: Callable[[], datetime], bell: Bell, sendgrid: SendGridGuard, twilio: TwilioHook
    ) -> None:
        self._clock = clock
        self._bell = bell
        self._sendgrid = sendgrid
        self._twilio = twilio
        self._mails = Turns(store, "sendgrid", Channel.EMAIL)
        self._sms = Turns(store, "twilio", Channel.SMS)
        self._rung_at: datetime | None = None

    def sendgrid_events(self, request: Request, body: ReportBody) -> Response:
        now, claimed = self._clock(), self._sendgrid.claim(request.headers)
        if claimed is not None:
            claimed.read(body)
        if not self._sendgrid.admits(claimed, now):
            return Response(status_code=401)
        try:
            reports = sendgrid_events.read_events(body, now)
        except sendgrid_events.NotEvents:
            return Response(status_code=400)
        except sendgrid_events.TooManyEvents:
            most = sendgrid_events.MOST_EVENTS
            return JSONResponse({"error": f"Send at most {most} events at once."}, status_code=413)
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


def _target(request: Request) -> str:
    """Path and query as they were sent, in whatever case."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope["query_string"]
    return (path.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")
