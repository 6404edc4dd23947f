"""Whatever bytes come, a form comes of them."""

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from web.form import COMMENT_LENGTH, Form, read_form


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_form(body: bytes):
    form = read_form(body)
    assert "\0" not in form.comment
    form.comment.encode()
    form.faults()


@given(st.text(max_size=200), st.integers(1, 5), st.booleans())
def test_what_a_browser_sends_is_read(comment: str, rating: int, wanted: bool):
    typed = comment.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    fields = {"nonce": "n", "rating": str(rating), "comment": typed.replace("\n", "\r\n")}
    form = read_form(urlencode(fields | ({"contact_me": "yes"} if wanted else {})).encode())
    assert (form.nonce, form.rating, form.contact_me, form.trapped) == ("n", rating, wanted, False)
    assert form.comment == "".join(char for char in typed if char in "\n\t" or not _is_control(char))


def test_the_length_that_a_browser_allows_is_allowed_here():
    """Browsers count a line break once and send two characters."""
    assert read_form(urlencode({"comment": "\r\n" * COMMENT_LENGTH, "rating": "1"}).encode()).faults() == []
    assert read_form(urlencode({"comment": "🙂" * (COMMENT_LENGTH // 2)}).encode()).faults() == []
    over = read_form(urlencode({"comment": "x" * (COMMENT_LENGTH + 1)}).encode())
    assert [fault["field"] for fault in over.faults()] == ["comment"]


def test_more_fields_than_we_have_are_no_form():
    assert read_form(b"&".join(b"rating=1" for _ in range(51))) == Form(
        nonce="", rating=None, comment="", contact_me=False
    )


def test_a_comment_of_blanks_says_nothing():
    assert read_form(b"comment=%20%0A%09").said is None
    assert read_form(b"comment=%20a%0A").said == "a"


def _is_control(char: str) -> bool:
    return ord(char) < 32 or 127 <= ord(char) < 160
