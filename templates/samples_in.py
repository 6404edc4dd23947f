"""The invented data with its dates and names as each language writes them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from templates.call_samples import CALL_SAMPLES, CallSample
from templates.dates import day_text, moment_text
from templates.language import SOURCE, read_language
from templates.samples import MESSAGE_SAMPLES, PAGE_SAMPLES, MessageSample, PageSample, Values
from templates.values import CUSTOMER_PURPOSES, TEXT_VALUES

_ZONE: Final = "Europe/Berlin"
_DAYS: Final = {
    "service_date": datetime(2026, 3, 12, 12, tzinfo=UTC),
    "answer_until": datetime(2026, 3, 27, 12, tzinfo=UTC),
    "resolved_on": datetime(2026, 3, 21, 12, tzinfo=UTC),
}
_SAID: Final = {"said_date": _DAYS["service_date"]}
"""Days in the script of a call; the others there are read by staff."""
_MOMENTS: Final = {
    "contact_by": datetime(2026, 3, 19, 9, 12, tzinfo=UTC),
    "change_until": datetime(2026, 3, 21, 9, 12, tzinfo=UTC),
}


def messages_in(language: str) -> tuple[MessageSample, ...]:
    """The mails to customers."""
    return tuple(
        replace(sample, values=_dated(_named(sample.values, language), language))
        for sample in MESSAGE_SAMPLES
        if sample.purpose in CUSTOMER_PURPOSES
    )


def texts_in(language: str) -> tuple[MessageSample, ...]:
    """The SMS: what the samples of the mails say, as far as an SMS is given it. Those to staff are in English."""
    to_staff = (one for one in MESSAGE_SAMPLES if one.purpose in TEXT_VALUES.keys() - CUSTOMER_PURPOSES)
    return tuple(
        replace(sample, values={name: sample.values[name] for name in TEXT_VALUES[sample.purpose]})
        for sample in (*messages_in(language), *(to_staff if language == SOURCE else ()))
    )


def pages_in(language: str) -> tuple[PageSample, ...]:
    return tuple(replace(sample, values=_dated(sample.values, language)) for sample in PAGE_SAMPLES)


def calls_in(language: str) -> tuple[CallSample, ...]:
    """The scripts of calls to customers who read that language."""
    spoken = read_language(language).in_english
    told: Values = {"reads": spoken, "says": spoken}
    return tuple(replace(one, values=_dated({**one.values, **told}, language, _SAID)) for one in CALL_SAMPLES)


def _named(values: Values, language: str) -> Values:
    named = "Anna Bergmann" if read_language(language).full_names else "Anna"
    return {**values, "customer_name": named} if values.get("customer_name") else values


def _dated(values: Values, language: str, dates: Mapping[str, datetime] = _DAYS) -> Values:
    """What has no date stays without one."""
    days = {name: day_text(at, _ZONE, language) for name, at in dates.items() if values.get(name)}
    moments = {name: moment_text(at, _ZONE, language) for name, at in _MOMENTS.items() if values.get(name)}
    return {**values, **days, **moments}
