"""What we wrote ourselves, found again in what a customer sends back: quoted, unquoted, wrapped anew, as a reaction.

Nothing of ours may ever be taken for the customer's: the footer of our mails speaks of opting out, and our scale of
five numbers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policy.folding import folded, shown

_RUN = 3
"""Words in a row by which our text is known again."""
_LEAST = 6
"""So many words of ours in a row are no accident: "not at all satisfied" may be anybody's."""
_GAP = 12
"""Words between two pieces of ours that may be what differs from letter to letter: a name, a date, a department."""
_WORD = re.compile(r"[^\W_]+")
_URL = re.compile(r"<?\b(?:https?|mailto):[^\s<>]+>?|\S{1,64}@\S+", re.IGNORECASE)
"""No name of a mailbox is longer. Without a bound, a long line without blanks is read once for each of its letters."""


@dataclass(frozen=True, slots=True)
class Letters:
    """The texts that we send, as runs of words; and the words that differ from letter to letter."""

    runs: frozenset[tuple[str, ...]]
    values: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    """Folded: our company's name and our address for replies, by which the head of a quotation is known."""
    begins: frozenset[tuple[str, ...]] = frozenset()
    ends: frozenset[tuple[str, ...]] = frozenset()
    """The runs with which a line of ours begins and ends."""

    @classmethod
    def of(cls, texts: Iterable[str], *, values: Iterable[str] = (), names: Iterable[str] = ()) -> "Letters":
        # Line by line: the end of one and the beginning of the next may be a customer's last word above our name.
        lines = [[word for word, _ in words_in(line)] for text in texts for line in text.split("\n")]
        runs = frozenset(run for line in lines for run in _runs(line))
        short = {word for line in lines if len(line) < _RUN for word in line}
        known = frozenset(word for value in values for word, _ in words_in(value)) | short
        long = [line for line in lines if len(line) >= _RUN]
        return cls(
            runs,
            known,
            tuple(folded(shown(name)) for name in names if name.strip()),
            begins=frozenset(tuple(line[:_RUN]) for line in long),
            ends=frozenset(tuple(line[-_RUN:]) for line in long),
        )

    def besides(self, texts: Iterable[str], *, values: Iterable[str] = (), names: Iterable[str] = ()) -> "Letters":
        """These and more: what was written to one customer."""
        more = Letters.of(texts, values=values, names=names)
        return Letters(
            self.runs | more.runs,
            self.values | more.values,
            (*self.names, *more.names),
            begins=self.begins | more.begins,
            ends=self.ends | more.ends,
        )


NOTHING = Letters(frozenset())


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a reply. `left`: what of it may be the customer's; nothing of a line that is quoted."""

    text: str
    """Without the marks of a quotation."""
    left: str
    quoted: bool
    touched: bool
    """All or part of it is ours."""

    @property
    def is_theirs(self) -> bool:
        """Whether all of it may be the customer's."""
        return not (self.quoted or self.touched)


def read(text: str, letters: Letters) -> list[Line]:
    """The lines of a text, with what is ours told apart."""
    marks = [re.match(r"\s*(?:>\s?)*", line) for line in text.split("\n")]
    quoted = [mark is not None and ">" in mark[0] for mark in marks]
    lines = [line[mark.end() :] if mark else line for line, mark in zip(text.split("\n"), marks, strict=True)]
    words = [(word, at, span) for at, line in enumerate(lines) for word, span in words_in(line)]
    mine = _marked([word for word, _, _ in words], [at for _, at, _ in words], letters)
    spans: dict[int, list[tuple[int, int]]] = {}
    for (_, at, span), is_ours in zip(words, mine, strict=True):
        if is_ours:
            spans.setdefault(at, []).append(span)
    answered = _between_quotations(lines, quoted)
    return [
        _line(line, spans.get(at, []), letters, quoted=quoted[at], answer=at in answered)
        for at, line in enumerate(lines)
    ]


def _line(line: str, ours: Sequence[tuple[int, int]], letters: Letters, *, quoted: bool, answer: bool) -> Line:
    if quoted or not ours or (answer and _runs_of(line, letters) == 0):
        return Line(line, "" if quoted else line, quoted=quoted, touched=bool(ours) and not answer)
    before, after = line[: ours[0][0]].rstrip(), line[ours[-1][1] :].strip()
    before = before if re.search(r"\w", _URL.sub("", before)) or not _URL.search(before) else ""
    return Line(line, f"{before} {_without_values(after, letters)}".strip(), quoted=False, touched=True)


def _between_quotations(lines: Sequence[str], quoted: Sequence[bool]) -> set[int]:
    """Lines that somebody wrote between the lines of a quotation."""
    written = [at for at, line in enumerate(lines) if line.strip() or quoted[at]]
    return {
        at
        for before, at, after in zip(written, written[1:], written[2:], strict=False)
        if quoted[before] and quoted[after] and not quoted[at]
    }


def _runs_of(line: str, letters: Letters) -> int:
    return sum(run in letters.runs for run in _runs([word for word, _ in words_in(line)]))


def _without_values(text: str, letters: Letters) -> str:
    """What stands behind our words on a line, without what differs from letter to letter."""
    bare = _WORD.sub(lambda found: "" if _is_value(folded(shown(found[0])), letters) else found[0], _URL.sub("", text))
    return text if re.search(r"\w", bare) else ""


def _is_value(word: str, letters: Letters) -> bool:
    return word in letters.values or word.isdecimal()


def _marked(words: Sequence[str], lines: Sequence[int], letters: Letters) -> list[bool]:
    """For each word whether it is ours: in a long stretch of our runs and of the values between them."""
    mine = [False] * len(words)
    for at in range(len(words) - _RUN + 1):
        if tuple(words[at : at + _RUN]) in letters.runs:
            mine[at : at + _RUN] = [True] * _RUN
    ours = [False] * len(words)
    for start, end in _stretches(words, mine, letters):
        first, last = _without_their_edges(words, lines, start, end, letters)
        known = [at for at in range(first, last) if mine[at]]
        if len(known) >= _LEAST:
            ours[known[0] : known[-1] + 1] = [True] * (known[-1] + 1 - known[0])
    return ours


def _without_their_edges(
    words: Sequence[str], lines: Sequence[int], start: int, end: int, letters: Letters
) -> tuple[int, int]:
    """A stretch without a few words of a customer's above or below our text that happen to be in it as well.

    "No more surveys" right above a quotation is the customer's, although our footer says it too: the line ends where no
    line of ours does, and what comes next does not go on with it.
    """
    below = next((at for at in range(start, end) if lines[at] != lines[start]), end)
    above = next((at for at in range(end, start, -1) if lines[at - 1] != lines[end - 1]), start)
    first, last = start, end
    if below < end and below - start < _LEAST and not _goes_on(words, below, letters, letters.ends, before=_RUN):
        first = below
    if above > first and end - above < _LEAST and not _goes_on(words, above, letters, letters.begins, before=0):
        last = above
    return first, last


def _goes_on(
    words: Sequence[str], at: int, letters: Letters, edges: frozenset[tuple[str, ...]], *, before: int
) -> bool:
    """Whether our text goes on over the line break in front of a word: within a line of ours, or at its edge."""
    broken = (tuple(words[from_ : from_ + _RUN]) for from_ in range(max(at - _RUN + 1, 0), at))
    edge = tuple(words[max(at - before, 0) : at - before + _RUN])
    return edge in edges or any(run in letters.runs for run in broken)


def _stretches(words: Sequence[str], mine: Sequence[bool], letters: Letters) -> list[tuple[int, int]]:
    """From a word of ours to another, with nothing between them but words of ours and values."""
    found: list[tuple[int, int]] = []
    for at, is_ours in enumerate(mine):
        if not is_ours:
            continue
        if found and at - found[-1][1] <= _GAP and all(_is_value(word, letters) for word in words[found[-1][1] : at]):
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found


def _runs(words: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return (tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


def words_in(text: str) -> list[tuple[str, tuple[int, int]]]:
    """The words with where they stand in the text. Addresses of pages and of mail are none: they differ each time."""
    bare = _URL.sub(lambda found: " " * len(found[0]), text)
    return [(folded(shown(found[0])), found.span()) for found in _WORD.finditer(bare)]
