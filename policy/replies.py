"""Clauses 2.4, 4.3 and 4.4: what a reply by mail or text message says. What cannot be understood goes to a person."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from policy.concern import Concern, Spoken, judge
from policy.folding import any_of, folded, only_words, shown
from policy.reply_rules import ReplyRules, ReplyWords
from policy.reply_text import newest_part
from policy.rules import Rules
from policy.said_rating import Doubtful, Stated, stated
from vocabulary import Channel

BY_LAW = frozenset({"stop", "stopall", "quit", "end", "revoke", "optout", "cancel", "unsubscribe"})
"""47 CFR 64.1200(a)(10): each is an opt-out by itself. No policy can take one away."""
_AGAIN = frozenset({"start", "unstop"})
_LONGEST = 20_000
"""Characters that are read. A reply is rarely as long as a page."""
_LONGEST_COMMENT = 4000
_FEW_WORDS = 10
_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_NOT_AUTOMATIC = frozenset({"", "no"})


class Meaning(StrEnum):
    ANSWER = "answer"
    OPT_OUT = "opt-out"
    START = "start"
    """By SMS: wants to be texted again. What comes of it depends on how the number opted out."""
    HELP = "help"
    AUTOMATIC = "automatic"
    """Written by a machine: out of office, confirmations of receipt."""
    BOUNCE = "bounce"
    """The mail came back."""
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A reply as it came. `headers` by their names in lower case; `sender` as the envelope has it."""

    channel: Channel
    text: str
    subject: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    sender: str = ""
    opt_out_type: str = ""
    """What Twilio's own filter took it for: STOP, START, HELP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """`rating` and `comment` are to be recorded, whatever else the reply means. `to_person`: why one is to look."""

    meaning: Meaning
    text: str
    """What was written, without quotation and signature."""
    rating: int | None = None
    comment: str | None = None
    to_person: str | None = None

    @property
    def is_said(self) -> bool:
        return self.rating is not None or self.comment is not None


def understand(heard: Heard, rules: Rules) -> Understood:
    """Never raises, whatever the text is."""
    whole = heard.text.replace("\0", "")[:_LONGEST].strip()
    text = newest_part(whole, rules.replies)
    if machine := _machine(heard, rules.replies):
        reason = "the mail came back" if machine is Meaning.BOUNCE else None
        return Understood(meaning=machine, text=text or whole, to_person=reason)
    if not re.search(r"\S", text):
        reason = "nothing but quoted text" if whole else "no text"
        return Understood(meaning=Meaning.UNCLEAR, text=whole, to_person=reason)
    command = _command(heard, text, rules.replies)
    if command is not None:
        return command
    said = _said(text, rules)
    leaving = _leaves_in_own_words(text, rules.replies)
    if leaving:
        keep = said.rating is not None or _is_concern(text, rules)
        return Understood(
            meaning=Meaning.OPT_OUT, text=text, rating=said.rating if keep else None,
            comment=said.comment if keep else None, to_person="an opt-out in the customer's own words",
        )  # fmt: skip
    return said


def words_for(language: str | None, rules: ReplyRules) -> ReplyWords | None:
    """The words of a customer's language, else of the first; None when the policy has none at all."""
    wanted = (language or "").casefold()[:2]
    return next((tongue for tongue in rules.languages if tongue.language == wanted), next(iter(rules.languages), None))


def _machine(heard: Heard, rules: ReplyRules) -> Meaning | None:
    """RFC 3834, and what programs from before it send."""
    headers = {name: value.strip().casefold() for name, value in heard.headers.items()}
    mailbox = heard.sender.strip("<> \t").casefold().partition("@")[0]
    author = re.search(r"([^\s<>@\"]+)@", headers.get("from", ""))
    names = {mailbox, author[1] if author else ""}
    null_sender = heard.sender == "<>" or headers.get("return-path") == "<>"
    report = headers.get("content-type", "").startswith("multipart/report")
    if names & {"mailer-daemon", "postmaster"} or (report and "delivery-status" in headers["content-type"]):
        return Meaning.BOUNCE
    automatic = headers.get("auto-submitted", "").partition(";")[0].strip() not in _NOT_AUTOMATIC
    marked = any(headers.get(name) for name in ("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply"))
    if automatic or marked or report or null_sender or headers.get("precedence", "") in _BULK:
        return Meaning.AUTOMATIC
    begins = any_of(_all_of(rules, "automatic"))
    subject = folded(shown(heard.subject[:500])).strip()
    return Meaning.AUTOMATIC if begins and begins.match(subject) else None


def _command(heard: Heard, text: str, rules: ReplyRules) -> Understood | None:
    """A word that is the whole reply."""
    words = only_words(text)
    filtered = heard.opt_out_type.strip().casefold()
    if filtered == "stop" or _is_leaving(words, rules):
        return Understood(meaning=Meaning.OPT_OUT, text=text)
    if heard.channel is Channel.SMS and (filtered == "help" or words in _listed(rules, "help")):
        return Understood(meaning=Meaning.HELP, text=text)
    if filtered == "start" or words.strip() in _AGAIN:
        meaning = Meaning.START if heard.channel is Channel.SMS else Meaning.UNCLEAR
        return Understood(meaning=meaning, text=text, to_person="wants to hear from us again")
    return None


def _leaves_in_own_words(text: str, rules: ReplyRules) -> bool:
    """ "Please stop texting me"; or little more than a word of the law: on a line of its own, or among courtesies."""
    if _has(folded(shown(text)), "leave_wordings", rules):
        return True
    whole = only_words(text)
    if len(whole.split()) > _FEW_WORDS:
        return False
    courtesy = any_of(_all_of(rules, "courtesy"))
    bare = courtesy.sub(" ", whole) if courtesy else whole
    return any(_is_leaving(only_words(part), rules) for part in (bare, *text.split("\n")))


def _is_leaving(words: str, rules: ReplyRules) -> bool:
    return words.replace(" ", "") in BY_LAW or words in _listed(rules, "leave")


def _said(text: str, rules: Rules) -> Understood:
    """A rating, a comment, or both; or what a person has to read."""
    found = stated(text, rules.replies)
    plain = folded(shown(text))
    rating = found.rating if isinstance(found, Stated) else None
    comment = found.rest if isinstance(found, Stated) else text
    comment = comment if re.search(r"\w", comment) else ""
    reason = _reason(plain, comment, found, rules.replies)
    concern = _is_concern(text, rules)
    recorded = (
        rating is not None or concern or (comment and not isinstance(found, Doubtful) and reason in (None, _ASKS))
    )
    if not recorded:
        return Understood(meaning=Meaning.UNCLEAR, text=text, to_person=reason or "no words")
    if rating is None and concern:
        reason = None  # as a concern it is in a person's hands within 24 hours
    if len(comment) > _LONGEST_COMMENT:
        reason = reason or "longer than a comment can be"
    return Understood(
        meaning=Meaning.ANSWER, text=text, rating=rating, comment=comment[:_LONGEST_COMMENT] or None, to_person=reason
    )


_ASKS = "asks for something"


def _reason(plain: str, comment: str, found: Stated | Doubtful | None, rules: ReplyRules) -> str | None:
    if isinstance(found, Doubtful):
        return found.reason
    if _has(plain, "mistaken", rules):
        return "somebody else may have this address"
    asks = any_of(_all_of(rules, "asks"))
    if re.search(r"[?\uff1f\u037e\u061f](?=\W|$)", plain) or (asks and asks.match(plain.lstrip(" \t\n\"'¿"))):
        return "asks a question"
    if _has(plain, "requests", rules):
        return _ASKS
    return None if found or comment else "no words"


def _is_concern(text: str, rules: Rules) -> bool:
    spoken = Spoken(rating=None, comment=text, contact_me=False, solved=False, concern=False, concern_open=False)
    return isinstance(judge(spoken, rules.survey, rules.escalation), Concern)


def _has(plain: str, name: str, rules: ReplyRules) -> bool:
    wanted = any_of(_all_of(rules, name))
    return wanted is not None and wanted.search(plain) is not None


def _listed(rules: ReplyRules, name: str) -> frozenset[str]:
    return frozenset(only_words(word) for word in _all_of(rules, name))


def _all_of(rules: ReplyRules, name: str) -> tuple[str, ...]:
    return tuple(word for tongue in rules.languages for word in getattr(tongue, name))
