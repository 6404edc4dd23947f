"""The providers of the demonstration: a SendGrid and a Twilio of our own, which send nothing to anybody."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from cli.demo.clock import StoryClock
from config.settings import Settings
from fakes.keys import Keys
from fakes.options import Options
from fakes.running import Fakes, in_background

_OURS = (
    "MAIL", "SMS", "SENDGRID", "TWILIO", "SMTP", "REPLY", "INBOUND", "EVENT", "PUBLIC_URL", "OUTBOUND", "WEBHOOKS",
    "SLACK",
)  # fmt: skip
"""The settings that begin like this say how messages go out and reports come in: here they name our own providers,
and of the story's concerns nobody else hears."""
_KEPT = 5000
"""More messages than the month has: all of them can be looked at."""
_SENDER = "+15005550006"


@contextmanager
def providers(settings: Settings, clock: StoryClock) -> Iterator[Fakes]:
    """Both of them, at the story's time. Until the context ends this process has settings for them and no others."""
    here = f"http://127.0.0.1:{settings.web_port}"
    options = Options(events_to=here, pace=0, held=True, keep=_KEPT, clock=lambda: clock().timestamp())
    before = dict(os.environ)
    with in_background(options, Keys.made()) as fakes:
        for name in [name for name in os.environ if name.removeprefix("AFTERCARE_").startswith(_OURS)]:
            if name.startswith("AFTERCARE_") and not name.startswith("AFTERCARE_MAIL_FROM"):
                del os.environ[name]
        os.environ.update(_settings_for(fakes, here))
        try:
            yield fakes
        finally:
            os.environ.clear()
            os.environ.update(before)


def _settings_for(fakes: Fakes, here: str) -> dict[str, str]:
    keys = fakes.keys
    return {
        "AFTERCARE_PUBLIC_URL": here,
        "AFTERCARE_MAIL": "sendgrid",
        "AFTERCARE_SENDGRID_URL": fakes.sendgrid_url,
        "AFTERCARE_SENDGRID_API_KEY": keys.sendgrid_api_key,
        "AFTERCARE_SENDGRID_EVENT_KEYS": keys.public_key,
        "AFTERCARE_REPLY_DOMAIN": "reply.example.com",
        "AFTERCARE_INBOUND_SECRET": keys.inbound_secret,
        "AFTERCARE_SENDGRID_INBOUND_KEYS": keys.inbound_public_key,
        "AFTERCARE_SMS": "twilio",
        "AFTERCARE_TWILIO_URL": fakes.twilio_url,
        "AFTERCARE_TWILIO_ACCOUNT_SID": keys.account_sid,
        "AFTERCARE_TWILIO_AUTH_TOKEN": keys.auth_token,
        "AFTERCARE_TWILIO_FROM": _SENDER,
    }
