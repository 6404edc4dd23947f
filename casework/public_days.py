"""The days on which the offices of a region are closed by law or by agreement, and its weekend."""

import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from models.places import subdivisions

YEARS = range(2000, 2101)
"""Holidays are known for these years. Laid out once per region they cost some 10 ms, and then a look-up in a dict."""
_COMPARED = range(2024, 2029)
"""Years enough to see by which days the parts of a country differ."""
_NEWEST_WEEK = [date(2100, 1, 4 + n) for n in range(7)]
"""Monday to Sunday. A country that has moved its weekend is read as it is now, also for the years before."""
_LANGUAGE = "en_US"
"""Without it the names would follow the language settings of the host."""
_EVERYWHERE = ("public", "de_facto")
"""`de_facto` are days off by agreements that nearly everybody works under, such as Midsummer Eve in Sweden."""
_CATEGORIES = {"HK": ("optional",), "JP": ("bank",), "MO": ("optional",)}
"""Where the library's `public` is only what labour law makes every employer grant, and offices keep the longer list:
the general holidays of Hong Kong and Macao, and in Japan the turn of the year. The others are for a few: `bank` for
banks, `government` for authorities, `school`, `optional` for whoever chooses one, and those of single faiths."""
_MOST, _NEARLY_ALL = 0.51, 0.75
"""Shares of a country's parts: from the first on we ask for the part, from the second on we rather wait a day."""
_SHOWN = 3
"""So many days are named as examples."""


@dataclass(frozen=True, slots=True)
class PublicDays:
    holidays: Mapping[date, str]
    weekend: frozenset[int]
    worked: frozenset[date]
    """Days of the weekend that the country works in exchange for a bridge day."""


@lru_cache(maxsize=512)
def public_days(region: str) -> PublicDays:
    """Of a region that exists. While a country's part is not known, what three quarters of them keep is no workday."""
    known = _known(region, YEARS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        weekend = frozenset(day.weekday() for day in _NEWEST_WEEK if known.is_weekend(day))
    days = _of_parts(region, YEARS, _NEARLY_ALL) if is_kept_by_parts(region) else {}
    return PublicDays({**days, **known}, weekend, frozenset(known.weekend_workdays))


def warnings_about(regions: Mapping[str, int]) -> list[str]:
    """What is to be mended about regions, each with the number of its services."""
    wanted = ((count, part_wanted(region)) for region, count in sorted(regions.items()))
    return [f"{count} services are in {text}" for count, text in wanted if text]


def part_wanted(region: str) -> str | None:
    """What to write instead of a country whose days depend on the part, such as GB; None where the region will do."""
    if not is_kept_by_parts(region):
        return None
    missing = sorted(set(_of_parts(region, _COMPARED, _MOST).values()))
    parts = [f"{region}-{part}" for part in subdivisions(region)]
    return (
        f"region {region}: most parts of this country keep holidays that not all of it has"
        f" ({', '.join(missing[:_SHOWN])}); write the part: {', '.join(parts)}."
    )


@lru_cache(maxsize=512)
def is_kept_by_parts(region: str) -> bool:
    """Whether most parts of this country keep days that the country as a whole lacks. False for a part itself."""
    return "-" not in region and bool(_of_parts(region, _COMPARED, _MOST))


def _of_parts(country: str, years: range, share: float) -> dict[date, str]:
    """Days that so many of the parts keep, and the country as a whole does not."""
    national = _known(country, years)
    parts = [_known(f"{country}-{part}", years) for part in subdivisions(country)]
    kept = Counter(day for part in parts for day in part if day not in national)
    names = {day: name for part in parts for day, name in part.items()}
    return {day: names[day] for day, count in kept.items() if count >= share * len(parts)}


def _known(region: str, years: range) -> holidays.HolidayBase:
    country, _, part = region.partition("-")
    offered = holidays.country_holidays(country).supported_categories
    wanted = [name for name in (*_EVERYWHERE, *_CATEGORIES.get(country, ())) if name in offered]
    with warnings.catch_warnings():
        # Some countries announce theirs only a few years ahead (India to 2035) and warn about every year beyond.
        warnings.simplefilter("ignore", UserWarning)
        return holidays.country_holidays(country, part or None, years=years, language=_LANGUAGE, categories=wanted)
