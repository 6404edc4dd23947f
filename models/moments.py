"""Times as exports write them: read where only one instant can be meant, else refused with what it may be."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

EXAMPLE: Final = "write 2026-10-05T14:00:00+02:00"
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)", re.ASCII)
_UTC: Final = re.compile(r"\s*(?:UTC|GMT|Z)(?:\s*\+00:?00)?$", re.IGNORECASE)
_OFFSET: Final = re.compile(r"(:\d\d(?:[.,]\d+)?)\s*([+\-\u2212])(\d\d):?(\d\d)?$", re.ASCII)
_TIME: Final = r"(?:[ T,]+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AaPp])?\.?(?:[Mm]\.?)?)?"
_OTHER_ORDER: Final = re.compile(
    rf"(\d{{1,4}})[./\- ]+(\d{{1,2}}|[A-Za-z]{{3,9}})\.?[./\- ,]+(\d{{2,4}}){_TIME}", re.ASCII
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBER: Final = re.compile(r"\d{5}(?:[.,]\d+)?|\d{10}|\d{13}", re.ASCII)
_SERIAL, _SECONDS = len("46356"), len("1791201600")
_SERIALS_BEGIN: Final = datetime(1899, 12, 30, tzinfo=UTC)
_CENTURY, _NOON = 2000, 12


@dataclass(frozen=True, slots=True)
class Unclear:
    """A time that may be one of several instants. `rule` says so, and what to write."""

    rule: str


def is_iso(text: str) -> bool:
    """Whether it begins with year, month and day in the only order that cannot mean anything else."""
    return _ISO_DAY.match(text) is not None


def with_offset(text: str) -> str:
    """The same time with its offset in the usual form: " UTC", "+01" and "+0100" are written so by databases."""
    text = _UTC.sub("+00:00", text.strip()) if ":" in text else text.strip()
    return _OFFSET.sub(lambda found: f"{found[1]}{'+' if found[2] == '+' else '-'}{found[3]}:{found[4] or '00'}", text)


def at_home(text: str, zone: ZoneInfo) -> datetime | Unclear | str:
    """The instant at which the clocks of the zone showed this time; the text itself if it has an offset or no time."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return text
    if local.tzinfo is not None or ":" not in text:
        return text
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    return Unclear(_twice_or_never(first, second, zone))


def unreadable(text: str) -> str:
    """What to say of a time that is not in ISO order: what it may be, as far as that can be said."""
    readings = list(dict.fromkeys(_readings(text)))
    if len(readings) > 1:
        return f"may be {' or '.join(readings)}; write the one that is meant in this form"
    if readings:
        return f"is not in the order of year, month and day; write {readings[0]} if that is meant"
    number = _as_number(text)
    return f"is not a date and time; {EXAMPLE}" + (f" (the number may be {number})" if number else "")


def _twice_or_never(first: datetime, second: datetime, zone: ZoneInfo) -> str:
    never = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != first.replace(tzinfo=None)
    why = "is a time that the clocks of the branch left out" if never else "is a time that the clocks showed twice"
    return f"{why}; write {first.isoformat()} or {second.isoformat()}"


def _readings(text: str) -> Iterator[str]:
    found = _OTHER_ORDER.fullmatch(text.strip())
    if found is None:
        return
    one, two, three = found[1], found[2], found[3]
    orders = [(three, two, one), (three, one, two), (one, two, three)]
    for year, month, day in orders:
        reading = _day_and_time(year, month, day, found)
        if reading is not None:
            yield reading


def _day_and_time(year: str, month: str, day: str, found: re.Match[str]) -> str | None:
    try:
        at = datetime(_year(year), _month(month), int(day), *_clock(found), tzinfo=UTC).replace(tzinfo=None)
    except ValueError:
        return None
    return at.isoformat(" ", "seconds" if found[6] else "minutes") if found[4] else at.date().isoformat()


def _year(text: str) -> int:
    return int(text) + (_CENTURY if len(text) == len("26") else 0) if len(text) in (len("26"), len("2026")) else 0


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    hour = int(found[4] or 0)
    if found[7]:
        hour = hour % _NOON + (_NOON if found[7].lower() == "p" else 0)
    return hour, int(found[5] or 0), int(found[6] or 0)


def _as_number(text: str) -> str | None:
    """A spreadsheet's day, or seconds or milliseconds since 1970."""
    if not _NUMBER.fullmatch(text.strip()):
        return None
    number, whole = float(text.strip().replace(",", ".")), len(re.split(r"[.,]", text.strip())[0])
    if whole == _SERIAL:
        return f"{_SERIALS_BEGIN + timedelta(days=number):%Y-%m-%d %H:%M}"
    seconds = number if whole == _SECONDS else number / 1000
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
