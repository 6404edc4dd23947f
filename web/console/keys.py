"""The keys of the console, all in one table: the pages put them on their buttons, and the list of them shows them.

A key goes to what carries it on the page, where scripts run and nobody is writing: links are followed, choices ticked,
and a button is pressed by Enter. So no key alone changes anything, and what records an opt-out has none. Every button
works without.
"""

import re
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Key:
    """`act`: its name in templates."""

    act: str
    key: str
    does: str


@dataclass(frozen=True, slots=True)
class Place:
    """The pages on which some keys work: all whose whole address is like `pages`."""

    label: str
    pages: str
    keys: tuple[Key, ...]


KEYS: Final[tuple[Place, ...]] = (
    Place("Replies", r"/console/replies(/\d+(/[a-z-]+)?)?", (
        Key("confirm", "y", "Confirm the proposal"),
        *(Key(f"rating-{rating}", str(rating), f"An answer with rating {rating}") for rating in range(1, 6)),
        Key("answer", "a", "An answer without a rating"),
        Key("concern", "c", "A concern"),
        Key("confirmed", "p", "Put right: yes"),
        Key("not-confirmed", "x", "Put right: no"),
        Key("opt-out", "o", "An opt-out"),
        Key("automatic", "m", "Written by a machine"),
        Key("noted", "d", "Done, nothing to record"),
        Key("write", "w", "Write to the customer"),
        Key("hand-over", "h", "Hand over to a department"),
        Key("next", "n", "Next reply"),
        Key("back", "b", "Back to the reply, or to the list"),
    )),
    Place("Calls", "/console/calls", (
        Key("next-call", "n", "Next call"),
    )),
    Place("A call", r"/console/calls/\d+(/[a-z-]+)?", (
        Key("take-call", "t", "Take this call"),
        Key("call-answered", "a", "Answered"),
        Key("call-solved", "s", "Solved"),
        Key("call-concern", "c", "A concern"),
        Key("call-no-answer", "n", "No answer"),
        Key("call-busy", "b", "Busy"),
        Key("call-wrong-number", "w", "Wrong number"),
        Key("call-refused", "r", "Refused"),
        Key("call-call-back", "l", "Call back later"),
        *(Key(f"call-rating-{rating}", str(rating), f"Rating {rating}") for rating in range(1, 6)),
    )),
)  # fmt: skip

BY_ACT: Final = {key.act: key.key for place in KEYS for key in place.keys}
"""For templates: the key of an act."""


def listed(path: str | None = None) -> list[dict[str, Any]]:
    """The keys that work on the page with this address; of all pages when it is left out."""
    return [
        {"label": place.label, "keys": [{"key": key.key, "does": key.does} for key in place.keys]}
        for place in KEYS
        if path is None or re.fullmatch(place.pages, path)
    ]
