"""What a browser asks for, best first; whatever else comes in that header is passed over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.language import asked_for


def asked(*headers: bytes) -> list[str]:
    return asked_for({"type": "http", "headers": [(b"accept-language", header) for header in headers]})


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("de", ["de"]),
        ("de-AT,de;q=0.9,en;q=0.8", ["de-AT", "de", "en"]),
        ("en;q=0.1, fr", ["fr", "en"]),
        ("fr ; q=0.5 , nl ; q=0.7", ["nl", "fr"]),
        ("de;q=0, fr", ["fr"]),  # 0 means: not this one
        ("*", []),
        ("*;q=0.5, es", ["es"]),
        ("", []),
        (",,;,", []),
        ("de;q=high, fr;q=2, es;q=-1, nl;q=nan, en", ["en"]),
        ("de;level=1, en", ["en"]),
    ],
)
def test_the_header_as_browsers_send_it(header: str, wanted: list[str]):
    assert asked(header.encode()) == wanted


def test_without_the_header_nothing_is_asked_for():
    assert asked() == []


def test_a_header_without_end_is_read_for_a_while():
    assert len(asked(b"de," * 10_000)) == 20


@given(st.binary(max_size=300))
def test_any_bytes_are_read(header: bytes):
    assert all(tag for tag in asked(header))
