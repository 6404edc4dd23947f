"""Dates, times, numbers and names as each language writes them."""

from datetime import UTC, datetime

import pytest

from templates.dates import day_text, moment_text
from templates.language import read_language

MONDAY = datetime(2026, 10, 5, 12, 30, tzinfo=UTC)
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "Monday, 5 October 2026", "Mon 5 October 2026, 14:30 CEST"),
        ("de", "Montag, 5. Oktober 2026", "Montag, 5. Oktober 2026, 14:30 Uhr (MESZ)"),
        ("fr", "lundi 5 octobre 2026", "lundi 5 octobre 2026 à 14:30 (heure d’été d’Europe centrale)"),
        ("es", "lunes, 5 de octubre de 2026", "lunes, 5 de octubre de 2026, 14:30 h (CEST)"),
        ("nl", "maandag 5 oktober 2026", "maandag 5 oktober 2026 om 14:30 uur (CEST)"),
    ],
)
def test_a_day_and_a_moment(language: str, day: str, moment: str) -> None:
    assert day_text(MONDAY, BERLIN, language) == day
    assert moment_text(MONDAY, BERLIN, language) == moment


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("fr", "jeudi 1er janvier 2026", "jeudi 1er janvier 2026 à 09:05 (heure normale d’Europe centrale)"),
        ("de", "Donnerstag, 1. Januar 2026", "Donnerstag, 1. Januar 2026, 09:05 Uhr (MEZ)"),
        ("es", "jueves, 1 de enero de 2026", "jueves, 1 de enero de 2026, 09:05 h (CET)"),
    ],
)
def test_the_first_of_a_month(language: str, day: str, moment: str) -> None:
    new_year = datetime(2026, 1, 1, 8, 5, tzinfo=UTC)
    assert (day_text(new_year, BERLIN, language), moment_text(new_year, BERLIN, language)) == (day, moment)


@pytest.mark.parametrize(
    ("zone", "language", "end"),
    [
        ("Asia/Dubai", "en", "16:30 GST"),
        ("America/New_York", "en", "08:30 Eastern Daylight Time"),  # no short name that Europeans know
        ("America/New_York", "de", "08:30 Uhr (Nordamerikanische Ostküsten-Sommerzeit)"),
        ("America/New_York", "fr", "08:30 (HEE)"),
        ("Europe/London", "nl", "13:30 uur (Britse zomertijd)"),
        ("UTC", "es", "12:30 h (UTC)"),
    ],
)
def test_the_time_zone_is_named(zone: str, language: str, end: str) -> None:
    assert moment_text(MONDAY, zone, language).endswith(end)


def test_the_day_is_that_of_the_place() -> None:
    late = datetime(2026, 10, 5, 22, 30, tzinfo=UTC)
    assert day_text(late, BERLIN, "de") == "Dienstag, 6. Oktober 2026"
    assert day_text(late, "America/New_York", "de") == "Montag, 5. Oktober 2026"


@pytest.mark.parametrize(
    ("language", "written"), [("en", "4,000"), ("de", "4.000"), ("fr", "4\u202f000"), ("es", "4000"), ("nl", "4.000")]
)
def test_a_number(language: str, written: str) -> None:
    assert read_language(language).number(4000) == written


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("en", "by 1 character;", "by 2 characters;"),
        ("de", "um 1 Zeichen;", "um 2 Zeichen;"),
        ("fr", "de 1 caractère\u202f;", "de 2 caractères\u202f;"),
        ("es", "en 1 carácter;", "en 2 caracteres;"),
        ("nl", "1 teken korter;", "2 tekens korter;"),
    ],
)
def test_a_plural(language: str, one: str, many: str) -> None:
    texts = (
        "Please shorten your text by %(over)s character; %(most)s fit.",
        "Please shorten your text by %(over)s characters; %(most)s fit.",
    )
    spoken = read_language(language)
    assert one in spoken.count(*texts, 1, over="1", most="4000")
    assert many in spoken.count(*texts, 2, over="2", most="4000")
