"""How many SMS a text is billed and sent as: GSM 03.38 with its extension table, otherwise UCS-2."""

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The characters of the default alphabet (3GPP TS 23.038, 6.2.1), without the escape."""
EXTENDED = frozenset("\f^{}\\[~]|€")
"""Those behind the escape (6.2.1.1): two septets each."""

_ONE_GSM, _EACH_GSM = 160, 153
_ONE_UCS, _EACH_UCS = 70, 67
"""Units of a text in one segment, and of each segment of a longer one: its header takes six bytes."""


def is_gsm_7(text: str) -> bool:
    """Whether a phone's own alphabet is enough. One other character makes the whole text UCS-2."""
    return GSM_7.issuperset(set(text) - EXTENDED)


def segments(text: str) -> int:
    """How many segments. A character of two units never stands half in one and half in the next."""
    if is_gsm_7(text):
        return _count([2 if char in EXTENDED else 1 for char in text], _ONE_GSM, _EACH_GSM)
    return _count([2 if ord(char) > 0xFFFF else 1 for char in text], _ONE_UCS, _EACH_UCS)


def _count(units: list[int], one: int, each: int) -> int:
    if sum(units) <= one:
        return 1
    found, room = 1, each
    for size in units:
        if size > room:
            found, room = found + 1, each
        room -= size
    return found
