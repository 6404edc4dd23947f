"""Clauses 2.4 and 4.4: may a person write to a customer about the concern that the customer has raised, and what.

An opt-out is about surveys: we promise that a concern is looked after all the same (clause 2.4), so it does not forbid
an answer by mail. A channel that was refused is refused, whatever for. Of texts an opt-out means all of them, wherever
it was said (47 CFR 64.1200(a)(10)), and carriers hold us to it. Who called a mail of ours spam gets no other one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policy.delivery import SPAM_REPORT
from vocabulary import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A suppression in force of one of the customer's addresses."""

    channel: Channel | None
    """None: of everything."""
    for_good: bool
    """False for a pause."""
    source: str


def objection(channel: Channel, refusals: Sequence[Refusal]) -> str | None:
    """Why nobody may write there, as a sentence for the person who wants to; None when it may be done."""
    if any(one.channel is channel for one in refusals):
        return f"the customer does not want to be written to by {_NAMES[channel]}; {_OTHERWISE}"
    whole = [one for one in refusals if one.channel is None]
    if channel is Channel.SMS and any(one.for_good for one in whole):
        return f"the customer has opted out, and for texts that means all of them; {_OTHERWISE}"
    if channel is Channel.EMAIL and any(one.source == SPAM_REPORT for one in whole):
        return f"the customer reported a mail of ours as spam, so none is written any more; {_OTHERWISE}"
    return None


_NAMES = {Channel.EMAIL: "e-mail", Channel.SMS: "SMS", Channel.PHONE: "telephone"}
_OTHERWISE = "use another way, or call, and log it here"

MOST_SEGMENTS = 4
"""Of an SMS. More than that is a letter."""


def fault_of(text: str) -> str | None:
    """What is wrong with the words that are to go to a customer; None when nothing is.

    Addresses of pages are refused: links in our mails lead to our own pages only, so that customers can rely on it.
    """
    if not text.strip():
        return "write what the customer is to read"
    if _WEB_ADDRESS.search(text):
        return "leave out web addresses: links in our messages lead to our own pages only"
    return None


_WEB_ADDRESS = re.compile(r"\bhttps?:|://|\bwww\.\w", re.IGNORECASE)
