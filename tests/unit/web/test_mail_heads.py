"""The heads of a mail, whatever is in them: encoded words that are broken, charsets that are none, raw bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.mail_heads import headers_in
from web.mime import mime_mail

CHARSETS = ["utf-8", "iso-8859-1", "no-such", "unicode_escape", "idna", "undefined", "utf-16", "hex", "", "a\x00b"]
WORDS = ["A", "w7w=", "w7w", "=C3=BC", "=ZZ", "=", "====", "=?", "?=", "\udcff", "ü", "\x00", "a b", "%00", "\ud800"]
PIECES = st.one_of(
    st.builds("=?{}?{}?{}?=".format, st.sampled_from(CHARSETS), st.sampled_from("bBqQx"), st.sampled_from(WORDS)),
    st.sampled_from(
        [
            "; charset*=",
            "; boundary*=",
            "; filename*=",
            "a%00b''x",
            f"; name*{9 * '9' * 600}*=a",
            "; name*0*=x''y",
            ' "',
        ]
    ),
    st.sampled_from([" ", "\n ", "\n", ": ", "<a@b>", "multipart/mixed", "text/plain", "base64", "x-uuencode"]),
    st.text(max_size=10),
)
NAMES = ["From", "To", "Subject", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "X", "\udcff", ""]
HEADS = st.lists(st.tuples(st.sampled_from(NAMES), st.lists(PIECES, max_size=6).map("".join)), max_size=6)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?b?A?=", "=?utf-8?b?A?="),
        ("=?utf-8?b?A?= STOP", "=?utf-8?b?A?= STOP"),
        ("=?utf-8?q?M=C3?= =?utf-8?q?=BCller?=", "Müller"),  # one letter in two words
        ("=?utf-8?b?w7w?=", "ü"),  # without its padding
        ("Größe =?utf-8?b?w7w=?= da", "Größe ü da"),
        ("=?no-such?q?a=20b?= =?iso-8859-1*de?q?=FC?=", "a bü"),
        ("=?utf-8?q?ok?= =?utf-8?b?A?= =?utf-8?q?ay?=", "ok=?utf-8?b?A?=ay"),
        ("=?utf-8?Q?Re:_How_did?=\n =?utf-8?Q?_we_do=3F?= <a@b>", "Re: How did we do? <a@b>"),
        ("a =?b?= c", "a =?b?= c"),
    ],
)
def test_an_encoded_word_is_read_or_stays_as_it_was_written(written: str, read: str):
    assert headers_in(f"Subject: {written}\n\n")["subject"] == read
    assert mime_mail(f"Subject: {written}\n\n5".encode()).headers["subject"] == read


@given(HEADS)
def test_whatever_is_in_the_heads_text_comes_out(heads: list[tuple[str, str]]):
    mail = "".join(f"{name}: {value}\n" for name, value in heads)
    for value in headers_in(mail).values():
        value.encode()
    whole = mime_mail(mail.encode("utf-8", "surrogatepass") + b"\n5\n")
    (whole.text + "".join(whole.headers.values())).encode()


@pytest.mark.parametrize("odd", ["boundary*=a%00b''x", "charset*=a%00b''x", "name*" + "9" * 5000 + "*=a"])
def test_what_a_mail_says_is_read_although_its_head_cannot_be(odd: str):
    mail = mime_mail(f"Subject: x\nContent-Type: text/plain; {odd}\n\nPlease STOP\n".encode())
    assert (mail.headers["subject"], mail.text.strip()) == ("x", "Please STOP")
