"""A mail and an SMS to start from."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from channels.protocol import Mail, TextMessage

A_MAIL = Mail(
    ref="m_5f2c",
    to="ann@example.com",
    to_name="Ann Example",
    sender="care@example.org",
    sender_name="Customer Care",
    subject="How did we do?",
    text="Hello Ann,\n\nhow did we do?\n",
    html="<p>Hello Ann,</p><p>how did we do?</p>\n",
    unsubscribe_url="https://example.org/u/abc234",
    reply_to="reply+abc234@reply.example.org",
)


@pytest.fixture(scope="session")
def a_mail() -> Callable[..., Mail]:
    """`a_mail(subject="Hi")`: a good mail that differs in what is given."""

    def build(**fields: Any) -> Mail:
        return replace(A_MAIL, **fields)

    return build


@pytest.fixture(scope="session")
def a_text() -> Callable[..., TextMessage]:
    """`a_text(to="+33612345678")`: a good SMS that differs in what is given."""
    body = "Example Home Services: how did we do? https://example.org/s/abc234 STOP to opt out"

    def build(**fields: Any) -> TextMessage:
        return replace(TextMessage(ref="m_5f2c", to="+491701234567", body=body, try_for_s=3600), **fields)

    return build
