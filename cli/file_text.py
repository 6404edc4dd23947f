"""The text of a file and its encoding: taken when it is certain or named, else asked for with what the words would be.

What is not Unicode says nowhere which of the old encodings it is. Most of them have ä, ö, ü, ß and é in the same place,
so a file with these letters only is certain. One byte that is è in Paris and č in Prague is not: no name is guessed.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from cli.file_letters import is_plausible

_MAX_BYTES = 64 * 1024 * 1024
_WESTERN = "cp1252"
"""Western Windows; Latin-1 is a part of it."""
_RIVALS = (
    *("cp1250", "iso8859-2", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "iso8859-15"),
    *("mac_roman", "koi8_r", "cp874", "cp932", "euc_jp", "gbk", "cp949", "big5"),
)
"""What spreadsheets on Windows and Macs write elsewhere, and databases of the time before Unicode."""
_OF_DOS = ("cp850", "cp437", "cp852", "cp866")
"""Rivals only where Western Windows has signs for their letters: they would make õ of every ä."""
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_WORD = re.compile(rb'[^\s,;"]*[\x80-\xff][^\s,;"]*')
_REMEDY = 'save it as "CSV UTF-8"'
_SHORTEST = 2  # a byte that stands alone is a dash or a bullet, and no name


class FileFault(Exception):
    """The file as a whole cannot be used. The text says why and what to do; the caller knows the file's name."""


def read_text(path: Path, encoding: str | None = None) -> tuple[str, str]:
    """Text and encoding, which the caller may know. `FileFault` if the file has another one, or if nobody knows."""
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise FileFault(f"the file cannot be read: {error.strerror}") from None
    if len(content) > _MAX_BYTES:
        raise FileFault(f"the file is larger than {_MAX_BYTES // 1024**2} MB; divide it")
    if content.startswith(_WORKBOOKS):
        raise FileFault(f"the file is a workbook; {_REMEDY}")
    found = _unicode(content)
    if encoding is None:
        text, name = found or _old(content)
    elif found and not content.isascii() and not _same_kind(found[1], encoding):
        raise FileFault(f"the file is {found[1]} and not {encoding}; leave --encoding out")
    else:
        text, name = _as_named(content, encoding), encoding
    if "\0" in text:
        raise FileFault(f"the file is not plain text (it has NUL bytes), perhaps UTF-16 without its mark; {_REMEDY}")
    return text.removeprefix("\ufeff"), name


def _unicode(content: bytes) -> tuple[str, str] | None:
    """What begins with a mark has to be what the mark says; UTF-8 is known without one."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError as error:
                why = f"begins as {encoding} and is not (line {_line(content, error.start)})"
                raise FileFault(f"the file {why}: it was put together from several; {_REMEDY}") from None
    try:
        return content.decode(), "utf-8"
    except UnicodeDecodeError:
        return None


def _same_kind(found: str, named: str) -> bool:
    try:
        return codecs.lookup(named).name.startswith(found.removesuffix("-sig"))
    except (LookupError, ValueError):
        return False


def _as_named(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileFault(f"line {_line(content, error.start)} is not {encoding}; {_REMEDY}") from None
    except (LookupError, ValueError):
        known = "windows-1252, iso-8859-2, mac-roman"
        raise FileFault(f"{encoding!r} is no encoding that we know; write for example {known}") from None


def _old(content: bytes) -> tuple[str, str]:
    """Western Windows if that makes names of all words, and no other encoding makes other names of them."""
    if b"\0" in content:
        return content.decode("latin-1"), _WESTERN  # refused by the caller, whatever it is
    words: dict[bytes, int] = {}
    for found in _WORD.finditer(content):
        words.setdefault(found[0], found.start())
    for word, start in words.items():
        western = _read(word, _WESTERN)
        if western is None or not is_plausible(western):
            raise _asked(content, word, start, words)
    for rival in (*_RIVALS, *_OF_DOS):
        read = _names(words, rival)
        if read and (other := next((word for word in words if _other_name(word, read[word], rival)), None)):
            raise _asked(content, other, words[other], words)
    return content.decode(_WESTERN), _WESTERN


def _names(words: Iterable[bytes], encoding: str) -> dict[bytes, str] | None:
    """Every word in this encoding; None if one would be no name."""
    read: dict[bytes, str] = {}
    for word in words:
        text = _read(word, encoding)
        if text is None or not is_plausible(text) or not _has_letters(word, text):
            return None
        read[word] = text
    return read


def _has_letters(word: bytes, text: str) -> bool:
    """Whether it differs from Western Windows in letters only: what makes a sign of a letter is no other reading."""
    western = _read(word, _WESTERN)
    if western is None or len(western) != len(text):
        return any(character.isalpha() and not character.isascii() for character in text)
    return all(ours == theirs or theirs.isalpha() for ours, theirs in zip(western, text, strict=True))


def _other_name(word: bytes, text: str, encoding: str) -> bool:
    western = _read(word, _WESTERN)
    if len(word) < _SHORTEST or western is None or text == western:
        return False
    return encoding not in _OF_DOS or not all(letter.isascii() or letter.isalpha() for letter in western)


def _read(word: bytes, encoding: str) -> str | None:
    try:
        return word.decode(encoding)
    except UnicodeDecodeError:
        return None


def _asked(content: bytes, word: bytes, start: int, words: Iterable[bytes]) -> FileFault:
    readings: dict[str, list[str]] = {}
    for encoding, text in _readings(word, words):
        readings.setdefault(text, []).append(encoding)
    offered = " or ".join(f"{text!r} ({', '.join(names[:2])})" for text, names in readings.items())
    shown = word[:60].decode("ascii", "backslashreplace")
    may = f"may be {offered}; name its encoding with --encoding" if offered else "is a word in no encoding that we know"
    return FileFault(f"the file is not UTF-8, and line {_line(content, start)}: '{shown}' {may}, or {_REMEDY}")


def _readings(word: bytes, words: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """What the word would be in each encoding that makes names of all of them."""
    for encoding in (_WESTERN, *_RIVALS, *_OF_DOS):
        if read := _names(words, encoding):
            yield encoding, read[word][:60]


def _line(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1
