"""Dates as readers of our mails and pages see them, in their language."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone_name

from templates.language import SOURCE, Language, read_language

_QUOTED_OR: Final = r"'(?:[^']|'')*'|\b{field}+\b"
"""In a date pattern: text in quotes, or a field."""


def day_text(at: datetime, zone: str, language: str = SOURCE) -> str:
    """ "Monday, 5 October 2026", "Montag, 5. Oktober 2026", "lundi 5 octobre 2026" """
    return _day(at.astimezone(ZoneInfo(zone)).date(), language)


def moment_text(at: datetime, zone: str, language: str = SOURCE) -> str:
    """ "Mon 5 October 2026, 14:30 CEST", "Montag, 5. Oktober 2026, 14:30 Uhr (MESZ)" """
    local, spoken = at.astimezone(ZoneInfo(zone)), read_language(language)
    pattern = _with(_pattern(spoken.moment, local, spoken), "z", _zone_name(local, spoken))
    return str(format_datetime(local.replace(tzinfo=None), pattern, locale=spoken.locale))


@lru_cache(maxsize=4096)
def _day(day: date, language: str) -> str:
    """Most mails of a batch name the same few days."""
    spoken = read_language(language)
    return str(format_date(day, _pattern(spoken.day, day, spoken), locale=spoken.locale))


def _pattern(pattern: str, day: date, language: Language) -> str:
    return _with(pattern, "d", language.first) if language.first and day.day == 1 else pattern


def _with(pattern: str, field: str, text: str) -> str:
    """The pattern with a fixed text in the place of a field."""
    quoted = "'" + text.replace("'", "''") + "'"
    return re.sub(_QUOTED_OR.format(field=field), lambda found: found[0] if found[0][0] == "'" else quoted, pattern)


def _zone_name(local: datetime, language: Language) -> str:
    """ "MESZ"; written out where the language has no short name that its readers know."""
    short = str(get_timezone_name(local, width="short", locale=language.locale))
    return str(get_timezone_name(local, width="long", locale=language.locale)) if short[0] in "+-" else short
