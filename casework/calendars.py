"""The calendar of a branch: public holidays and weekend of its region, and what the policy adds."""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from models.places import RegionError, ZoneError, check_region, check_zone
from policy.calendar import BranchCalendar
from policy.rules import CalendarRules, Closure

__all__ = ["RegionError", "ZoneError", "calendar_for", "check_region", "check_zone"]

_YEARS = range(2000, 2101)
"""Holidays are known for these years. Laid out once per region they cost some 10 ms, and then a look-up in a dict."""
_NEWEST_WEEK = [date(2100, 1, 4 + n) for n in range(7)]
"""Monday to Sunday. A country that has moved its weekend is read as it is now, also for the years before."""
_LANGUAGE = "en_US"
"""Without it the names would follow the language settings of the host."""
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@lru_cache(maxsize=1024)
def calendar_for(region: str, zone_name: str, rules: CalendarRules) -> BranchCalendar:
    """The calendar of a branch in `region` (`DE-BY`, `AE`) whose clocks show `zone_name` (`Europe/Berlin`).

    `RegionError` or `ZoneError` for an unknown place.
    """
    public, zone = _public_days(check_region(region)), ZoneInfo(check_zone(zone_name))
    own_weekend = _own_weekend(region, rules)
    closures = {day: closure.name for closure in rules.closures if _holds(closure, region) for day in _days(closure)}
    return BranchCalendar(
        zone=zone,
        weekend=public.weekend if own_weekend is None else own_weekend,
        holidays={**closures, **public.holidays},
        opens=rules.opens,
        closes=rules.closes,
        cut_off=rules.cut_off,
        # A country moves working days to its own weekend; they mean nothing to a company that keeps another one.
        worked=public.worked if own_weekend is None else frozenset(),
    )


@dataclass(frozen=True, slots=True)
class _PublicDays:
    holidays: Mapping[date, str]
    weekend: frozenset[int]
    worked: frozenset[date]
    """Days of the weekend that the country works in exchange for a bridge day."""


@lru_cache(maxsize=512)
def _public_days(region: str) -> _PublicDays:
    country, _, subdivision = region.partition("-")
    with warnings.catch_warnings():
        # Some countries announce theirs only a few years ahead (India to 2035) and warn about every year beyond.
        warnings.simplefilter("ignore", UserWarning)
        known = holidays.country_holidays(country, subdivision or None, years=_YEARS, language=_LANGUAGE)
        weekend = frozenset(day.weekday() for day in _NEWEST_WEEK if known.is_weekend(day))
    return _PublicDays(dict(known.items()), weekend, frozenset(known.weekend_workdays))


def _own_weekend(region: str, rules: CalendarRules) -> frozenset[int] | None:
    """The weekend that the policy sets for the country of `region`, if it does."""
    for weekend in rules.weekends:
        if weekend.country == region.partition("-")[0]:
            return frozenset(_WEEKDAYS.index(day) for day in weekend.days)
    return None


def _holds(closure: Closure, region: str) -> bool:
    return closure.region in {"*", region, region.partition("-")[0]}


def _days(closure: Closure) -> Iterator[date]:
    first, last = max(closure.first, date(_YEARS[0], 1, 1)), min(closure.last, date(_YEARS[-1], 12, 31))
    return (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
