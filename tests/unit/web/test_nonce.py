"""A form is good for its own link, for a day, and not at once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from web.nonce import Nonces

KEY = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 10, 6, 10, 0, tzinfo=UTC)
NONCES = Nonces(KEY)


@pytest.mark.parametrize(
    ("age", "counts"),
    [
        (timedelta(seconds=2), True),
        (timedelta(seconds=1.99), False),
        (timedelta(0), False),
        (timedelta(seconds=-5), False),  # our clock was set back in between
        (timedelta(hours=24), True),
        (timedelta(hours=24, milliseconds=1), False),
    ],
)
def test_a_form_counts_between_two_seconds_and_a_day(age: timedelta, counts: bool):
    nonce = NONCES.issue("token", NOW)
    assert (NONCES.read(nonce, "token", NOW + age) is not None) is counts


def test_every_form_is_another_one_and_each_stays_the_same():
    later = NOW + timedelta(minutes=1)
    texts = [NONCES.issue("token", NOW) for _ in range(100)]
    read = [NONCES.read(text, "token", later) for text in texts]
    assert len({*read}) == 100
    assert read == [NONCES.read(text, "token", later) for text in texts]


def test_a_form_counts_for_its_own_link_and_key_only():
    later = NOW + timedelta(minutes=1)
    nonce = NONCES.issue("token", NOW)
    assert NONCES.read(nonce, "another", later) is None
    assert Nonces(KEY[::-1]).read(nonce, "token", later) is None


def test_the_signature_is_for_forms_only():
    other = URLSafeSerializer(KEY, salt="something else").dumps(["", round(NOW.timestamp() * 1000), "x"])
    assert NONCES.read(str(other), "token", NOW + timedelta(minutes=1)) is None


@given(st.text(max_size=200))
def test_nothing_that_is_typed_in_its_place_counts(text: str):
    assert NONCES.read(text, "token", NOW) is None


@given(st.integers(0, 400), st.characters())
def test_one_changed_character_spoils_it(position: int, character: str):
    """Or spells the same bytes in another way: then it is the same form, and counts once all the same."""
    nonce = NONCES.issue("token", NOW)
    index = position % len(nonce)
    changed = nonce[:index] + character + nonce[index + 1 :]
    later = NOW + timedelta(minutes=1)
    assert NONCES.read(changed, "token", later) in (None, NONCES.read(nonce, "token", later))
