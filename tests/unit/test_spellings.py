"""One telephone number in its spellings: Mexico, Brazil and Argentina write their mobiles in more than one way."""

from itertools import combinations

import pytest

from models.report import address_key
from models.spellings import keys_of_number, spellings

SAME = [
    ("+525512345678", "+5215512345678"),  # Mexico City
    ("+528112345678", "+5218112345678"),  # Monterrey
    ("+5531996883193", "+553196883193"),  # Belo Horizonte
    ("+5511987654321", "+551187654321"),  # São Paulo
    ("+5491123456789", "+541123456789"),  # Buenos Aires
    ("+5492214567890", "+542214567890"),  # La Plata
]
OTHERS = [
    "+553133334444", "+5531933334444",  # a landline of Brazil has no second spelling, and is nobody's mobile
    "+493023125417", "+4915112345678", "+12025550123", "+447700900123", "+34612345678", "+551196883193",
    "+5215512345679", "+541123456780",
    "+52155123456", "+5511", "+54", "+", "12345", "ann@example.com", "", "+5491123456789999",
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_either_spelling_leads_to_the_other(one: str, other: str):
    assert set(spellings(one)) == set(spellings(other)) == {one, other}
    assert set(keys_of_number(one)) == set(keys_of_number(other))
    assert keys_of_number(other)[0] == address_key(other)


def test_the_15_that_argentines_dial_at_home_is_read():
    assert set(spellings("+54111523456789")) == {"+54111523456789", "+5491123456789", "+541123456789"}


def test_no_number_has_a_spelling_of_another_ones():
    every = [*(one for one, _ in SAME), *OTHERS]
    for one, other in combinations(every, 2):
        assert not set(keys_of_number(one)) & set(keys_of_number(other)), (one, other)


@pytest.mark.parametrize("number", OTHERS[:4])
def test_numbers_of_one_spelling_stay_alone(number: str):
    assert spellings(number) == (number,)
