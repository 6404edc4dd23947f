"""Replies from the field as files hold them, in two forms: replies, and heads of quotations to be put below texts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Any

from cli.fault import Fault
from config.settings import ROOT
from vocabulary import Channel

OWN_SETS = ROOT / "tests" / "data" / "replies"
BOTH = " + "
"""Joins outcomes of which all are wanted together."""
_RATINGS = tuple(f"rating:{number}" for number in range(1, 6))
OUTCOMES = (*_RATINGS, "person", "concern", "danger", "hold", "opt_out", "automatic", "bounce", "confirm", "reopen")
_LANGUAGES = ("en", "de", "fr", "es", "nl")


class Asked(StrEnum):
    """What the customer replies to."""

    SURVEY = "survey"
    RECOVERY = "recovery"
    """The question whether a concern was put right."""
    OVER = "over"
    """A survey that nobody answered, after its case was closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """How our own mail is quoted below a text. `wrap`: the width to which the mail program breaks our lines again."""

    program: str
    head: str
    marked: bool
    blank: bool
    html: bool
    wrap: int | None = None
    from_text: bool = False
    """The HTML was made from our text, not from our HTML."""
    tight: bool = False
    """Marked by ">" without a space."""
    crlf: bool = False
    """Lines end as in mail, not as in Unix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyCase:
    """`accept`: of these sets of outcomes any one is right. `comments`: those that are exact; None where not said."""

    name: str
    kind: str
    text: str
    channel: Channel
    accept: tuple[frozenset[str], ...]
    asked: Asked = Asked.SURVEY
    clear: bool = False
    subject: str | None = None
    headers: str = ""
    sender: str | None = None
    language: str = "en"
    comments: tuple[str | None, ...] | None = None
    quotation: Quotation | None = None
    alone: str | None = None
    """The name of the case in which the same stands without the quotation: both are to be understood alike."""
    said: str | None = None
    """Without the greeting and the signature that were put around it; None where it is the whole text."""

    @property
    def listed(self) -> frozenset[str]:
        """Every outcome that is right somehow."""
        return frozenset().union(*self.accept)


# (text, accept, exact comments): what a reply says above the quotation, in shared words for every head.
_UNDER_HEADS: tuple[tuple[str, str, tuple[str, ...], tuple[str | None, ...] | None], ...] = (
    ("5", "rating", ("rating:5",), (None,)),
    ("2 still cold", "rating", ("rating:2 + concern", "person"), ("still cold",)),
    ("When do you bring the part?", "question", ("person",), None),
    ("STOP", "opt-out", ("opt_out",), None),
    (
        "5\nGreat job\nBut the boiler leaks again, please call me",
        "rating and concern",
        ("rating:5 + concern", "person"),
        (
            "Great job\nBut the boiler leaks again, please call me",
            "5\nGreat job\nBut the boiler leaks again, please call me",
        ),
    ),
    ("Nobody came", "concern", ("concern", "person"), None),
)


def read_cases(files: Sequence[Path]) -> list[ReplyCase]:
    """All cases of these files, or of the project's own sets. `Fault` for what cannot be read, with its remedy."""
    chosen = list(files) or sorted(OWN_SETS.glob("*.json"))
    if not chosen:
        raise Fault(f"{OWN_SETS} holds no sets of replies; name a file")
    return [case for file in chosen for case in read_file(file)]


def read_file(file: Path) -> Iterator[ReplyCase]:
    """A file of either form, told apart by whether its cases have a head."""
    for number, raw in enumerate(_entries(file), 1):
        where = f"{file}, case {number}"
        if not isinstance(raw, dict):
            raise Fault(f"{where}: must be an object with keys; see docs/benchmarks.md")
        if "head" in raw:
            yield from under_head(raw, where, f"{file.name} {number}")
        else:
            yield _reply(raw, where, f"{file.name} {number}")


def heads_in(folder: Path) -> Iterator[tuple[str, str]]:
    """The programs and heads of all files of heads there."""
    for file in sorted(folder.glob("*.json")):
        for number, raw in enumerate(_entries(file), 1):
            if isinstance(raw, dict) and "head" in raw:
                where = f"{file}, case {number}"
                yield _text(raw, "program", where), _text(raw, "head", where)


def _entries(file: Path) -> list[Any]:
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Fault(f"{file}: cannot be read ({error.strerror}); check the path") from error
    except ValueError as error:
        raise Fault(f"{file}: is not JSON in UTF-8 ({error}); correct it there") from error
    found = read.get("cases") if isinstance(read, dict) else None
    if not isinstance(found, list):
        raise Fault(f'{file}: must be an object with a list "cases"; see docs/benchmarks.md')
    return found


def _reply(raw: Mapping[str, Any], where: str, name: str) -> ReplyCase:
    text, kind = _text(raw, "text", where), _text(raw, "kind", where)
    return ReplyCase(
        name=name,
        kind=kind,
        text=text,
        channel=Channel(_one_of(raw, "channel", ("sms", "email"), where)),
        accept=_accepted(raw, where),
        asked=Asked(_one_of(raw, "asked", tuple(Asked), where)),
        clear=_truth(raw, "clear", where) if "clear" in raw else False,
        subject=_text(raw, "subject", where) if "subject" in raw else None,
        headers=_text(raw, "headers", where) if "headers" in raw else "",
        sender=_text(raw, "sender", where) if "sender" in raw else None,
        language=_language(raw, where) if "language" in raw else "en",
        comments=_comments(raw, where),
    )


def _comments(raw: Mapping[str, Any], where: str) -> tuple[str | None, ...] | None:
    """The comment that is exact, when the case says it."""
    if "comment" not in raw:
        return None
    return (None,) if raw["comment"] is None else (_text(raw, "comment", where),)


def under_head(raw: Mapping[str, Any], where: str, name: str) -> Iterator[ReplyCase]:
    """Each text under the head, with and without an empty line, plain and as HTML."""
    head, marked = _text(raw, "head", where), _truth(raw, "quoted_with_gt", where)
    language, program = _language(raw, where), _text(raw, "program", where)
    for (text, kind, accept, comments), blank, html in product(_UNDER_HEADS, (True, False), (False, True)):
        quotation = Quotation(program=program, head=head, marked=marked, blank=blank, html=html)
        form = f"{'HTML' if html else 'plain'}, {'an empty line' if blank else 'no empty line'}"
        yield ReplyCase(
            name=f"{name} ({program}; {form})",
            kind=f"quoted: {kind}",
            text=text,
            channel=Channel.EMAIL,
            accept=sets_of(accept),
            language=language,
            comments=comments,
            quotation=quotation,
        )


def sets_of(accept: Sequence[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(word.split(BOTH)) for word in accept)


def _accepted(raw: Mapping[str, Any], where: str) -> tuple[frozenset[str], ...]:
    words = _given(raw, "accept", where)
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise Fault(f'{where}: "accept" must be a list of outcomes; the outcomes are {", ".join(OUTCOMES)}')
    for outcome in (outcome for word in words for outcome in word.split(BOTH)):
        if outcome not in OUTCOMES:
            raise Fault(f'{where}: "accept" has {outcome!r}, which is no outcome; write one of {", ".join(OUTCOMES)}')
    return sets_of(words)


def _given(raw: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in raw:
        raise Fault(f'{where}: has no "{key}"; add it (docs/benchmarks.md lists the keys)')
    return raw[key]


def _text(raw: Mapping[str, Any], key: str, where: str) -> str:
    value = _given(raw, key, where)
    if not isinstance(value, str):
        raise Fault(f'{where}: "{key}" must be a text')
    return value


def _truth(raw: Mapping[str, Any], key: str, where: str) -> bool:
    value = _given(raw, key, where)
    if not isinstance(value, bool):
        raise Fault(f'{where}: "{key}" must be true or false')
    return value


def _one_of(raw: Mapping[str, Any], key: str, words: Sequence[str], where: str) -> str:
    value = _text(raw, key, where)
    if value not in words:
        raise Fault(f'{where}: "{key}" is {value!r}; write one of {", ".join(words)}')
    return value


def _language(raw: Mapping[str, Any], where: str) -> str:
    return _one_of(raw, "language", _LANGUAGES, where)
