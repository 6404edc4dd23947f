"""Places and secrets, from the environment (prefix `AFTERCARE_`) or files that it names. Numbers are in the policy."""

import os
import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config.targets import ByName, ChatTarget, Target, WebhookTarget, by_name, named

ROOT = Path(__file__).parent.parent
"""The folder of the project: prefect.yaml, templates and the default policy stand here."""


_PREFIX = "AFTERCARE_"
_WITHIN = "__"
"""Between the parts of a variable's name: AFTERCARE_WEBHOOKS__CRM__URL."""


class SettingsError(Exception):
    """The environment cannot be used. One line per fault: variable and what is allowed."""


def _shaped(pattern: str, like: str) -> AfterValidator:
    """A text of this pattern, or none: an empty variable counts as one that is not there."""

    def check(value: str | None) -> str | None:
        if value and not re.fullmatch(pattern, value):
            raise ValueError(f"must look like {like}")
        return value or None

    return AfterValidator(check)


def _sid(kind: str) -> AfterValidator:
    return _shaped(rf"{kind}[0-9a-fA-F]{{32}}", f"{kind} and 32 digits of 0-9 and a-f")


_NUMBER = _shaped(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}", "+493012345678, or be a short code")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_nested_delimiter=_WITHIN, frozen=True, extra="ignore")

    home: Path = ROOT / "var"
    """Everything that this installation writes: stores, outbox, reports, logs."""
    policy_file: Path = ROOT / "policy" / "sop.toml"
    operations_file: Path = ROOT / "config" / "operations.toml"
    database_url: str = ""
    """SQLAlchemy address of the store. Empty: SQLite in `home`."""

    prefect_port: Annotated[int, Field(ge=1, le=65535)] = 4200
    web_port: Annotated[int, Field(ge=1, le=65535)] = 8000
    web_host: str = "127.0.0.1"
    public_url: str = ""
    """The address under which customers reach the web application. Empty: this machine."""
    prefect_ui_url: str = ""
    """The address under which managers reach the Prefect UI, for links to runs. Empty: this machine."""

    prefect_login: SecretStr | None = None
    """`user:password` of Prefect's API and UI. Empty: made at the first start and kept in `home`."""
    prefect_login_file: Path | None = None

    secret_key: SecretStr | None = None
    """Signs the forms of the web application. Empty: made at the first start and kept in `home`."""
    secret_key_file: Path | None = None

    oidc_issuer: str = ""
    """The company's identity provider (OpenID Connect), as its documents name it. Empty: staff sign in by password."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    oidc_client_secret_file: Path | None = None

    mail: Literal["outbox", "smtp", "sendgrid"] = "outbox"
    mail_from: str = "service@example.com"
    mail_from_name: str = "Example Home Services"
    send_deadline_s: Annotated[float, Field(gt=0, le=120)] = 20.0

    sendgrid_url: str = "https://api.sendgrid.com"
    sendgrid_sandbox: bool = False
    sendgrid_api_key: SecretStr | None = None
    sendgrid_api_key_file: Path | None = None
    sendgrid_api_key_block: str | None = None
    """Name of a Prefect Secret block that holds the key."""

    sendgrid_event_keys: Annotated[tuple[str, ...], NoDecode] = ()
    """Public keys of SendGrid's signed Event Webhook in base64, separated by spaces; two at once allow rotation."""
    sendgrid_event_keys_file: Path | None = None
    event_tolerance_s: Annotated[int, Field(ge=30, le=86_400)] = 600
    """By so much the time at which SendGrid says it sent a signed post may differ from ours."""

    smtp_host: str = "127.0.0.1"
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 25
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_password_file: Path | None = None
    smtp_starttls: Literal["required", "off"] = "off"

    sms: Literal["off", "outbox", "twilio"] = "off"
    twilio_url: str = "https://api.twilio.com"
    twilio_account_sid: Annotated[str | None, _sid("AC")] = None
    """Callbacks of other accounts are refused."""
    twilio_auth_token: SecretStr | None = None
    """Signs Twilio's callbacks, and is what we send with when there is no API key."""
    twilio_auth_token_file: Path | None = None
    twilio_api_key_sid: Annotated[str | None, _sid("SK")] = None
    """An API key instead of the auth token for sending. Its secret is shown once, when the key is made."""
    twilio_api_key_secret: SecretStr | None = None
    twilio_api_key_secret_file: Path | None = None
    twilio_from: Annotated[str | None, _NUMBER] = None
    """The sender: a number in E.164, or a short code. Or else:"""
    twilio_messaging_service_sid: Annotated[str | None, _sid("MG")] = None

    intake_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Standard Webhooks secrets (`whsec_…`), separated by spaces; several at once allow rotation."""
    intake_secrets_file: Path | None = None

    reply_domain: Annotated[str, Field(pattern=r"^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9-]+$|^$")] = ""
    """The domain whose mail SendGrid's Inbound Parse hands to us. Empty: replies go to `mail_from`."""
    inbound_secret: SecretStr | None = None
    """The last part of the address that Inbound Parse posts to. Empty: no mail is taken."""
    inbound_secret_file: Path | None = None
    inbound_username: str | None = None
    """With the password: demanded of Inbound Parse besides (https://user:password@host/hooks/…)."""
    inbound_password: SecretStr | None = None
    inbound_password_file: Path | None = None
    inbound_most_bytes: Annotated[int, Field(ge=64 * 1024, le=64 * 1024 * 1024)] = 32 * 1024 * 1024
    """Of a mail with its attachments, which are read past and not kept."""
    sendgrid_inbound_keys: Annotated[tuple[str, ...], NoDecode] = ()
    """Public keys of the security policies of Inbound Parse, like those of events. With any, unsigned mail is refused.
    """
    sendgrid_inbound_keys_file: Path | None = None

    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = 0
    """So many proxies stand in front of the web application and add to X-Forwarded-For."""

    outbound_loopback: bool = False
    """For trying out only: announcements may go to this machine, without encryption and to any port."""
    webhooks: Annotated[Mapping[str, WebhookTarget], NoDecode, AfterValidator(by_name)] = ByName()
    """Receivers of Standard Webhooks: `AFTERCARE_WEBHOOKS__<NAME>__URL`, `…__SECRET`, `…__EVENTS`."""
    slack: Annotated[Mapping[str, ChatTarget], NoDecode, AfterValidator(by_name)] = ByName()
    """Rooms that take Slack's messages: `AFTERCARE_SLACK__<NAME>__URL`, `…__EVENTS`."""

    @field_validator("webhooks", "slack", mode="before")
    @classmethod
    def _named(cls, value: object, info: ValidationInfo) -> object:
        return named(value, loopback=info.data.get("outbound_loopback", False))

    @field_validator("slack")
    @classmethod
    def _one_name_each(cls, value: Mapping[str, ChatTarget], info: ValidationInfo) -> Mapping[str, ChatTarget]:
        twice = sorted(value.keys() & info.data.get("webhooks", {}).keys())
        if twice:
            raise ValueError(f"there is a webhook named {twice[0]} already: give one of them another name")
        return value

    @field_validator("intake_secrets", "sendgrid_event_keys", "sendgrid_inbound_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("sendgrid_url", "twilio_url", "public_url", "prefect_ui_url", "oidc_issuer")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @property
    def targets(self) -> Mapping[str, Target]:
        """Everybody who hears of something, by name."""
        return {**self.webhooks, **self.slack}

    @property
    def announced_to(self) -> Mapping[str, frozenset[str]]:
        """What each target wants to hear of, by its name."""
        return {name: frozenset(target.events) for name, target in self.targets.items()}

    @cached_property
    def store_url(self) -> str:
        if not self.database_url:
            return f"sqlite:///{self.home / 'aftercare.db'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def web_url(self) -> str:
        return self.public_url or f"http://{self.web_host}:{self.web_port}"

    @property
    def prefect_url(self) -> str:
        return f"http://127.0.0.1:{self.prefect_port}"

    @property
    def prefect_ui(self) -> str:
        return self.prefect_ui_url or self.prefect_url

    @property
    def prefect_home(self) -> Path:
        return self.home / "prefect"

    @property
    def outbox(self) -> Path:
        return self.home / "outbox"

    @property
    def reviews(self) -> Path:
        return self.home / "reviews"


def read_settings() -> Settings:
    """The settings of this process, or `SettingsError` with every fault."""
    return _settings_of(tuple(sorted((name, value) for name, value in os.environ.items() if name.startswith(_PREFIX))))


@lru_cache(maxsize=8)
def _settings_of(_environment: tuple[tuple[str, str], ...]) -> Settings:
    """Read once per environment: validating costs a millisecond, and every task asks where it is."""
    try:
        return Settings()
    except ValidationError as error:
        faults = []
        for detail in error.errors(include_input=False, include_url=False):
            name = _PREFIX + _WITHIN.join(str(part) for part in detail["loc"]).upper()
            faults.append(f"{name}: {detail['msg']}.")
        raise SettingsError("\n".join(faults)) from None


def secret_from(value: SecretStr | None, file: Path | None) -> SecretStr | None:
    """A secret given directly or in a file, without the line end that editors add. None when neither is set."""
    if value is not None:
        return value
    if file is None:
        return None
    try:
        return SecretStr(file.read_text(encoding="utf-8").strip())
    except OSError as error:
        raise SettingsError(f"{file}: the secret cannot be read ({error.strerror}).") from None
