"""Forms in parts, however they are cut into pieces: the beginning of what is wanted, and how many files there were."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.multipart import Beginning, FormReader, NotAForm, Parts

MULTIPART = "multipart/form-data; boundary=xYzZY"
WANTED = {"text": lambda: Beginning(10), "a": lambda: Beginning(10)}


def form(*parts: bytes) -> bytes:
    return b"".join(b"--xYzZY\r\n" + part + b"\r\n" for part in parts) + b"--xYzZY--\r\n"


def field(name: str, value: bytes) -> bytes:
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value


FILE = b'Content-Disposition: form-data; name="attachment1"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\0\xff'
GOOD = form(field("text", b"4 f\xfcnf"), FILE, FILE, field("text", b"again"), field("spam_report", b"x" * 99))


def read(kind: str, *pieces: bytes) -> Parts:
    reader = FormReader(kind, WANTED)
    for piece in pieces:
        reader.write(piece)
    return reader.finish()


def test_wanted_fields_come_as_bytes_and_files_are_counted():
    assert read(MULTIPART, GOOD) == Parts({"text": b"4 f\xfcnf"}, 2)


def test_of_a_long_field_the_beginning_is_kept():
    assert read(MULTIPART, form(field("text", b"0123456789abc"), FILE)) == Parts(
        {"text": b"0123456789"}, 1, cut={"text"}
    )


@given(st.lists(st.integers(0, len(GOOD)), max_size=8))
def test_it_does_not_matter_how_a_form_is_cut(cuts: list[int]):
    edges = [0, *sorted(cuts), len(GOOD)]
    assert read(MULTIPART, *(GOOD[at:to] for at, to in pairwise(edges))) == read(MULTIPART, GOOD)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("", b""),
        ("multipart/form-data", form(field("a", b"1"))),
        (MULTIPART, b""),
        (MULTIPART, b"no form"),
        (MULTIPART, form(field("a", b"1"))[:-8]),  # cut off
        (MULTIPART, form(*[field("a", b"1")] * 1001)),
        (MULTIPART, form(b"X: " + b"x" * 100_000 + b"\r\n" + field("a", b"1"))),
        ("multipart/form-data; boundary=" + "x" * 300, form(field("a", b"1"))),
    ],
)
def test_what_is_no_form_is_refused(kind: str, body: bytes):
    with pytest.raises(NotAForm):
        read(kind, body)


@given(st.text(max_size=80), st.lists(st.binary(max_size=300), max_size=3))
def test_any_bytes_are_a_form_or_none(kind: str, pieces: list[bytes]):
    for type_ in (kind, MULTIPART):
        for bytes_ in (pieces, [form(*pieces)]):
            try:
                read(type_, *bytes_)
            except NotAForm:
                continue
