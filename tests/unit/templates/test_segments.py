"""Segments by the published tables: 160 and 153 septets, 70 and 67 units, nothing split in the middle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.segments import EXTENDED, GSM_7, is_gsm_7, segments

DEFAULT_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ"  # 1/B is the escape
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
"""3GPP TS 23.038, 6.2.1, in rows of sixteen."""


def test_the_alphabets_are_those_of_the_standard():
    assert frozenset(DEFAULT_ALPHABET) == GSM_7
    assert len(GSM_7) == 127
    assert frozenset("\f^{}\\[~]|€") == EXTENDED
    assert not GSM_7 & EXTENDED


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 459, 3),
        ("a" * 460, 4),
        ("€" * 80, 1),  # two septets each
        ("€" * 80 + "a", 2),
        ("a" * 158 + "€", 1),
        ("a" * 159 + "€", 2),
        ("€" * 76 * 2, 2),  # of 153 septets one stays empty: no sign is split
        ("€" * 153, 3),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ä" * 160, 1),
        ("ê" * 70, 1),  # not in the alphabet: the whole text is UCS-2
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("a" * 70 + "’", 2),
        ("😀" * 35, 1),  # two units each
        ("😀" * 35 + "a", 2),
        ("😀" * 66, 2),  # 33 in each: of 67 units one stays empty
        ("😀" * 67, 3),
    ],
)
def test_segments_by_the_table(text: str, count: int):
    assert segments(text) == count


@given(st.text(st.sampled_from(sorted(GSM_7 - {"\n", "\r"})), max_size=700))
def test_plain_text_is_cut_into_full_segments(text: str):
    assert is_gsm_7(text)
    assert segments(text) == (1 if len(text) <= 160 else -(-len(text) // 153))


@given(st.text(max_size=400), st.text(max_size=50))
def test_more_text_is_never_fewer_segments(text: str, more: str):
    assert 1 <= segments(text) <= segments(text + more)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=400))
def test_no_text_is_denser_than_the_standard_allows(text: str):
    octets = len(text.encode("utf-16-be"))
    if is_gsm_7(text):
        assert segments(text) * 160 >= len(text)
    else:
        assert segments(text) * 140 >= octets
