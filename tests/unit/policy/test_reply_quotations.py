"""What is understood does not depend on the quotation below it, whatever its head and its width.

The same over every own head, in HTML and through the real hook: `./aftercare bench replies --generated 20000`.
"""

import json
import textwrap
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.file import read_policy
from policy.machines import Heard
from policy.ours import Letters
from policy.replies import Understood, understand
from vocabulary import Channel

SETS = Path(__file__).parents[2] / "data" / "replies"
RULES = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
REPLY_ADDRESS = "reply+k3v7q2m5x4c6b7n3z5l2p6r4t7w3y5d4@reply.example.com"
OURS = """\
Example Home Services

How did we do?

Hello Ann,

We would like to know how our service was for you. What you tell us is read by people, and it decides what we do better.

How satisfied are you with our service?
(1 = not at all satisfied, 5 = very satisfied)

1 = not at all satisfied
https://feedback.example.com/s/2sucmecz43rakgaq3h7teqasptndmi2m?r=1
5 = very satisfied
https://feedback.example.com/s/2sucmecz43rakgaq3h7teqasptndmi2m?r=5

It takes about a minute. You can answer until Sunday, 18 October 2026.

----
Example Home Services, 1 Example Street, 10115 Berlin, Germany

Unsubscribe: no more surveys from us:
https://feedback.example.com/u/ainudtitzh542buqnfodvrmv7sy26ifl"""
LETTERS = Letters.of([OURS], values=["Ann"], names=["Example Home Services", "@reply.example.com"])


def cases_of(name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((SETS / name).read_text())["cases"]
    return found


HEADS = [case["head"] for case in cases_of("quoted_heads.json")]
TEXTS = [
    case["text"]
    for name in ("replies.json", "own_ratings.json", "own_opt_outs.json", "own_concerns.json")
    for case in cases_of(name)
    if case["asked"] == "survey" and case["text"].strip() and "{our_text}" not in case["text"]
]


def below(text: str, head: str, *, marked: bool, blank: bool, width: int | None) -> str:
    """The text above our mail, as a mail program sends it."""
    lines = OURS.splitlines()
    if width:
        lines = [
            broken
            for line in lines
            for broken in textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]
        ]
    quoted = "\n".join(f"> {line}" if marked else line for line in lines)
    introduced = head.replace("{company}", "Example Home Services").replace("{reply_address}", REPLY_ADDRESS)
    return f"{text}\n" + ("\n" if blank else "") + introduced + ("" if introduced.endswith("\n") else "\n") + quoted


def told(text: str) -> tuple[object, ...]:
    found: Understood = understand(Heard(channel=Channel.EMAIL, text=text), RULES, LETTERS)
    said = (" ".join(found.text.split()), " ".join((found.comment or "").split()))
    return (found.meaning, found.rating, found.proposal, bool(found.to_person), found.dangers, *said)


@given(
    text=st.sampled_from(TEXTS),
    head=st.sampled_from(HEADS),
    marked=st.booleans(),
    blank=st.booleans(),
    width=st.none() | st.integers(60, 78),
)
def test_what_is_understood_does_not_depend_on_the_quotation(
    text: str, head: str, *, marked: bool, blank: bool, width: int | None
):
    assert told(below(text, head, marked=marked, blank=blank, width=width)) == told(text)
