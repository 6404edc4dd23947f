"""How often links that lead nowhere may be tried, and whose address counts."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from web.limiter import Limiter, address_of

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


def request(peer: str = "192.0.2.7", *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers, "client": (peer, 5000)})


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "counts"),
    [
        (0, "192.0.2.7", [], "192.0.2.7/32"),
        (0, "192.0.2.7", ["198.51.100.1"], "192.0.2.7/32"),  # anybody can write that header
        (0, "127.0.0.1", [], None),  # a proxy that nobody told us of
        (0, "::1", [], None),
        (0, "testclient", [], None),
        (0, "2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        (0, "::ffff:192.0.2.7", [], "192.0.2.7/32"),
        (0, "::ffff:127.0.0.1", [], None),
        (0, "fe80::1%eth0", [], "fe80::/64"),
        (1, "127.0.0.1", ["198.51.100.1"], "198.51.100.1/32"),
        (1, "127.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1/32"),  # what the visitor wrote stands before it
        (1, "127.0.0.1", ["1.1.1.1", "198.51.100.1"], "198.51.100.1/32"),
        (2, "127.0.0.1", ["1.1.1.1, 198.51.100.1, 10.0.0.1"], "198.51.100.1/32"),
        (2, "127.0.0.1", ["198.51.100.1"], None),
        (1, "127.0.0.1", [], None),
        (1, "127.0.0.1", ["unknown"], None),
        (1, "127.0.0.1", ["198.51.100.1:4711"], "198.51.100.1/32"),
        (1, "127.0.0.1", ["[2001:db8:1:2::9]:4711"], "2001:db8:1:2::/64"),
    ],
)
def test_whose_request_it_is(proxies: int, peer: str, forwarded: list[str], counts: str | None):
    assert address_of(request(peer, *forwarded), proxies) == counts


@given(st.lists(st.text(st.characters(max_codepoint=255), max_size=40), max_size=3), st.integers(0, 3))
def test_no_header_makes_it_raise(forwarded: list[str], proxies: int):
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    address_of(Request({"type": "http", "headers": headers, "client": None}), proxies)


def test_sixty_at_once_and_then_thirty_a_minute():
    limiter = Limiter(0)
    tried = [limiter.refuses(request(), None, NOW) for _ in range(70)]
    assert tried == [False] * 60 + [True] * 10
    minute = [limiter.refuses(request(), None, NOW + timedelta(seconds=second)) for second in range(1, 61)]
    assert minute.count(False) == 30
    assert not limiter.refuses(request("192.0.2.8"), None, NOW)
    rested = [limiter.refuses(request(), None, NOW + timedelta(hours=1)) for _ in range(70)]
    assert rested.count(False) == 60


def test_a_token_s_beginning_counts_wherever_it_comes_from():
    limiter = Limiter(0)
    tried = [limiter.refuses(request(f"192.0.2.{at}"), f"abcdefgh{at:024}", NOW) for at in range(70)]
    assert tried.count(False) == 60
    assert not limiter.refuses(request(), "b" * 32, NOW)


def test_a_clock_that_goes_back_gives_nothing():
    limiter = Limiter(0)
    for _ in range(60):
        limiter.refuses(request(), None, NOW)
    assert limiter.refuses(request(), None, NOW - timedelta(days=1))


def test_memory_is_bounded_and_holds_no_address():
    limiter = Limiter(0, buckets=50)
    for at in range(500):
        limiter.refuses(request(f"198.51.{at // 250}.{at % 250}"), f"{at:08}", NOW)
    assert len(limiter) == 50
    assert "198.51" not in repr(vars(limiter))
