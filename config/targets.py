"""Who hears of concerns and closed cases besides people: receivers of webhooks, and rooms of a chat, by name."""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationInfo, field_validator
from pydantic import model_validator as whole

from config.destination import destination
from vocabulary import Announced

_SECRET_BYTES = range(24, 65)
_MOST_SECRETS = 2


def _words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


class Target(BaseModel):
    """One receiver. Rows, logs and people know it by `name`; its address may be as secret as a password."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    loopback: bool
    """Whether this machine may be its address."""
    url: SecretStr
    events: Annotated[tuple[Announced, ...], BeforeValidator(_words), Field(min_length=1)] = tuple(Announced)

    @whole(mode="before")
    @classmethod
    def _from_files(cls, given: Any) -> Any:
        """`<name>_file` stands for a file that holds the value."""
        if not isinstance(given, dict):
            return given
        direct = {name: value for name, value in given.items() if not name.endswith("_file")}
        return direct | {name[:-5]: _content(file) for name, file in given.items() if name.endswith("_file")}

    @field_validator("url")
    @classmethod
    def _destination(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        destination(value.get_secret_value(), loopback=info.data.get("loopback", False))
        return value


class ChatTarget(Target):
    """A room that takes Slack's incoming webhooks: Slack, Mattermost, Rocket.Chat. Who has the address may write."""


class WebhookTarget(Target):
    """A receiver of Standard Webhooks."""

    secret: Annotated[tuple[SecretStr, ...], BeforeValidator(_words), Field(min_length=1, max_length=_MOST_SECRETS)]
    """`whsec_…`; two while the receiver changes from one to the other: both sign."""

    @field_validator("secret")
    @classmethod
    def _keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for secret in value:
            key_of(secret)
        return value


def key_of(secret: SecretStr) -> bytes:
    """The key of a Standard Webhooks secret. ValueError for one that is none."""
    text = secret.get_secret_value()
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith("whsec_") or len(key) not in _SECRET_BYTES:
        raise ValueError("a secret is `whsec_` and 24 to 64 bytes in base64")
    return key


def _content(file: Any) -> str:
    try:
        return Path(str(file)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ValueError(f"the file {file} cannot be read ({reason})") from None


Kind = TypeVar("Kind", bound=Target)


class ByName(dict[str, Kind]):
    """Targets by name, in a form that can be part of what is frozen."""

    def __hash__(self) -> int:  # type: ignore[override]  # nobody changes it
        return hash(frozenset(self.items()))


def by_name(found: Mapping[str, Kind]) -> ByName[Kind]:
    return ByName(found)


def named(given: object, *, loopback: bool) -> object:
    """From the environment's words to what a target is made of: its name and what is allowed go with it."""
    if not isinstance(given, dict):
        return given
    more = {"loopback": loopback}
    return {name: each | more | {"name": name} if isinstance(each, dict) else each for name, each in given.items()}
