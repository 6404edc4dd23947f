"""How many segments an SMS takes (3GPP TS 23.038: the alphabet; TS 23.040: the header of a part)."""

from math import ceil

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Each takes two places."""


def segments(text: str) -> int:
    """160 or 153 places of GSM-7, and where a character is in neither table, 70 or 67 of UCS-2."""
    if set(text) <= _BASIC | _EXTENDED:
        places, one, more = len(text) + sum(char in _EXTENDED for char in text), 160, 153
    else:
        places, one, more = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if places <= one else ceil(places / more)
