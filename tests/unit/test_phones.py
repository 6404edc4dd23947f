"""Telephone numbers as exports write them: read where one number alone can be meant, refused with the reason else."""

from contextlib import suppress

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.phones import read_phone
from tests.seed import report


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("4915112345678", "DE", "+4915112345678"),  # a spreadsheet took the plus
        ("49 151 12345678", "DE", "+4915112345678"),
        ("493023125017", "DE", "+493023125017"),
        ("436641234567", "AT", "+436641234567"),
        ("447911123456", "GB", "+447911123456"),
        ("393331234567", "IT", "+393331234567"),
        ("34612345678", "ES", "+34612345678"),
        ("971501234567", "AE", "+971501234567"),
        ("5511961234567", "BR", "+5511961234567"),
        ("15112345678", "DE", "+4915112345678"),  # a spreadsheet took the first zero
        ("6175550101", "US", "+16175550101"),
        ("16175550101", "US", "+16175550101"),
        ("(030) 231-25017", "DE", "+493023125017"),
        ("030/23125017", "DE", "+493023125017"),
        ("+49 (0)151 12345678", "DE", "+4915112345678"),
        ("+49 30 20000000", "DE", "+493020000000"),  # of an exchange, and no filler
        ("0049 151 12345678", "DE", "+4915112345678"),
        ("tel:+49-30-23125017", "DE", "+493023125017"),
        ("+44 7700 900614", "DE", "+447700900614"),  # kept for films, as our examples are
        ("\u0660\u0663\u0660\u0661\u0662\u0663\u0664\u0665\u0666", "DE", "+4930123456"),  # in Arabic digits
    ],
)
def test_a_number_that_alone_can_be_meant_is_read(text: str, country: str, number: str):
    assert read_phone(text, country) == number


@pytest.mark.parametrize(
    ("text", "country", "why"),
    [
        ("15112345678.0", "DE", "as a spreadsheet writes it"),
        ("15112345678,00", "DE", "as a spreadsheet writes it"),
        ("4.91511E+12", "DE", "as a spreadsheet writes it"),
        ("4,91511E+12", "DE", "as a spreadsheet writes it"),
        ("4.91511e12", "DE", "as a spreadsheet writes it"),
        ("0000000000", "DE", "is a filler"),
        ("9999999999", "US", "is a filler"),
        ("555-555-5555", "US", "is a filler"),
        ("0611 2222222", "DE", "is a filler"),
        ("0151 11111111", "DE", "is a filler"),
        ("+49 30 0000000", "DE", "is a filler"),
        ("110", "DE", "is an emergency number"),
        ("112", "US", "is an emergency number"),
        ("911", "US", "is an emergency number"),
        ("999", "GB", "is an emergency number"),
        ("+49 112", "DE", "is"),
        ("1234", "DE", "is no number that anybody can have"),
        ("0123456789", "DE", "is no number that anybody can have"),
        ("0900 1234567", "DE", "is a premium-rate number"),
        ("01371 123456", "DE", "is a shared-cost number"),
        ("0180 5 123456", "DE", "is a shared-cost number"),
        ("070 12345678", "GB", "is a number that forwards calls"),
        ("33612345678", "DE", r"may be \+49 3361 2345678 or \+33 6 12 34 56 78; write the one that is meant"),
        ("15202234567", "DE", "may be"),
        ("491512345678", "DE", "a digit too many or too few"),  # valid as a landline of Leer, far too long for one
        ("4915112345678", "US", r"if \+49 1511 2345678 is meant, write it so"),
        ("0151 12345678 / 030 2312501", "DE", "has more than one number"),
        ("030 2312501; 0151 12345678", "DE", "has more than one number"),
        ("0151 12345678 (Frau)", "DE", "without words and extensions"),
        ("030 12345 abends", "DE", "without words and extensions"),
        ("+1 617 555 0101 ext. 5", "US", "without words and extensions"),
        ("n/a", "DE", "is not a telephone number"),
        ("-", "DE", "is not a telephone number"),
        ("none", "DE", "is not a telephone number"),
    ],
)
def test_a_number_that_may_be_somebody_else_s_is_refused(text: str, country: str, why: str):
    with pytest.raises(ValueError, match=why):
        read_phone(text, country)


@given(st.from_regex(r"[+0]?[0-9 ./-]{0,18}([eE][+][0-9]{1,2})?", fullmatch=True), st.sampled_from(["DE", "US", "IT"]))
def test_whatever_is_read_is_a_valid_number_that_reads_as_itself(text: str, country: str):
    try:
        number = read_phone(text, country)
    except ValueError:
        return
    assert phonenumbers.is_valid_number(phonenumbers.parse(number)) or number.startswith(("+447700900", "+3363998"))
    assert read_phone(number, "AE") == number


def test_the_report_of_a_service_reads_its_number_in_the_country_of_its_branch():
    assert report(phone="4915112345678").phone == "+4915112345678"


@given(st.integers(1510_0000000, 1519_9999999).filter(lambda number: number % 10**7 > 0))
def test_a_mobile_that_lost_a_digit_and_its_plus_is_never_a_landline_elsewhere(number: int):
    with suppress(ValueError):
        assert read_phone(f"49{number}"[:-1], "DE").startswith("+4915")
