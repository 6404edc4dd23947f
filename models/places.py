"""Regions and time zones as source systems name them, checked against the calendars and zones that we have."""

from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

import holidays
from holidays.registry import EntityLoader

_SHOWN_NAMES = 60
"""So many subdivisions are listed in an error; Italy has over a hundred."""
_SHOWN_CHARS = 40
"""Hardly a place has a longer name. An error repeats no more of what it was given."""
_NOT_A_PLACE = {"localtime", "Factory"}
"""Listed among the zones, but they mean whatever a host is set to, or nothing."""


class RegionError(ValueError):
    """There is no holiday calendar of that name. The text names the value and the remedy."""


class ZoneError(ValueError):
    """There is no time zone of that name. The text names the value and the remedy."""


def check_region(text: str) -> str:
    """`text` if it names a country (`AE`) or a subdivision of one (`DE-BY`), else `RegionError`."""
    country, dash, subdivision = text.partition("-")
    if country not in _countries():
        raise RegionError(f"region {_shown(text)}: {_country_fault(country)}")
    known = subdivisions(country)
    if dash and subdivision not in known:
        raise RegionError(f"region {_shown(text)}: {_subdivision_fault(country, subdivision, known)}")
    return text


def check_zone(text: str) -> str:
    """`text` if it is the exact name of a time zone (`Europe/Berlin`), else `ZoneError`.

    Only listed names pass, so neither a path nor another spelling of a name reaches the file system.
    """
    if text in _zones():
        return text
    near = _near_zone(text[:_SHOWN_CHARS])
    remedy = f"did you mean {near}?" if near else "use an IANA name such as Europe/Berlin or America/New_York."
    raise ZoneError(f"zone {_shown(text)}: there is no time zone of this name; {remedy}")


@cache
def subdivisions(country: str) -> tuple[str, ...]:
    """The subdivisions that have a calendar of their own. `country` must have passed `check_region`."""
    return tuple(sorted(holidays.country_holidays(country).subdivisions))


def _country_fault(country: str) -> str:
    if country.upper() in _countries():
        return f"codes are written in capitals; did you mean {country.upper()}?"
    if country == "UK":
        return "the code of the United Kingdom is GB."
    named = f"{_shown(country)} is not the code of a country"
    return f"{named}; use two capitals (ISO 3166), with a subdivision where holidays differ: AE, DE-BY, US-CA."


def _subdivision_fault(country: str, subdivision: str, known: tuple[str, ...]) -> str:
    if not known:
        return f"the country {country} has one calendar for all of it; write {country}."
    if subdivision.upper() in known:
        return f"codes are written in capitals; did you mean {country}-{subdivision.upper()}?"
    listed = ", ".join(known[:_SHOWN_NAMES])
    more = f" and {len(known) - _SHOWN_NAMES} more" if len(known) > _SHOWN_NAMES else ""
    return f"the country {country} has no subdivision {_shown(subdivision)}; known: {listed}{more}."


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "…")


@cache
def _countries() -> frozenset[str]:
    """ISO 3166 codes of two letters, without other names for the same country such as UK or GBR."""
    return frozenset(EntityLoader.get_country_codes(include_aliases=False))


@cache
def _zones() -> frozenset[str]:
    """Kept, since every call of `available_timezones` reads the file system."""
    return frozenset(available_timezones() - _NOT_A_PLACE)


def _near_zone(text: str) -> str | None:
    folded = {name.casefold(): name for name in sorted(_zones())}
    near = get_close_matches(text.casefold().replace(" ", "_"), folded, n=1, cutoff=0.8)
    return folded[near[0]] if near else None
