"""The calendar of a branch: public holidays and weekend of its region, and what the policy adds."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from casework.public_days import YEARS, public_days
from models.places import RegionError, ZoneError, check_region, check_zone
from policy.calendar import BranchCalendar
from policy.holiday_rules import Holiday
from policy.rules import CalendarRules, Closure

__all__ = ["RegionError", "ZoneError", "calendar_for", "check_region", "check_zone"]

_NONE = Holiday(name="no holiday", region="*", first=date.min, day="half")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@lru_cache(maxsize=1024)
def calendar_for(region: str, zone_name: str, rules: CalendarRules) -> BranchCalendar:
    """The calendar of a branch in `region` (`DE-BY`, `AE`) whose clocks show `zone_name` (`Europe/Berlin`).

    `RegionError` or `ZoneError` for an unknown place.
    """
    public, zone = public_days(check_region(region)), ZoneInfo(check_zone(zone_name))
    own_weekend, decided = _own_weekend(region, rules), _decided(region, rules)
    closures = {
        day: closure.name
        for closure in rules.closures
        if _holds(closure, region)
        for day in _days(closure.first, closure.last)
    }
    return BranchCalendar(
        zone=zone,
        weekend=public.weekend if own_weekend is None else own_weekend,
        holidays={
            **closures,
            **{day: name for day, name in public.holidays.items() if decided.get(day, _NONE).day != "open"},
            **{day: holiday.name for day, holiday in decided.items() if holiday.day == "closed"},
        },
        early={day: holiday.closes for day, holiday in decided.items() if holiday.closes},
        opens=rules.opens,
        closes=rules.closes,
        cut_off=rules.cut_off,
        # A country moves working days to its own weekend; they mean nothing to a company that keeps another one.
        worked=public.worked if own_weekend is None else frozenset(),
    )


def _decided(region: str, rules: CalendarRules) -> dict[date, Holiday]:
    """What the policy says of single days; the narrower region last, so that it counts."""
    applying = [holiday for holiday in rules.holidays if _holds(holiday, region)]
    applying.sort(key=lambda holiday: len(holiday.region))  # "*", "DE", "DE-BY"
    return {day: holiday for holiday in applying for day in _days_of(holiday)}


def _days_of(holiday: Holiday) -> Iterator[date]:
    if not holiday.every_year:
        yield from _days(holiday.first, holiday.until)
        return
    for year in YEARS:
        with suppress(ValueError):  # 29 February
            yield from _days(holiday.first.replace(year=year), holiday.until.replace(year=year))


def _own_weekend(region: str, rules: CalendarRules) -> frozenset[int] | None:
    """The weekend that the policy sets for the country of `region`, if it does."""
    for weekend in rules.weekends:
        if weekend.country == region.partition("-")[0]:
            return frozenset(_WEEKDAYS.index(day) for day in weekend.days)
    return None


def _holds(given: Closure | Holiday, region: str) -> bool:
    return given.region in {"*", region, region.partition("-")[0]}


def _days(first: date, last: date) -> Iterator[date]:
    first, last = max(first, date(YEARS[0], 1, 1)), min(last, date(YEARS[-1], 12, 31))
    return (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
