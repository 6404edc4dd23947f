"""A letter reads back as exactly what was put in."""

from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.letter import letter
from channels.protocol import HeaderFault, Mail

AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def body(content: bytes, kind: str) -> str:
    part = read(content).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def raw_headers(content: bytes) -> dict[str, str]:
    """Names in lower case and undecoded values, by a reader that repairs nothing."""
    return {name.lower(): str(value) for name, value in message_from_bytes(content, policy=policy.compat32).items()}


def display_name(mailbox: str) -> str:
    """The name before the last `<`, decoded by RFC 2047 or unquoted."""
    words = mailbox[: mailbox.rindex("<")].rstrip()
    return words[1:-1] if words.startswith('"') else str(make_header(decode_header(words)))


def test_a_letter_has_text_and_html_as_alternatives_the_better_one_last(a_mail: Callable[..., Mail]) -> None:
    content = letter(a_mail(), at=AT)
    message = read(content)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert body(content, "plain") == a_mail().text
    assert body(content, "html") == a_mail().html
    assert not message.defects


def test_a_letter_says_who_when_and_which(a_mail: Callable[..., Mail]) -> None:
    message = read(letter(a_mail(), at=AT))
    assert message["From"] == "Customer Care <care@example.org>"
    assert message["To"] == "Ann Example <ann@example.com>"
    assert message["Subject"] == "How did we do?"
    assert message["Date"].datetime == AT.replace(microsecond=0)
    assert message["Message-ID"] == "<m_5f2c@example.org>"


def test_one_click_unsubscribe_is_written_as_rfc_8058_says(a_mail: Callable[..., Mail]) -> None:
    long_link = "https://example.org/u/" + "a" * 300
    content = letter(a_mail(unsubscribe_url=long_link), at=AT)
    assert f"\r\nList-Unsubscribe: <{long_link}>\r\n".encode() in content, "not folded: a blank would break the link"
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content


def test_mail_to_staff_has_no_unsubscribe_header(a_mail: Callable[..., Mail]) -> None:
    assert not [name for name in raw_headers(letter(a_mail(unsubscribe_url=None), at=AT)) if name.startswith("list-")]


@pytest.mark.parametrize("to_name", [None, ""])
def test_a_recipient_without_a_name_is_a_bare_address(a_mail: Callable[..., Mail], to_name: str | None) -> None:
    assert raw_headers(letter(a_mail(to_name=to_name), at=AT))["to"] == "ann@example.com"


def test_a_letter_is_seven_bit_lines_that_end_in_crlf(a_mail: Callable[..., Mail]) -> None:
    text = "Grüße 😀\n" + "long " * 400 + "\n.\n..dots\nFrom here\n"
    content = letter(a_mail(text=text, subject="Grüße " * 60, to_name="Jürgen " * 40), at=AT)
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert body(content, "plain") == text


ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=120)
SPECIAL = [*' \t\r\n"\\<>()@,;:=?_.\x00\x85\u2028\u00a0\u3000\u202e\u200béß😀ab', "\ud800"]
NASTY = st.text(st.sampled_from(SPECIAL), max_size=120)


@given(name=ANYTHING | NASTY, subject=ANYTHING | NASTY)
@example(name="=?utf-8?q?Eve?=", subject="=?utf-8?q?Eve?=")
@example(name='" <eve@example.net>', subject=" two  blanks ")
@example(name="a" * 1000, subject="ä" * 1000)
def test_any_name_and_subject_are_refused_or_read_back_exactly(
    a_mail: Callable[..., Mail], name: str, subject: str
) -> None:
    mail = a_mail(to_name=name, sender_name=name, subject=subject)
    try:
        content = letter(mail, at=AT)
    except HeaderFault:
        return
    raw = raw_headers(content)
    assert list(raw) == list(raw_headers(letter(a_mail(), at=AT))), "no header more, none less"
    assert str(make_header(decode_header(raw["subject"]))) == read(content)["Subject"] == subject
    for header, address in (("to", mail.to), ("from", mail.sender)):
        (mailbox,) = read(content)[header].addresses
        assert mailbox.addr_spec == address
        assert not name or display_name(raw[header]) == name
    assert body(content, "html") == mail.html
