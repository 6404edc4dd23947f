"""Whatever a mail is made of, text comes out: charsets, HTML and MIME."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.cleaned import cleaned
from web.mail_heads import headers_in
from web.mail_text import decoded, text_of_html
from web.mime import mime_mail


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        ("für".encode(), "UTF-8", "für"),
        ("für".encode("latin-1"), "iso-8859-1", "für"),
        ("für".encode("cp1252"), "windows-1252", "für"),
        ("東京".encode("shift_jis"), "Shift_JIS", "東京"),
        ("für".encode(), "no-such-charset", "für"),
        (b"a\xff", "utf-8", "a\ufffd"),
        (b"abc", "zip", "abc"),
        (b"\\x41", "unicode_escape", "\\x41"),
        (b"abc", "undefined", "abc"),
        (b"abc", "iso-8859-99", "abc"),
        (b"abc", "", "abc"),
    ],
)
def test_text_comes_out_of_any_charset(raw: bytes, charset: str, text: str):
    assert decoded(raw, charset) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>5 great</p>", "5 great"),
        ("<div>5<br>great &amp; quick</div>", "5\ngreat & quick"),
        ("<html><head><title>x</title><style>p{}</style></head><body>4</body></html>", "4"),
        ("4<blockquote>How did we do? <p>1 2 3</p></blockquote>", "4\n> How did we do?\n> 1 2 3"),
        ('4<div class="gmail_quote">On Monday<div>we wrote</div></div> fine', "4\n> On Monday\n> we wrote\nfine"),
        ('4<div id="appendonsend"></div><hr>rest', "4\n\nrest"),
        ("4<script>alert(5)</script>", "4"),
        ("4 <b>very<i> good", "4 very good"),
        ("<p>a</p>\n\n\n\n<p>b</p>", "a\n\nb"),
        ("<!DOCTYPE html><!-- <p>5</p> -->4", "4"),
        ("no markup", "no markup"),
        ("", ""),
        ("4<![x[ y", "4<![x[ y"),
    ],
)
def test_html_is_read_with_marks_before_what_it_quotes(html: str, text: str):
    assert text_of_html(html).split() == text.split()


def test_a_whole_mail_is_read():
    raw = (
        b"From: =?utf-8?q?J=C3=BCrgen?= <j@example.com>\r\nSubject: Re: x\r\nMessage-ID: <1@example.com>\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n'
        b"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"f=FCnf\r\n--b\r\nContent-Type: image/png\r\n\r\nxx\r\n"
        b'--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nno\r\n--b--\r\n'
    )
    mail = mime_mail(raw)
    assert (mail.text.strip(), mail.attachments) == ("fünf", 2)
    assert mail.headers["from"] == "Jürgen <j@example.com>"
    assert mail.headers["message-id"] == "<1@example.com>"


def test_a_mail_of_html_alone_is_read():
    assert mime_mail(b"Content-Type: text/html\r\n\r\n<p>4</p>").text == "4"


@given(st.binary(max_size=400), st.text(max_size=300), st.text(max_size=20))
def test_nothing_raises(raw: bytes, text: str, charset: str):
    for given_ in (raw, b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + raw, b"Subject: =?" + raw):
        mime_mail(given_)
    decoded(raw, charset)
    text_of_html(text)
    text_of_html("<!" + text)
    headers_in(text)
    cleaned(text).encode()


@given(st.lists(st.sampled_from(["<", ">", "!", "[", "--", "/", "p", "'", '"', "&", "#x", ";", " ", "script"])))
def test_no_markup_raises(pieces: list[str]):
    text_of_html("".join(pieces))
