"""Heads of mails that nobody meant to be read: what the customer wrote below them is taken all the same."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.tables import replies
from tests import seed
from tests.replies import DOMAIN, reply_token, rows, send_mail, suppressed
from tests.unit.web.test_mail_heads import HEADS
from tests.web_site import Site

BROKEN = ["=?utf-8?b?A?=", "=?utf-8?b?=", "=?no-such?q?x?=", "=?utf-8?q?=ZZ?=", "=?idna?b?w7w?=", "=?a\x00b?b?QUFB?="]


@pytest.mark.parametrize("word", BROKEN)
def test_a_broken_word_in_a_head_stands_in_the_way_of_no_opt_out(site: Site, word: str):
    case = seed.asked(site.place)
    for name in ("Subject", "X-Mailer", "To", "In-Reply-To"):
        answer = send_mail(site, reply_token(site, case), "STOP", headers=f"{name}: {word}\n")
        assert answer.status_code == 200
    assert suppressed(site) == {("*", True)}


@pytest.mark.parametrize("word", BROKEN)
def test_nor_in_a_mail_that_comes_whole(site: Site, word: str):
    case = seed.asked(site.place)
    address = f"reply+{reply_token(site, case)}@{DOMAIN}"
    whole = f"From: {word} <a@example.com>\r\nTo: {address}\r\nSubject: {word}\r\n\r\nSTOP\r\n"
    answer = send_mail(site, None, None, to=address, headers=None, email=whole.encode())
    assert answer.status_code == 200
    assert suppressed(site) == {("*", True)}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(heads=HEADS, envelope=st.text(max_size=20), whole=st.booleans())
def test_whatever_is_in_the_heads_the_mail_is_taken(
    site: Site, heads: list[tuple[str, str]], envelope: str, *, whole: bool
):
    lines = "".join(f"{name}: {value}\n" for name, value in heads)
    more = (
        {"email": lines.encode("utf-8", "replace") + b"\n5"} if whole else {"headers": lines.encode("utf-8", "replace")}
    )
    answer = send_mail(site, None, "5", envelope=json.dumps({"to": [envelope], "from": envelope}), **more)
    assert answer.status_code == 200
    for reply in rows(site, replies):
        reply.text.encode()
