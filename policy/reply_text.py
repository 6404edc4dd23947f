"""What somebody wrote in a reply, without what we wrote and what their program added.

Our own words are known (`policy.ours`); the head of a quotation is known by our name and address in it, in whatever
language the program speaks; a signature by the line of dashes above it, or by the words that telephones add.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from policy.danger import dangers
from policy.folding import folded, only_words, shown
from policy.ours import NOTHING, Letters, Line, read, words_in
from policy.reply_words import words_heard
from policy.trouble import tells_of_trouble

_RULE = re.compile(r"\s*[_=*-]{10,}\s*|\s*-{2,}\s*\w[\w '`.-]{2,60}\s*-{2,}\s*")
"""A line of Outlook's, or "-----Original Message-----" in any language."""
_MARKS = re.compile(r"[\s!-)+-/:-@\[-`{-~\u2018-\u201f\u00ab\u00bb\u00bf\u00a1\u2026\u2013\u2014\u00a0]*")
"""Nothing but punctuation: left over of what was taken away."""
_LINE = re.compile(r"[\s_=-]*")
_SHORTEST_LINE = 3
_SIGNATURE = re.compile(r"--\s?")
_LABEL = re.compile(r"\W*[^\W\d_][^:\n]{0,24}\s?[:\uff1a]\*?(?:\s|$)")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_DATE = re.compile(r"\b\d{4}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,255}\.\w")
_LONGEST_HEAD = 12
"""Lines over which a head is spread."""
_WORDS_OF_HEAD = 8
"""In a line that is a head only because of its date, time and our name."""
_WORDS_OF_DATE = 6
_WORDS_IN_HEAD = 12
"""In a line between our name and our text."""
_FEWEST_LABELS = 3
_LONGEST_ADDITION = 16
"""Words of "Sent from my telephone"."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is the customer's own. `doubtful`: something in it may not be."""

    text: str
    doubtful: bool = False


def newest_part(text: str, letters: Letters = NOTHING) -> Written:
    """The text above, below or between what is quoted. Empty when the reply is nothing but quotation."""
    lines = read(text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", ""), letters)
    passed_over = _heads(lines, letters) | _links_between(lines)
    kept: list[str] = []
    for at, line in enumerate(lines):
        if at in passed_over or line.quoted:
            continue
        if line.is_theirs and _ends_it(lines, at, letters):
            break
        if not _added_by_a_telephone(line.text):
            kept.append(_left_of(line))
    own = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    own = "" if _MARKS.fullmatch(own) and not re.search(r"[?!\u2026]|\.\.", own) else _without_line_at_end(own)
    return Written(own, doubtful=_names_us(own, letters) and bool(_ADDRESS.search(own)))


def _without_line_at_end(text: str) -> str:
    """Without the rule, of however many lines, that stood above what was taken away."""
    lines = text.split("\n")
    while len(lines) > 1 and _LINE.fullmatch(lines[-1]):
        lines.pop()
    end = len("\n".join(lines))
    return text[:end] if len(text) > end + _SHORTEST_LINE else text


def _left_of(line: Line) -> str:
    """What of a line may be the customer's."""
    if not line.touched:
        return line.text.rstrip()
    return "" if _MARKS.fullmatch(line.left) else line.left.rstrip()


def _links_between(lines: Sequence[Line]) -> set[int]:
    """Lines without a word between lines of ours: the links of our mail, which differ each time."""
    ours = [at for at, line in enumerate(lines) if line.touched]
    if not ours:
        return set()
    last = ours[-1] + 1
    while last < len(lines) and not words_in(lines[last].text):
        last += 1
    return {at for at in range(ours[0], last) if not lines[at].touched and not words_in(lines[at].text)}


def _ends_it(lines: Sequence[Line], at: int, letters: Letters) -> bool:
    """Where the customer's text is over: a signature, a rule, the head of a mail that is quoted without marks."""
    line = lines[at].text
    return bool(_SIGNATURE.fullmatch(line) or _RULE.fullmatch(line)) or _is_mail_head(lines, at, letters)


def _is_mail_head(lines: Sequence[Line], at: int, letters: Letters) -> bool:
    """ "From: …", "Sent: …", "To: …": labels one below the other, with an address, a date or our name in them."""
    block: list[str] = []
    for line in lines[at : at + 6]:
        if not line.is_theirs or not _LABEL.match(line.text):
            break
        block.append(line.text)
    return len(block) >= _FEWEST_LABELS and _is_known(block[0], letters)


def _is_known(line: str, letters: Letters) -> bool:
    """Whether a labelled line is of a mail's head: "From: …", not "My rating: 4" above it."""
    dated = _DATE.search(line) and _TIME.search(line)
    return bool(_ADDRESS.search(line) or dated) or _names_us(line, letters)


def _heads(lines: Sequence[Line], letters: Letters) -> set[int]:
    """The lines that introduce a quotation."""
    found: set[int] = set()
    for at, line in enumerate(lines):
        begins = (line.touched or line.quoted) and (at == 0 or lines[at - 1].is_theirs)
        if begins:
            above = _head_above(lines, at, letters)
            found.update(above)
            if _introduces(line, letters) or (above and _is_label(line.left, [lines[one].text for one in above])):
                found.add(at)
        elif line.is_theirs and _is_sure(line.text, letters):
            found.update(_head_around(lines, at, found))
    return found


def _is_label(left: str, above: Sequence[str]) -> bool:
    """What is left of "Subject: How did we do?" below the rest of a head; below a rule also without its colon."""
    if _LABEL.match(left):
        return True
    words = only_words(left).split()
    return len(words) == 1 and words[0].isalpha() and any(map(_RULE.fullmatch, above))


def _head_around(lines: Sequence[Line], at: int, known: Set[int]) -> set[int]:
    """The lines of a head of which one is sure, where nothing follows that it introduces. Those `known` as lines of one
    are not looked at again, nor what follows them."""
    found, below = {at}, at + 1
    while below < len(lines) and below not in known and lines[below].is_theirs and _is_of_head(lines[below].text):
        found.add(below)
        below += 1
    above = next((one for one in range(at - 1, -1, -1) if lines[one].text.strip()), None)
    if above is not None and lines[above].is_theirs and _is_date(lines[above].text):
        found.add(above)
    return found


def _is_of_head(line: str) -> bool:
    """ "To: …", an address; or an empty line between."""
    return bool(_LABEL.match(line) or _ADDRESS.search(line)) or not line.strip()


def _introduces(line: Line, letters: Letters) -> bool:
    """ "Am 05.10.26 um 17:44 schrieb Example Home Services": our name ends a head, and begins our words."""
    return (
        line.touched
        and bool(re.search(r"\w", line.left))
        and (_is_sure(line.text, letters) or _is_likely(line.text, letters))
    )


def _head_above(lines: Sequence[Line], start: int, letters: Letters) -> range:
    """From the topmost line above that is a head down to the quotation."""
    top, seen, below = start, 0, start
    for at in range(start - 1, -1, -1):
        line = lines[at].text
        if not line.strip():
            continue
        top_is_below, below = top == below, at
        seen += 1
        if not lines[at].is_theirs or seen > _LONGEST_HEAD or len(only_words(line).split()) > _WORDS_IN_HEAD + 8:
            break
        if _is_sure(line, letters) or _is_likely(line, letters) or (seen == 1 and _says_when(line, lines, start)):
            top = at
        elif top_is_below and top < start and _is_date(line):
            top = at  # "On Monday, 5 October 2026, 17:44" above "… wrote:"
        elif not (_LABEL.match(line) or len(only_words(line).split()) <= _WORDS_IN_HEAD):
            break
    return range(top, start)


def _is_sure(line: str, letters: Letters) -> bool:
    """A line with our address for replies, or with our name as the heads of mails have it."""
    plain = folded(shown(line))
    if any("@" in name and name in plain for name in letters.names):
        return True
    if not _names_us(line, letters):
        return False
    labelled = _LABEL.match(line) and (_is_short(line) or _ADDRESS.search(line))
    return line.rstrip(" -*").endswith((":", "\uff1a", ">", "<")) or bool(labelled)


def _is_short(line: str) -> bool:
    return len(only_words(line).split()) <= _WORDS_OF_HEAD


def _is_likely(line: str, letters: Letters) -> bool:
    """Our name with a date and a time: "Am 05.10.26 um 17:44 schrieb …"; or a rule."""
    dated = bool(_DATE.search(line) and _TIME.search(line))
    others = [word for word in only_words(line).split() if not word.isdecimal()]
    return bool(_RULE.fullmatch(line)) or (_names_us(line, letters) and dated and len(others) <= _WORDS_OF_HEAD + 4)


def _is_date(line: str) -> bool:
    others = [word for word in only_words(line).split() if not word.isdecimal()]
    return bool(_DATE.search(line) and _TIME.search(line)) and len(others) <= _WORDS_OF_DATE


def _says_when(line: str, lines: Sequence[Line], start: int) -> bool:
    """ "On Monday at 10:12, somebody wrote:" directly above lines that are marked as quoted."""
    dated = _DATE.search(line) or _TIME.search(line) or _ADDRESS.search(line)
    return lines[start].quoted and bool(dated) and line.rstrip(" *").endswith((":", "\uff1a"))


def _names_us(text: str, letters: Letters) -> bool:
    plain = folded(shown(text))
    return any(name in plain for name in letters.names)


def _added_by_a_telephone(line: str) -> bool:
    words = only_words(line).split()
    begins = 0 < len(words) <= _LONGEST_ADDITION and words_heard().sent_from.begin(words)
    return begins and not (tells_of_trouble(line) or dangers(line))  # "Von meinem Bad tropft es"
