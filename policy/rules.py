"""The shape of the policy file: frozen values with the bounds of every number.

The fields mirror `policy/sop.toml`, which explains each in plain language. `policy.file` reads and checks it.
"""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Annotated, Literal

from pydantic import EmailStr, Field

from policy.asking_rules import BasisRule, Limit
from policy.danger_rules import DangerRules
from policy.escalation_rules import EscalationRules
from policy.holiday_rules import Holiday
from policy.reply_rules import ReplyRules
from policy.run_rules import RunRules
from policy.shapes import SHAPE, Clock, Days, LanguageTag, Place, Text, Weekday, Word
from vocabulary import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    __pydantic_config__ = SHAPE
    number: Text
    title: Text
    version: Text
    effective: date
    approved_by: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    __pydantic_config__ = SHAPE
    name: Text
    postal_address: Text
    phone: Text
    privacy_url: Annotated[str, Field(pattern=r"^https://")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Services whose `field` has one of `values` are not followed up. `*` at either end of a value matches anything."""

    __pydantic_config__ = SHAPE
    field: Literal["tag", "email", "department", "branch", "kind", "source", "customer_ref"]
    values: Annotated[tuple[Text, ...], Field(min_length=1)]
    reason: Text
    clause: Text = "2.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    __pydantic_config__ = SHAPE
    kinds: Annotated[tuple[Text, ...], Field(min_length=1)]
    max_age_days: Days
    exclusions: tuple[Exclusion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Days on which the company does not work: `first` to `last`, both included. Region `*` means everywhere."""

    __pydantic_config__ = SHAPE
    name: Text
    region: Place
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekend:
    """The weekly days off of a country, where they differ from what its calendar says."""

    __pydantic_config__ = SHAPE
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    days: Annotated[tuple[Weekday, ...], Field(max_length=6)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRules:
    __pydantic_config__ = SHAPE
    opens: Clock
    closes: Clock
    cut_off: Clock
    closures: tuple[Closure, ...] = ()
    weekends: tuple[Weekend, ...] = ()
    holidays: tuple[Holiday, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionLadder:
    """The company's order of channels in a region, for example "US" or "US-CA"; the narrower one counts."""

    __pydantic_config__ = SHAPE
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}(-\S+)?$")]
    ladder: Annotated[tuple[Channel, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRules:
    __pydantic_config__ = SHAPE
    due_business_days: Annotated[int, Field(strict=True, ge=1, le=30)]
    due_time: Clock
    not_before_business_hours: Annotated[int, Field(strict=True, ge=0, le=80)]
    rescue_hours: Annotated[int, Field(strict=True, ge=0, le=48)]
    window_opens: Annotated[Clock, Field(ge=time(8))]
    window_closes: Annotated[Clock, Field(le=time(21))]
    ladder: Annotated[tuple[Channel, ...], Field(min_length=1)]
    invalid_days: Annotated[int, Field(strict=True, ge=1, le=3660)] = 180
    """The default is for policies from before there was this."""
    basis: tuple[BasisRule, ...] = ()
    ladders: tuple[RegionLadder, ...] = ()

    def ladder_in(self, region: str) -> tuple[Channel, ...]:
        """The order for a region: its own, else its country's, else the company's."""
        by_region = {one.region: one.ladder for one in self.ladders}
        return by_region.get(region) or by_region.get(region.partition("-")[0]) or self.ladder


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineRules:
    """What tells programs that check mails from people. The defaults are for policies from before there was this."""

    __pydantic_config__ = SHAPE
    soon_seconds: Annotated[int, Field(strict=True, ge=0, le=600)] = 30
    trap_minutes: Annotated[int, Field(strict=True, ge=1, le=60)] = 10
    burst_seconds: Annotated[int, Field(strict=True, ge=1, le=60)] = 5
    contradiction_seconds: Annotated[int, Field(strict=True, ge=1, le=60)] = 5
    spree_ratings: Annotated[int, Field(strict=True, ge=3, le=5)] = 3
    wait_seconds: Annotated[int, Field(strict=True, ge=0, le=600)] = 60
    programs: tuple[Word, ...] = ("HeadlessChrome", "bot")


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRules:
    __pydantic_config__ = SHAPE
    cooldown_days: Annotated[int, Field(strict=True, ge=0, le=366)]
    low_max: Annotated[int, Field(strict=True, ge=1, le=4)]
    satisfied_min: Annotated[int, Field(strict=True, ge=2, le=5)]
    change_hours: Annotated[int, Field(strict=True, ge=0, le=720)]
    unsubscribe_days: Annotated[int, Field(strict=True, ge=30, le=366)]
    thank_you: Literal["concerns", "everybody", "nobody"]
    limits: tuple[Limit, ...] = ()
    machines: MachineRules = field(default_factory=MachineRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceRules:
    __pydantic_config__ = SHAPE
    reminder_days: Annotated[tuple[Days, ...], Field(max_length=2)]
    switch_days: Days
    expiry_days: Days
    away_retry_hours: Annotated[int, Field(strict=True, ge=0, le=72)] = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRules:
    __pydantic_config__ = SHAPE
    attempts: Annotated[int, Field(strict=True, ge=1, le=10)]
    spacing_hours: Annotated[int, Field(strict=True, ge=1, le=72)]
    claim_minutes: Annotated[int, Field(strict=True, ge=5, le=240)] = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRules:
    __pydantic_config__ = SHAPE
    percentages_from: Annotated[int, Field(strict=True, ge=2, le=1000)]
    rankings_from: Annotated[int, Field(strict=True, ge=2, le=1000)]
    comments_from: Annotated[int, Field(strict=True, ge=1, le=1000)]
    bulletin_to: tuple[EmailStr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageRules:
    """`offered` are tags such as "de" or "pt-BR". Policies written before there were others speak English."""

    __pydantic_config__ = SHAPE
    fallback: LanguageTag = "en"
    offered: Annotated[tuple[LanguageTag, ...], Field(min_length=1)] = ("en",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    __pydantic_config__ = SHAPE
    size: Annotated[int, Field(strict=True, ge=1, le=5000)]
    in_flight: Annotated[int, Field(strict=True, ge=1, le=200)]
    lease_s: Annotated[int, Field(strict=True, ge=60, le=3600)]
    unknown_minutes: Annotated[int, Field(strict=True, ge=1, le=1440)]
    unknown_survey: Literal["resend", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The whole policy file."""

    __pydantic_config__ = SHAPE
    document: Document
    company: Company
    clauses: dict[str, Text]
    scope: Scope
    calendar: CalendarRules
    contact: ContactRules
    survey: SurveyRules
    silence: SilenceRules
    phone: PhoneRules
    escalation: EscalationRules
    review: ReviewRules
    batches: Batches
    danger: DangerRules = field(default_factory=DangerRules)
    replies: ReplyRules = field(default_factory=ReplyRules)
    languages: LanguageRules = LanguageRules()
    runs: RunRules = field(default_factory=RunRules)
