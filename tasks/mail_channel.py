"""The adapters of mail, made from the settings. Only tasks pick a provider."""

from datetime import datetime

from pydantic import SecretStr

from channels.outbox import OutboxDirectory
from channels.sendgrid import SendGrid
from channels.smtp import Smtp
from config.settings import Settings, SettingsError, secret_from


def outbox_mail(settings: Settings, now: datetime) -> OutboxDirectory:
    return OutboxDirectory(settings.outbox, now=lambda: now)


def smtp(settings: Settings, now: datetime) -> Smtp:
    return Smtp(
        settings.smtp_host,
        settings.smtp_port,
        username=settings.smtp_username,
        password=secret_from(settings.smtp_password, settings.smtp_password_file),
        starttls=settings.smtp_starttls,
        timeout_s=settings.send_deadline_s,
        now=lambda: now,
    )


def sendgrid(settings: Settings, now: datetime) -> SendGrid:
    return SendGrid(
        settings.sendgrid_url,
        _sendgrid_key(settings),
        sandbox=settings.sendgrid_sandbox,
        timeout_s=settings.send_deadline_s,
        now=lambda: now,
    )


def _sendgrid_key(settings: Settings) -> SecretStr:
    key = secret_from(settings.sendgrid_api_key, settings.sendgrid_api_key_file)
    if key is None and settings.sendgrid_api_key_block:
        key = _from_prefect(settings.sendgrid_api_key_block)
    if not key:
        raise SettingsError(
            "AFTERCARE_MAIL is sendgrid, but there is no key: set AFTERCARE_SENDGRID_API_KEY, …_FILE, "
            "or …_BLOCK with the name of a Prefect Secret block."
        )
    return key


def _from_prefect(block: str) -> SecretStr:
    from prefect.blocks.system import Secret

    try:
        secret = Secret.load(block, _sync=True)  # type: ignore[call-arg]  # Prefect adds _sync to the signature
    except ValueError:
        raise SettingsError(f"AFTERCARE_SENDGRID_API_KEY_BLOCK: Prefect has no Secret block named {block!r}.") from None
    assert isinstance(secret, Secret)  # noqa: S101 - called from synchronous code, it is loaded by now
    return SecretStr(str(secret.get()))
