"""What somebody wrote in a reply, without what their program added: quoted mail, signature, "Sent from my phone"."""

import re
from functools import lru_cache

from policy.folding import any_of, folded, only_words, shown
from policy.reply_rules import ReplyRules

_QUOTED = re.compile(r"\s*>")
_RULE = re.compile(r"\s*[_=*-]{10,}\s*|\s*-{2,}\s*\w[\w '`.-]{2,60}\s*-{2,}\s*")
"""A line of Outlook's, or "-----Original Message-----" in any language."""
_SIGNATURE = re.compile(r"--\s?")
_ADDRESS_OR_TIME = re.compile(r"@|\d{1,2}[:.h]\d{2}|\b\d{4}\b")
_LONGEST_HEAD = 3
"""Lines over which programs break the line above a quotation."""
_FEWEST_HEADS = 2
_LONGEST_ADDITION = 80
"""Characters of "Sent from my telephone"."""


def newest_part(text: str, rules: ReplyRules) -> str:
    """The text above (or below) the quotation. Empty when the reply is nothing but quotation."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line, plain = lines[at], folded(shown(lines[at]))
        if _QUOTED.match(line):
            at += 1
        elif head := _head_of_quotation(lines, at, rules):
            at += head
            if not _quoted_follows(lines, at):
                break  # programs that mark no line quote to the end
        elif _SIGNATURE.fullmatch(line) or _RULE.fullmatch(line) or _is_mail_head(lines, at, rules):
            break
        elif _added_by_a_telephone(plain, rules):
            at += 1
        else:
            kept.append(line.rstrip())
            at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _head_of_quotation(lines: list[str], at: int, rules: ReplyRules) -> int:
    """How many lines "On Monday at 10:12 … wrote:" takes from here; 0 when there is none."""
    if not lines[at].strip():
        return 0
    for count in range(1, _LONGEST_HEAD + 1):
        part = lines[at : at + count]
        if count > 1 and (len(part) < count or not part[-1].strip() or _QUOTED.match(part[-1])):
            return 0
        joined = " ".join(part).strip()
        if joined.endswith((":", "\uff1a")) and _ADDRESS_OR_TIME.search(joined):
            wrote = any_of(_all_of(rules, "wrote"))
            return count if wrote and wrote.search(folded(shown(joined))) else 0
    return 0


def _quoted_follows(lines: list[str], at: int) -> bool:
    rest = [line for line in lines[at:] if line.strip()]
    return bool(rest) and _QUOTED.match(rest[0]) is not None


def _is_mail_head(lines: list[str], at: int, rules: ReplyRules) -> bool:
    """ "From: …" with at least two more lines of a mail's head below it."""
    first = lines[at].strip(" *\t")
    label, colon, value = first.partition(":")
    if not colon or only_words(label) not in {only_words(word) for word in _all_of(rules, "mail_from")}:
        return False
    below = [line.strip(" *\t") for line in lines[at + 1 : at + 5]]
    heads = [line for line in below if re.match(r"[^\W\d_][\w -]{0,20}\s?:\s*\S", line)]
    return bool(value.strip()) and len(heads) >= _FEWEST_HEADS


def _added_by_a_telephone(plain: str, rules: ReplyRules) -> bool:
    added = any_of(_all_of(rules, "sent_from"))
    found = added.match(plain.strip(" *_\t")) if added else None
    return found is not None and len(plain) <= _LONGEST_ADDITION


@lru_cache(maxsize=64)
def _all_of(rules: ReplyRules, field: str) -> tuple[str, ...]:
    return tuple(word for tongue in rules.languages for word in getattr(tongue, field))
