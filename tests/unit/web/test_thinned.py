"""A whole mail in little memory: the text stays, and every attachment is still seen."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.mime import mime_mail
from web.thinned import Thinned

MOST = 64 * 1024


def thinned(raw: bytes, size: int = 7000, most: int = MOST) -> bytes:
    held = Thinned(most)
    for at in range(0, len(raw), size):
        held.write(raw[at : at + size])
    return held.kept()


def mail(text: str, attachments: int, size: int, *, cte: str = "7bit") -> bytes:
    """Its text comes last."""
    made, last = EmailMessage(), EmailMessage()
    made["Subject"] = "Re: How did we do?"
    made.make_mixed()
    for at in range(attachments):
        made.add_attachment(b"\0\xff" * (size // 2), maintype="image", subtype="png", filename=f"{at}.png")
    last.set_content(text, cte=cte)
    made.attach(last)
    return made.as_bytes()


@pytest.mark.parametrize("cte", ["7bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("attachments", [0, 1, 40])
def test_text_behind_large_attachments_is_kept_and_all_of_them_are_counted(attachments: int, cte: str):
    raw = mail("5 great job\n" + "It works. " * 20, attachments, 200_000, cte=cte)
    kept = thinned(raw)
    found = mime_mail(kept)
    assert found.text.startswith("5 great job")
    assert found.attachments == attachments
    assert len(kept) <= MOST


def test_of_a_long_coded_text_the_beginning_is_kept_and_what_is_behind_it():
    made = EmailMessage()
    made.set_content("5 great job\n" + "It works. " * 20_000, cte="base64")
    made.add_attachment(b"\0\xff" * 500, maintype="image", subtype="png", filename="a.png")
    kept = thinned(made.as_bytes())
    found = mime_mail(kept)
    assert found.text.startswith("5 great job")
    assert (found.attachments, MOST // 4 < len(kept) <= MOST) == (1, True)


def test_a_mail_without_attachments_is_kept_as_it_is():
    raw = mail("5 great job " * 40, 0, 0, cte="base64")
    assert thinned(raw) == raw


@given(st.lists(st.sampled_from([b"\n", b"\r\n", b"--b", b"A" * 76 + b"\r\n", b"text ", b"x" * 9000])),
       st.integers(1, 200), st.integers(0, 3000))  # fmt: skip
def test_it_never_keeps_more_than_it_may_and_nothing_that_was_not_there(pieces: list[bytes], size: int, most: int):
    raw = b"".join(pieces)
    kept = thinned(raw, size, most)
    assert len(kept) <= most
    if len(raw) <= most // 2:
        assert kept == raw  # all of it is text
