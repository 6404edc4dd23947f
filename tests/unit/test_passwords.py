"""Passwords are taken as they are typed, and those are refused that whoever knows the person would try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.passwords import LONGEST, SHORTEST, hash_password, is_password
from models.people import PersonError
from web.console.guard import read_fields

GOOD = "eleven slow winters without rain"
ABOUT = ("amira.haddad@staff.example.com", "Amira Haddad", "Example Home Services")


@pytest.mark.parametrize(
    "typed", [f" {GOOD}", f"{GOOD} ", GOOD.upper(), GOOD.replace(" ", "\t"), f"{GOOD}\x00", GOOD.replace(" ", "")]
)
def test_another_one_is_another_one_also_by_a_blank(typed: str):
    kept = hash_password(GOOD)
    assert is_password(kept, GOOD)
    assert not is_password(kept, typed)
    assert is_password(hash_password(typed), typed)


def test_only_how_a_keyboard_writes_a_letter_does_not_count():
    assert is_password(hash_password("Z\u00fcrich winters without any rain"), "Zu\u0308rich winters without any rain")


def test_a_longer_one_is_refused_and_not_cut():
    long = (GOOD * 9)[:LONGEST]
    kept = hash_password(long)
    assert is_password(kept, long)
    assert not is_password(kept, long + "x")
    with pytest.raises(PersonError, match=f"{SHORTEST} to {LONGEST}"):
        hash_password(long + "x")


@pytest.mark.parametrize(
    "typed",
    ["Aftercare2026!", "aftercare aftercare", "Example Home Services!", "AmiraHaddad2026", "amira.haddad@staff",
     "HomeServices-Haddad1", "password password"],
)  # fmt: skip
def test_what_anybody_would_try_who_knows_the_person_is_refused(typed: str):
    with pytest.raises(PersonError, match="too easy to guess"):
        hash_password(typed, ABOUT)


def test_a_long_one_may_have_such_a_word_in_it():
    assert hash_password("eleven home winters without services rain", ABOUT)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_form_hands_on_a_password_as_it_was_typed(typed: str):
    from urllib.parse import urlencode

    assert read_fields(urlencode({"password": typed, "email": " a@b "}).encode()) == {"password": typed, "email": "a@b"}
