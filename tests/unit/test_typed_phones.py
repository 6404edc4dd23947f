"""Telephone numbers as people type them in several countries: never a number that they did not mean."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.phones import read_phone

COUNTRIES = ["DE", "AT", "FR", "ES", "NL", "GB", "US", "IT", "XK", "AQ"]
PIECES = st.sampled_from(
    [*"0123456789", "+", "00", "+49", "(0)", " ", "-", "/", ",", ";", "x", "\u00a0", "\u200e", "\uff10", "."]
)


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("0049 (0) 151 12345678", "DE", "+4915112345678"),
        ("49 (0)151 12345678", "DE", "+4915112345678"),
        ("030 23125017-12", "DE", "+49302312501712"),  # an extension behind a dash is dialled with the rest
        ("030 \u2013 23125017", "DE", "+493023125017"),
        ("030\u00a023125017", "DE", "+493023125017"),
        ("030\u202f231\u200925017", "DE", "+493023125017"),
        ("\u202a+49\u00a030 231\u201125017\u202c", "DE", "+493023125017"),
        ("\ufeff\u200e030\u200b23125017", "DE", "+493023125017"),
        (
            "\uff0b\uff14\uff19\u3000\uff13\uff10\uff0f\uff12\uff13\uff11\uff12\uff15\uff10\uff11\uff17",
            "DE",
            "+493023125017",
        ),
        ("03641/12 34 56", "DE", "+493641123456"),
        ("+49 (0)3641/123456", "DE", "+493641123456"),
        ("01 42 68 53 00", "FR", "+33142685300"),
        ("+33 (0)1 42 68 53 00", "FR", "+33142685300"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("0033 6 12 34 56 78", "DE", "+33612345678"),
        ("612-345-678", "ES", "+34612345678"),
        ("0034 612 34 56 78", "ES", "+34612345678"),
        ("+31 (0)6-12345678", "NL", "+31612345678"),
        ("06-12345678", "NL", "+31612345678"),
        ("+44 (0)20 7946 0958", "GB", "+442079460958"),
        ("07911 123456", "GB", "+447911123456"),
        ("(617) 555-0101", "US", "+16175550101"),
        ("1.617.555.0101", "US", "+16175550101"),
        ("011 49 30 23125017", "US", "+493023125017"),
        ("+39 06 1234 5678", "IT", "+390612345678"),
    ],
)
def test_what_people_type_is_read(text: str, country: str, number: str):
    assert read_phone(text, country) == number


@pytest.mark.parametrize(
    ("text", "country", "why"),
    [
        ("030 2312501/02", "DE", "more than one number"),
        ("030 231250-1/-2", "DE", "more than one number"),
        ("040 12345 / 67890", "DE", "more than one number"),
        ("030 123456 (78)", "DE", "more than one number"),
        ("030 123456 [78]", "DE", "more than one number"),
        ("0151 12345678 (030 2312501)", "DE", "more than one number"),
        ("0151 12345678 \\ 030 2312501", "DE", "more than one number"),
        ("0151 12345678\uff0f030 2312501", "DE", "more than one number"),
        ("0151 12345678 030 2312501", "DE", "more digits than a telephone number"),
        ("+49 151 12345678 +49 30 2312501", "DE", "more digits than a telephone number"),
        ("0151 12345678 oder 030 2312501", "DE", "without words and extensions"),
        ("030 23125017,12", "DE", "more than one number"),
        ("617-555-0101;5", "US", "more than one number"),
        ("030 23125017~12", "DE", "extension"),  # the library would leave the 12 out without a word
        ("030 23125017#12", "DE", "without words and extensions"),
        ("030 23125017 x123", "DE", "without words and extensions"),
        ("030 23125017 Durchwahl 12", "DE", "without words and extensions"),
        ("tel:+493023125017;ext=5", "DE", "without words and extensions"),
        ("1-800-FLOWERS", "US", "without words and extensions"),
        ("O151 12345678", "DE", "without words and extensions"),  # a letter
        ("3023125017.5", "DE", "as a spreadsheet writes it"),
        ("3023125017\uff0e5", "DE", "as a spreadsheet writes it"),
        ("-23124998", "DE", "as a spreadsheet writes it"),  # it took =49-30-23125017 for a sum
        ("\u221223124998", "DE", "as a spreadsheet writes it"),
        ("\uff11\uff11\uff12", "DE", "is an emergency number"),
        ("+49 49 151 12345678", "DE", "code of its country twice"),
        ("004949 30 23125017", "DE", "code of its country twice"),
        ("0845 123 4567", "GB", "neither called nor written to"),
        ("902 123 456", "ES", "neither called nor written to"),
        ("0900-1234", "NL", "neither called nor written to"),
        ("030\u00b223125017", "DE", "is not a telephone number"),
    ],
)
def test_what_may_be_another_number_is_refused(text: str, country: str, why: str):
    with pytest.raises(ValueError, match=why):
        read_phone(text, country)


@given(st.text() | st.lists(PIECES, max_size=24).map("".join), st.sampled_from(COUNTRIES))
def test_any_text_is_read_or_refused_in_words(text: str, country: str):
    number, fault = _outcome(text, country)
    assert number is not None or fault.startswith(("is ", "has ", "may "))
    assert number is None or {read_phone(number, each) for each in COUNTRIES} == {number}


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True), st.sampled_from(COUNTRIES))
def test_a_whole_number_never_becomes_another_one(text: str, country: str):
    meant = phonenumbers.parse(text) if _has_a_country(text) else None
    if meant is not None and phonenumbers.is_valid_number(meant):
        assert _outcome(text, country)[0] in (None, _as_written(meant))


@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_each_country_s_example_is_read_at_home_and_abroad(country: str):
    for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
        example = phonenumbers.example_number_for_type(country, kind)
        if example is None:
            continue
        whole = _as_written(example)
        assert {read_phone(whole, each) for each in [country, *COUNTRIES]} == {whole}


def _outcome(text: str, country: str) -> tuple[str | None, str]:
    """The number, or None and what is wrong with the text."""
    try:
        return read_phone(text, country), ""
    except ValueError as fault:
        return None, str(fault)


def _has_a_country(text: str) -> bool:
    return any(int(text[1:end]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE for end in (2, 3, 4))


def _as_written(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
