"""Which time zones a country has, as the tz database lists them (zone.tab, zone1970.tab; older names in tzdata.zi)."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from models.places import ZoneError, subdivisions

_SHOWN = 6
"""So many zones are listed in an error; the United States have 29."""
_CODES, _NAMES = 0, 2
"""Places in a line of the tables."""


def check_zone_of(region: str, zone: str) -> str:
    """`zone` if clocks of the region's country show it, else ZoneError. Older names and links are the zone they name.

    Both must have passed their own checks. A country that the tables do not list has every zone.
    """
    zones = zones_of(region[:2])
    if not zones or _kept_as(zone) in set(map(_kept_as, zones)):
        return zone
    why = f"region {region} is in the country {region[:2]}, which has other zones"
    raise ZoneError(f"zone {zone!r}: {why}; {_remedy(region, zone)}")


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """The names of its zones. Where it shares one with its neighbours, also the name that all of them share."""
    rows = [line.split("\t") for name in ("zone.tab", "zone1970.tab") for line in _lines(name)]
    return tuple(dict.fromkeys(cells[_NAMES] for cells in rows if country in cells[_CODES].split(",")))


def _remedy(region: str, zone: str) -> str:
    """A state is often written without its country: CA for US-CA, BY for DE-BY."""
    parts = [f"{country}-{region}" for country in _countries_of(zone) if region in _parts_of(country)]
    named = ", ".join(zones_of(region[:2])[:_SHOWN])
    return (
        f"write region {' or '.join(parts)} if that is meant."
        if parts
        else f"write one of {named}, or the branch's country."
    )


def _countries_of(zone: str) -> Iterator[str]:
    codes = sorted({line.split("\t")[_CODES] for line in _lines("zone.tab")})
    return (code for code in codes if _kept_as(zone) in set(map(_kept_as, zones_of(code))))


def _parts_of(country: str) -> tuple[str, ...]:
    try:
        return subdivisions(country)
    except NotImplementedError:  # no calendar
        return ()


def _kept_as(name: str) -> str:
    """The name by which the tz database keeps this zone: Asia/Kolkata for Asia/Calcutta."""
    return _links().get(name, name)


@cache
def _links() -> dict[str, str]:
    rows = [line.split() for line in _lines("tzdata.zi") if line.startswith("L ")]
    targets = {name: target for _, target, name in rows}
    return {name: targets.get(target, target) for name, target in targets.items()}


@cache
def _lines(name: str) -> tuple[str, ...]:
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
