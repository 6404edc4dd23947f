"""What a source system reports of a closed service: checked field by field, in the words of the inbox."""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)

from models.moments import EXAMPLE, Unclear, at_home, is_iso, unreadable, with_offset
from models.phones import read_phone
from models.places import ZoneError, check_region, check_zone
from models.zones import check_zone_of
from vocabulary import Channel, ContactBasis

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Times outside are slips; the first and last years of the calendar do not even exist in every time zone."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _plain(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("has a control character or a line break; remove it")
    return value


def _believable(value: datetime) -> datetime:
    if not _EARLIEST <= value < _LATEST:
        raise ValueError("is not a time at which a service was closed; write it as 2026-10-05T14:30:00+02:00")
    return value


def _absent_if_empty(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _listed(value: object) -> object:
    return [part.strip() for part in re.split(r"[,;]", value) if part.strip()] if isinstance(value, str) else value


def _written_out(value: object) -> object:
    """A number would be read as seconds since 1970, which no source means."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, Unclear):
        raise ValueError(value.rule)
    if not isinstance(value, str) or not is_iso(value.strip()):
        raise ValueError(unreadable(value if isinstance(value, str) else ""))
    if len(value.strip()) == len("2026-10-05"):
        raise ValueError(f"has no time of day; {EXAMPLE}")
    return with_offset(value)


def _in_our_words(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """What the library says of a time names no remedy. Both edges show the same words, as the file always has."""
    try:
        return read(value)
    except ValidationError as error:
        detail = error.errors()[0]
        if detail["type"] == "timezone_aware":
            raise ValueError(f"has no offset from UTC; {EXAMPLE}") from None
        why = detail.get("ctx", {}).get("error", detail["msg"])
        raise ValueError(f"is not a date and time ({why}); {EXAMPLE}") from None


def _basis(value: object) -> object:
    value = _absent_if_empty(value)
    if isinstance(value, str) and value.strip().lower() in list(ContactBasis):
        return value.strip().lower()
    if value is not None:
        raise ValueError(f"is not a basis for contact; write {', '.join(ContactBasis)} or nothing")
    return value


def _email(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"is not an e-mail address: {error}") from None


Word = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain)]
Optional = Annotated[Word | None, BeforeValidator(_absent_if_empty)]
Email = Annotated[
    Annotated[str, Field(max_length=254), AfterValidator(_plain), AfterValidator(_email)] | None,
    BeforeValidator(_absent_if_empty),
]
Instant = Annotated[
    AwareDatetime, WrapValidator(_in_our_words), BeforeValidator(_written_out), AfterValidator(_believable)
]
Region = Annotated[str, AfterValidator(check_region)]
Zone = Annotated[str, AfterValidator(check_zone)]
Channels = Annotated[tuple[Channel, ...], BeforeValidator(_listed), Field(max_length=3)]
Tags = Annotated[tuple[Word, ...], BeforeValidator(_listed), Field(max_length=20)]


class ClosedService(BaseModel):
    """One closed service. Unknown fields are refused, so that a misspelt one is not silently without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    source: Word
    external_id: Word
    closed_at: Instant
    """With its offset from UTC; else on the clocks of the branch, unless they showed that time twice or never."""
    kind: Word
    department: Word
    branch: Word
    region: Region
    """Country, or country and subdivision, of the branch: "DE-BY"; its public holidays apply."""
    timezone: Zone
    """IANA name, of the branch."""
    agent: Optional = None
    customer_ref: Optional = None
    customer_name: Optional = None
    email: Email = None
    phone: Optional = None
    customer_timezone: Annotated[Zone | None, BeforeValidator(_absent_if_empty)] = None
    language: Optional = None
    channels: Channels = ()
    """The customer's preference, first choice first."""
    tags: Tags = ()
    contact_basis: Annotated[ContactBasis | None, BeforeValidator(_basis)] = None
    """Why this customer may be written to; None when the source does not say."""

    @model_validator(mode="before")
    @classmethod
    def _local_times(cls, values: object) -> object:
        """A time without offset is one of the branch's clocks."""
        if not isinstance(values, dict):
            return values
        closed_at, zone = values.get("closed_at"), values.get("timezone")
        if not isinstance(closed_at, str) or not isinstance(zone, str) or not is_iso(closed_at.strip()):
            return values
        try:
            home = ZoneInfo(check_zone(zone.strip()))
        except ZoneError:
            return values
        return values | {"closed_at": at_home(with_offset(closed_at), home)}

    @field_validator("timezone")
    @classmethod
    def _of_the_country(cls, value: str, info: ValidationInfo) -> str:
        return check_zone_of(info.data["region"], value) if "region" in info.data else value

    @field_validator("phone")
    @classmethod
    def _international(cls, value: str | None, info: ValidationInfo) -> str | None:
        """E.164. A number without country code is read as one of the branch's country."""
        return value if value is None or "region" not in info.data else read_phone(value, info.data["region"][:2])

    def body_sha256(self) -> str:
        """The same for every spelling of the same report."""
        body = self.model_dump(mode="json") | {"closed_at": self.closed_at.timestamp()}
        if self.contact_basis is None:  # then it is what a report was before there was this field
            del body["contact_basis"]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


class ReopenedService(BaseModel):
    """A service that was closed, and is open again."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    source: Word
    external_id: Word
    reopened_at: Instant


def address_key(address: str) -> str:
    """SHA-256 of an address in the form in which it is compared (case and spaces do not count)."""
    return hashlib.sha256(address.strip().casefold().encode()).hexdigest()
