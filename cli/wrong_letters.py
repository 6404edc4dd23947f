"""Letters that betray that a text was read in another encoding than it was written in: £ukasz, MÃ¼ller, MŸller."""

import re
import unicodedata
from typing import Final

_JOINTS: Final = frozenset("\u2018\u2019\u02bc\xb4\xb7\u2010\u2011\u2013\u2014")
"""What may stand between two letters of a name: apostrophes, hyphens, the point of Catalan."""
_ONLY_INSIDE: Final = re.compile(r"[^\W\d_](?P<sign>[^\w\s\x00-\x7f]|[¹²³¼½¾])(?=[^\W\d_])")
_BEFORE: Final = re.compile(r"(?<!\w)(?P<sign>[^\w\s\x00-\x7f]|[¹²³¼½¾])(?=[^\W\d_])")
_AFTER: Final = re.compile(r"[^\W\d_](?P<sign>[^\w\s\x00-\x7f]|[¹¼½¾])(?!\w)")
_MARKS: Final = frozenset("\xae\u2122\xa9\xb0\u2026")
"""What may stand behind a word besides quotes: marks of companies, degrees, three dots."""
_CAPITAL: Final = re.compile(r"[^\W\d_](?P<letter>[^\W\d_\x00-\x7f])")
_QUOTES: Final = frozenset({"Ps", "Pe", "Pi", "Pf", "Pd"})
_RARE: Final = re.compile(r"[ŠšŽžŸƒ]|[Œœ](?![iuIU])")
"""Letters that Western Windows has where a Mac has those of German, French and Spanish: ä ö é û ü ƒ ú."""
_PAGES: Final = {
    "cp1250": "PL CZ SK HU SI HR BA RS ME RO AL",
    "cp1251": "BG MK UA BY RU KZ KG MN",
    "cp1253": "GR CY",
    "cp1254": "TR AZ",
    "cp1255": "IL",
    "cp1256": "AE BH DZ EG IQ IR JO KW LB LY MA OM PK QA SA SY TN YE",
    "cp1257": "EE LV LT",
    "cp1258": "VN",
    "cp874": "TH",
    "cp932": "JP",
    "cp949": "KR",
    "gb18030": "CN SG",
    "cp950": "TW HK MO",
}
"""Countries whose Windows has other letters, by the name of its code page (Microsoft, Code Page Identifiers)."""


def are_wrong(text: str) -> bool:
    """Whether it can hardly be what somebody wrote, in whatever encoding that was."""
    if text.isascii():
        return False
    return "\ufffd" in text or _was_read_twice(text) or any(map(_is_no_joint, _signs(text))) or _has_capitals(text)


def are_doubtful(text: str) -> bool:
    """The same of a text that was taken for Western Windows because nothing said what it is."""
    return are_wrong(text) or _RARE.search(text) is not None


def code_page_of(region: str) -> str | None:
    """The encoding of files of its country's Windows, where that is not the Western one."""
    return next((page for page, countries in _PAGES.items() if region[:2].upper() in countries.split()), None)


def _was_read_twice(text: str) -> bool:
    """UTF-8 that was read as Western Windows: MÃ¼ller."""
    try:
        return text.encode("cp1252").decode("utf-8") != text
    except UnicodeError:
        return False


def _signs(text: str) -> list[str]:
    inside = [found["sign"] for found in _ONLY_INSIDE.finditer(text)]
    before = [found["sign"] for found in _BEFORE.finditer(text)]
    after = [found["sign"] for found in _AFTER.finditer(text) if found["sign"] not in _MARKS]
    return inside + [sign for sign in before + after if unicodedata.category(sign) not in _QUOTES]


def _is_no_joint(sign: str) -> bool:
    return sign not in _JOINTS and unicodedata.category(sign) not in {"Mn", "Mc", "Cf"}


def _has_capitals(text: str) -> bool:
    """A capital that is no ASCII behind a letter, and small ones around it: MŸller, JosŽ."""
    for found in _CAPITAL.finditer(text):
        after = text[found.end("letter") : found.end("letter") + 1]
        if found["letter"].isupper() and (after.islower() or (not after.isalpha() and text[found.start()].islower())):
            return True
    return False
