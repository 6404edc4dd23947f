"""Clauses 2.4, 4.3 and 4.4: what a reply by mail or text message says, for certain; everything else is for a person.

In this order: a machine's mail, a danger, an opt-out, yes or no to whether it was put right, a rating that cannot mean
anything else. What is left goes to a person, with our best reading as a proposal: it is no answer until they say so.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from policy.danger import dangers
from policy.folding import beginning, only_words
from policy.leaving import has_number, leaves_for_good, may_leave, name_below
from policy.machines import (
    Heard,
    Question,
    bare_subject,
    bounced,
    is_surely_automatic,
    proposes_automatic,
    seems_automatic,
)
from policy.ours import NOTHING, Letters, read
from policy.possible_ratings import likely_rating
from policy.reactions import is_harmless, is_reaction
from policy.reply_rules import ReplyRules, ReplyWords
from policy.reply_text import newest_part
from policy.reply_words import words_heard
from policy.rules import Rules
from policy.said_rating import stated
from policy.trouble import sounds_like_trouble
from policy.yes_no import yes_or_no
from vocabulary import Channel, Danger

_AGAIN = frozenset({"start", "unstop"})
_AGAIN_REASON = "wants to hear from us again"
_LONGEST = 20_000
"""Characters that are read, as they are compared. A reply is rarely as long as a page; a longer one is for a person."""
_LONGEST_COMMENT = 4000


class Meaning(StrEnum):
    ANSWER = "answer"
    CONFIRMED = "confirmed"
    """To the question whether it was put right: yes."""
    NOT_CONFIRMED = "not confirmed"
    OPT_OUT = "opt-out"
    START = "start"
    """By SMS: wants to be texted again. What comes of it depends on how the number opted out."""
    HELP = "help"
    AUTOMATIC = "automatic"
    """Written by a machine: out of office, confirmations of receipt, a telephone's reaction."""
    BOUNCE = "bounce"
    """The mail came back."""
    UNCLEAR = "unclear"
    """For a person."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a person is likely to make of it: a word of `models.replies.Settlement`."""

    settle_as: str
    rating: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """`rating` and `comment` are to be recorded, whatever else the reply means. `to_person`: why one is to look."""

    meaning: Meaning
    text: str
    """What was written, without what is ours, quotation and signature; or all of it when nothing is left."""
    rating: int | None = None
    comment: str | None = None
    to_person: str | None = None
    proposal: Proposal | None = None
    dangers: tuple[Danger, ...] = ()

    @property
    def is_said(self) -> bool:
        """Whether there is an answer to record."""
        return self.meaning in (Meaning.ANSWER, Meaning.CONFIRMED, Meaning.NOT_CONFIRMED)


def understand(heard: Heard, rules: Rules, letters: Letters = NOTHING) -> Understood:
    """Never raises, whatever the text is. `letters`: what we wrote, to be told from what the customer did."""
    came = heard.text.replace("\0", "").strip()
    whole = beginning(came, _LONGEST)
    heard = replace(heard, text=whole, unread=heard.unread or ("longer than we read" if len(whole) < len(came) else ""))
    if bounced(heard):
        return Understood(meaning=Meaning.BOUNCE, text=whole, to_person="the mail came back")
    if is_surely_automatic(heard):
        return Understood(meaning=Meaning.AUTOMATIC, text=whole)
    understood = _read(heard, rules, letters)
    if not heard.unread or understood.to_person == heard.unread:
        return understood
    # What we read counts all the same: an opt-out in it is one, whatever follows.
    reason = f"{understood.to_person}; {heard.unread}" if understood.to_person else heard.unread
    return replace(understood, to_person=reason, proposal=understood.proposal or Proposal("noted"))


def _read(heard: Heard, rules: Rules, letters: Letters) -> Understood:
    """What its text says, when no header says that a machine wrote it."""
    whole = heard.text
    written = newest_part(whole, letters)
    text = written.text or _said_in_subject(heard, letters)
    if not re.search(r"\S", text):
        nothing = heard.unread or ("nothing but quoted text" if whole else "no text")
        return _for_person(whole, nothing, Proposal("noted"))
    if is_reaction(whole, text):
        return _reaction(whole, text)
    if seems_automatic(heard, text):
        return Understood(meaning=Meaning.AUTOMATIC, text=text)
    understood = _commanded(heard, text, letters) or _said(heard, text, rules)
    if written.doubtful and understood.to_person is None:
        return _for_person(text, "some of the text may be ours", _proposed(heard, text))
    return understood


def words_for(language: str | None, rules: ReplyRules) -> ReplyWords | None:
    """The texts in a customer's language, else in the first; None when the policy has none at all."""
    wanted = (language or "").casefold()[:2]
    return next((tongue for tongue in rules.languages if tongue.language == wanted), next(iter(rules.languages), None))


def _said_in_subject(heard: Heard, letters: Letters) -> str:
    """A mail without text: the word may stand in its subject, unless that is the one that we wrote."""
    subject = bare_subject(heard.subject)
    ours = any(line.touched for line in read(subject, letters)) or not subject
    return "" if ours or len(only_words(subject).split()) > _WORDS_OF_COMMAND else subject


_WORDS_OF_COMMAND = 3
"""In a subject that stands for the whole mail: "STOP", "unsubscribe please", "5"."""


def _reaction(whole: str, own: str) -> Understood:
    if is_harmless(own):
        return Understood(meaning=Meaning.AUTOMATIC, text=whole)
    return _for_person(whole, "a reaction to our text", Proposal("automatic"))


def _beside_opt_out(text: str, letters: Letters) -> str | None:
    """What stands beside the words of the law and has to be read, though the opt-out is final."""
    if has_number(text):
        return "a number beside an opt-out"
    names = [word for word in name_below(text) if word not in letters.values]
    return "words below an opt-out" if names else None


def _commanded(heard: Heard, text: str, letters: Letters) -> Understood | None:
    """A word of command that is the whole reply."""
    words, filtered = only_words(text).split(), heard.opt_out_type.strip().casefold()
    if filtered == "stop" or leaves_for_good(text):
        beside = _beside_opt_out(text, letters)
        proposal = Proposal("noted") if beside else None
        return Understood(meaning=Meaning.OPT_OUT, text=text, to_person=beside, proposal=proposal)
    if heard.channel is Channel.SMS and (filtered == "help" or words_heard().help.are(words)):
        return Understood(meaning=Meaning.HELP, text=text)
    if filtered == "start" or (len(words) == 1 and words[0] in _AGAIN):
        meaning = Meaning.START if heard.channel is Channel.SMS else Meaning.UNCLEAR
        return Understood(
            meaning=meaning, text=text, to_person="wants to hear from us again", proposal=Proposal("noted")
        )
    return None


def _said(heard: Heard, text: str, rules: Rules) -> Understood:
    found = dangers(text)
    rated = stated(text)
    if may_leave(text):
        machine = proposes_automatic(heard, text)
        understood = _for_person(text, "may be an opt-out", Proposal("automatic" if machine else "opt-out"))
        return replace(understood, dangers=found)
    if found:
        comment = text[:_LONGEST_COMMENT] if rated is None else rated.rest[:_LONGEST_COMMENT] or text[:_LONGEST_COMMENT]
        reason = "longer than a comment can be" if len(text) > _LONGEST_COMMENT else None
        return Understood(
            meaning=Meaning.ANSWER,
            text=text,
            rating=rated.rating if rated else None,
            comment=comment,
            to_person=reason,
            dangers=found,
        )
    if heard.question is Question.RECOVERY and rated is None:
        return _put_right(heard, text)
    if rated is None:
        return _for_person(text, _reason(text), _proposed(heard, text))
    return _rated(heard, text, rated.rating, rated.rest, rules)


def _rated(heard: Heard, text: str, rating: int, rest: str, rules: Rules) -> Understood:
    """A certain rating is recorded at once; the comment is looked at for what speaks against it."""
    low = rating <= rules.survey.low_max
    if heard.question is Question.RECOVERY and rules.survey.low_max < rating < rules.survey.satisfied_min:
        return _for_person(text, "neither yes nor no", Proposal("answer", rating))
    reason = "longer than a comment can be" if len(rest) > _LONGEST_COMMENT else None
    if not low and sounds_like_trouble(text):
        reason = reason or "a comment that may be a concern"
    proposal = Proposal("concern", rating) if reason else None
    return Understood(
        meaning=Meaning.ANSWER,
        text=text,
        rating=rating,
        comment=rest[:_LONGEST_COMMENT] or None,
        to_person=reason,
        proposal=proposal,
    )


def _put_right(heard: Heard, text: str) -> Understood:
    """The answer to whether a concern was put right. Only an explicit yes confirms, only an explicit no opens again."""
    answer = yes_or_no(text)
    if answer is None:
        return _for_person(text, "neither yes nor no", _proposed(heard, text))
    meaning = Meaning.CONFIRMED if answer else Meaning.NOT_CONFIRMED
    return Understood(meaning=meaning, text=text, comment=text[:_LONGEST_COMMENT])


def _for_person(text: str, reason: str, proposal: Proposal) -> Understood:
    return Understood(meaning=Meaning.UNCLEAR, text=text, to_person=reason, proposal=proposal)


def _proposed(heard: Heard, text: str) -> Proposal:
    """Our best reading."""
    if proposes_automatic(heard, text):
        return Proposal("automatic")
    trouble, rating = sounds_like_trouble(text), likely_rating(text)
    if trouble and heard.question is Question.RECOVERY:
        return Proposal("not confirmed")
    return Proposal("concern" if trouble else "answer", rating)


def _reason(text: str) -> str:
    if re.search(r"[?\uff1f\u037e\u061f](?=\W|$)", text):
        return "contains a question"
    return "no rating for certain"
