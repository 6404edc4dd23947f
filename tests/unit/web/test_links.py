"""Reading links that other programs have rewritten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.answers import new_token
from web.links import rating_in, token_in, trapped_in

TOKEN = "k3v7q2m5x4c6b7n3z5l2p6r4t7w3y5d4"
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


@given(
    st.sampled_from([".", ",", ")", ">", ";", "!", "?", "'", '"', "…", "]", "%20", "&amp;r=4", "", "/", "\n", " text"])
)
def test_what_hangs_on_behind_is_no_part_of_the_token(rest: str):
    token = new_token()
    assert token_in(token + rest) == token
    assert token_in(token.upper() + rest) == token


@given(st.text(max_size=50))
def test_a_token_is_32_letters_and_digits_or_none(text: str):
    found = token_in(text)
    assert found is None or (len(found) == 32 and set(found) <= set(ALPHABET))


@given(st.text(ALPHABET, max_size=40).filter(lambda text: len(text) != 32))
def test_another_length_is_no_token(text: str):
    assert token_in(text) is None


@pytest.mark.parametrize("text", [f"{TOKEN}a", f"a{TOKEN}", f".{TOKEN}", f"{TOKEN}/v", f"{TOKEN}./v", TOKEN[:-1] + "1"])
def test_what_is_near_a_token_is_none(text: str):
    assert token_in(text) is None


@pytest.mark.parametrize(
    ("text", "query", "rating"),
    [
        (TOKEN, "r=1", 1),
        (TOKEN, "R=5", 5),
        (TOKEN, "a=b&r=2", 2),
        (TOKEN, "a=b;r=2", 2),
        (TOKEN, "a=b&amp;r=2", 2),
        (f"{TOKEN}&amp;r=3", "", 3),
        (f"{TOKEN}&r=3", "data=x", 3),
        (TOKEN, "data=u%3Fr%3D5&r=2", 2),  # the parameter itself, not a copy of the address in another one
        (TOKEN, "%72%3d4", 4),
        (TOKEN, "r=3D5", 5),  # quoted-printable that nobody decoded
        (TOKEN, "r=3D", None),
        (f"{TOKEN}%3Fr%3D2", "", 2),
        (f"{TOKEN}?r=2__;", "", 2),
        (TOKEN, "r=0", None),
        (TOKEN, "r=10", None),
        (TOKEN, "r=4x", None),
        (TOKEN, "r=4).", 4),
        (TOKEN, "bar=4", None),
        (TOKEN, "r= 4", None),
        (TOKEN, "r=%EF%BC%94", None),
        (TOKEN, "", None),
    ],
)
def test_a_rating_is_found_wherever_it_went(text: str, query: str, rating: int | None):
    assert rating_in(text, query) == rating


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_rating_is_1_to_5_or_none(text: str, query: str):
    assert rating_in(text, query) in (None, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        (TOKEN, TOKEN),  # the path's `/v` was taken off
        (f"{TOKEN.upper()}.", TOKEN),
        (f"{TOKEN}/v", TOKEN),
        (f"{TOKEN}/V.", TOKEN),
        (f"{TOKEN}/v%20x", TOKEN),
        (f"{TOKEN}/v/", TOKEN),
        (f"{TOKEN}/video", None),
        (f"{TOKEN}/w", None),
        (f"a{TOKEN}/v", None),
    ],
)
def test_the_hidden_link_is_known_whatever_hangs_on_to_it(text: str, token: str | None):
    assert trapped_in(text) == token
