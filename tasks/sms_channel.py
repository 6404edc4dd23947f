"""The adapters of SMS, made from the settings. Only tasks pick a provider."""

from datetime import datetime
from typing import NoReturn

from channels.outbox_texts import OutboxTexts
from channels.twilio import Twilio
from channels.twilio_account import Credentials
from config.settings import Settings, SettingsError, secret_from


def outbox_texts(settings: Settings, now: datetime) -> OutboxTexts:
    return OutboxTexts(settings.outbox, now=lambda: now)


def twilio(settings: Settings, now: datetime) -> Twilio:
    return Twilio(
        settings.twilio_url,
        _credentials(settings),
        sender=settings.twilio_messaging_service_sid
        or settings.twilio_from
        or _missing("AFTERCARE_TWILIO_FROM (a number such as +491701234567) or AFTERCARE_TWILIO_MESSAGING_SERVICE_SID"),
        status_url=f"{settings.public_url}/hooks/twilio/status" if settings.public_url else None,
        timeout_s=settings.send_deadline_s,
        now=lambda: now,
    )


def _credentials(settings: Settings) -> Credentials:
    """An API key when there is one: it can be revoked alone, and it cannot read the account."""
    account = settings.twilio_account_sid or _missing("AFTERCARE_TWILIO_ACCOUNT_SID (AC and 32 digits)")
    if settings.twilio_api_key_sid:
        key_secret = secret_from(settings.twilio_api_key_secret, settings.twilio_api_key_secret_file)
        wanted = "AFTERCARE_TWILIO_API_KEY_SECRET or …_FILE, the secret of AFTERCARE_TWILIO_API_KEY_SID"
        return Credentials(account, settings.twilio_api_key_sid, key_secret or _missing(wanted))
    token = secret_from(settings.twilio_auth_token, settings.twilio_auth_token_file)
    wanted = "AFTERCARE_TWILIO_AUTH_TOKEN or …_FILE, or an API key (AFTERCARE_TWILIO_API_KEY_SID and …_SECRET)"
    return Credentials(account, account, token or _missing(wanted))


def _missing(what: str) -> NoReturn:
    raise SettingsError(f"AFTERCARE_SMS is twilio: set {what}.")
