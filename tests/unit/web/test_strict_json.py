"""JSON with one meaning."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.strict_json import NotJson, parse

TEXTS = st.text(max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
)


@given(VALUES, st.booleans())
def test_json_is_read_as_it_is(value: object, ascii_only: bool):
    assert parse(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=300))
def test_bytes_are_json_or_not(body: bytes):
    with suppress(NotJson):
        parse(body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"a": 1, "a": 1}', "a key twice"),
        (b'[[{"a": {"b": 1, "\\u0062": 2}}]]', "a key twice"),
        (b"NaN", "not JSON"),
        (b"-Infinity", "not JSON"),
        (b"1e400", "out of range"),
        (b"9" * 5000, "out of range"),
        (b"[" * 1_000_000, "too deeply"),
        (b"\xff", "byte 0 is not UTF-8"),
        (b'"\xed\xa0\x80"', "byte 1 is not UTF-8"),
        (b'["\\ud83d"]', "surrogate"),
        (b'{"\\ude00\\ud83d": 1}', "surrogate"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"{} {}", "line 1, column 4"),
        (b"", "line 1, column 1"),
    ],
)
def test_what_is_refused_is_named(body: bytes, reason: str):
    with pytest.raises(NotJson, match=reason):
        parse(body)


def test_both_halves_of_a_pair_are_one_character():
    assert parse(b'"\\ud83d\\ude00"') == "😀"
