"""Mails that are written to cost: the work grows with their bytes, no faster, and what cannot be read is said."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage, Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.steps import calls_of, comes_to_an_end
from tests.unit.web.test_thinned import thinned
from web.mail_heads import address_in, headers_in
from web.mail_text import text_of_html
from web.mime import UNREAD, mime_mail
from web.multipart import Beginning
from web.thinned import Thinned

KIB = 1024
MOST = 384 * KIB
"""Bytes that are kept of a whole mail."""


def nested(parts: int, rest: bytes = b"") -> bytes:
    heads = [b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (at, at + 1) for at in range(parts)]
    return b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + b"".join(heads) + rest


def numbered(head: bytes, count: int) -> bytes:
    return head + b"".join(b"; name*%d*=a" % at for at in range(count)) + b"\r\n\r\nSTOP\r\n"


COSTLY: dict[str, Callable[[int], bytes]] = {
    "line feeds": lambda n: b"\r\n" + b"\n" * (n * 10),
    "line ends": lambda n: b"\r\n" + b"\r\n" * (n * 10),
    "semicolons": lambda n: b"Content-Type: text/plain" + b";" * (n * 100) + b"\r\n\r\nSTOP",
    "parameters": lambda n: b"Content-Disposition: inline" + b";a=b" * (n * 50) + b"\r\n\r\nSTOP",
    "folded parameters": lambda n: b"Content-Type: text/plain" + b";\r\n " * (n * 20) + b"\r\n\r\nSTOP",
    "parameters in pieces": lambda n: numbered(b"Content-Type: text/plain", n),
    "heads": lambda n: b"A: b\r\n" * n + b"\r\nSTOP",
    "parts": lambda n: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * n + b"--b--\r\n",
    "parts within parts": nested,
    "parts within parts, and lines": lambda n: nested(min(n, 300), b"\n" * (n * 50)),
    "mails within mails": lambda n: b"Content-Type: message/rfc822\r\n\r\n" * n + b"\r\nSTOP",
    "a boundary": lambda n: b"Content-Type: multipart/mixed; boundary=" + b"b" * n + b"\r\n\r\n--" + b"b" * n + b"\r\n",
    "almost boundaries": lambda n: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + b"--bb\n" * n,
    "base64": lambda n: b"Content-Transfer-Encoding: base64\r\n\r\n" + (b"QUFB" * 19 + b"\r\n") * n,
    "bad base64": lambda n: b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=A" * (n * 20),
    "quoted-printable": lambda n: b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * (n * 20),
    "encoded words": lambda n: b"Subject: " + b"=?utf-8?b?QQ==?= " * n + b"\r\n\r\nSTOP",
    "broken words": lambda n: b"".join(b"X-%d: =?utf-8?b?A?=\r\n" % at for at in range(n)) + b"\r\nSTOP",
    "charsets": lambda n: b"Subject: " + b"".join(b"=?x%d?q?a?= " % at for at in range(n)) + b"\r\n\r\nSTOP",
    "a long line": lambda n: b"\r\n" + b"x" * (n * 100),
    "nothings": lambda n: b"A: \0\r\n\r\n" + b"\0" * (n * 100),
    "elements": lambda n: b"Content-Type: text/html\r\n\r\n" + b"<div>" * (n * 20),
    "attributes": lambda n: b"Content-Type: text/html\r\n\r\n<a " + b"x=y " * (n * 20) + b">STOP",
    "comments": lambda n: b"Content-Type: text/html\r\n\r\n" + b"<!--" * (n * 20),
    "references": lambda n: b"Content-Type: text/html\r\n\r\n" + b"&notit" * (n * 10),
    "uuencoded": lambda n: b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 666 a\n" + b"#0V%T\n" * n,
}


@pytest.mark.parametrize("name", COSTLY)
def test_four_times_the_mail_is_at_most_four_times_the_work(name: str):
    def calls(size: int) -> int:
        return calls_of(lambda: mime_mail(COSTLY[name](size)[:MOST]))

    calls(1)
    assert calls(1200) <= 5 * calls(300) + 2000


@pytest.mark.parametrize("name", COSTLY)
def test_as_much_as_is_kept_of_a_mail_is_read_to_its_end(name: str):
    with comes_to_an_end():
        mime_mail(COSTLY[name](40_000)[:MOST])


@pytest.mark.parametrize("line", [b"\n", b"\r\n", b"x\n", b"\0" * 5000, b"x" * 5000, b"QUFB" * 19 + b"\n"])
def test_a_mail_as_it_comes_in_costs_by_its_pieces_and_not_by_its_lines(line: bytes):
    mib = line * (1024 * KIB // len(line))
    assert calls_of(lambda: thinned(mib, 64 * KIB, MOST)) < 2000


def test_a_mail_of_turns_is_left_where_it_has_too_many():
    held = Thinned(MOST)
    for _ in range(30):
        held.write((b"A" * 60 + b"\n\n") * 4000)
    assert held.turns < 60_000
    assert held.cut


def test_what_is_left_out_of_a_mail_is_said_unless_it_is_of_an_attachment():
    for line, is_cut in ((b"text\n", True), (b"A" * 76 + b"\n", True), (b"--b\nContent-Type: image/png\n\n", False)):
        held = Thinned(3000)
        held.write(line)
        held.write(b"A" * 76 + b"\n" if not is_cut else line * 1000)
        assert held.cut is is_cut
    beginning = Beginning(3)
    beginning.write(b"123")
    assert not beginning.cut
    beginning.write(b"4")
    assert (beginning.cut, beginning.kept()) == (True, b"123")


@pytest.mark.parametrize(
    "name", ["parts within parts", "mails within mails", "parts", "a boundary", "parts within parts, and lines"]
)
def test_what_cannot_be_taken_apart_is_left_as_it_came_for_a_person(name: str):
    mail = mime_mail(b"Subject: x\r\n" + COSTLY[name](2000))
    assert (mail.unread, mail.headers["subject"]) == (UNREAD, "x")
    assert mail.text.strip()


@pytest.mark.parametrize("head", [b"Content-Type: multipart/mixed", b"Content-Type: multipart/mixed; boundary=no"])
def test_nor_is_what_has_no_parts_lost(head: bytes):
    mail = mime_mail(head + b"\r\n\r\nPlease STOP\r\n")
    assert (mail.text.strip(), mail.unread) == ("Please STOP", UNREAD)


@pytest.mark.parametrize("text", ["(" * 4000, "(a," * 3000, '"\\' * 3000, "<a@" * 3000, "\ud800", "a@b" * 3000, ""])
def test_any_sender_is_an_address_or_none(text: str):
    with comes_to_an_end():
        assert len(address_in(text)) <= 1000
        headers_in(f"From: {text}\n\n")


def test_a_page_without_an_end_is_read_as_far_as_we_look():
    assert len(text_of_html("a" * 10**6)) < 10**6


def ways(message: Message) -> tuple[str, int]:
    """The first plain text and the number of attachments as Python's own reader of mails has them."""
    plain, attachments = "", 0
    for part in message.walk():
        if part.is_multipart() or part.get_content_maintype() == "message":
            continue
        if part.get_filename() or part.get_content_type() not in ("text/plain", "text/html"):
            attachments += 1
        elif part.get_content_type() == "text/plain":
            plain = plain or part.get_payload(decode=True).decode()  # type: ignore[union-attr]
    return plain, attachments


@st.composite
def mails(draw: st.DrawFn, depth: int = 0) -> EmailMessage:
    made = EmailMessage()
    kind = draw(st.sampled_from(["text", "text", "file", "mail", "mixed", "alternative"] if depth < 3 else ["text"]))
    if kind in ("mixed", "alternative"):
        (made.make_mixed if kind == "mixed" else made.make_alternative)()
        for part in draw(st.lists(mails(depth + 1), min_size=1, max_size=3)):
            made.attach(part)
        if draw(st.booleans()):
            made.set_boundary(draw(st.sampled_from(["b", "bb", "=_x y", "(+?)"])) + str(depth))
    elif kind == "mail":
        made.set_content(draw(mails(depth + 1)))
    elif kind == "file":
        made.set_content(draw(st.binary(max_size=100)), maintype="image", subtype="png", filename="a.png")
    else:
        text = draw(st.text(st.sampled_from("STOP 5\n-b=\xfc"), max_size=60))
        made.set_content(text, cte=draw(st.sampled_from(["base64", "quoted-printable", "8bit"])))
    return made


@given(mails())
def test_what_pythons_own_reader_reads_is_read(made: EmailMessage):
    raw = made.as_bytes()
    plain, attachments = ways(message_from_bytes(raw))
    mail = mime_mail(raw)
    assert (mail.text.split(), mail.attachments, mail.unread) == (plain.split(), attachments, "")
