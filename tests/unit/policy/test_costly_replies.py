"""Texts that are written to cost: the work grows with their length, no faster; what is too long is for a person."""

import importlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.file import read_policy
from policy.folding import beginning, folded, shown
from policy.machines import Heard, Question
from policy.ours import Letters
from policy.replies import Meaning, understand
from tests.steps import calls_of, comes_to_an_end
from vocabulary import Channel

SHIPPED = read_policy(Path(policy.__file__).with_name("sop.toml")).rules
LETTERS = Letters.of(
    ["How satisfied are you with our service? 1 2 3 4 5"], names=["Example Home Services", "@reply.example.com"]
)
LONG = 20_000
PUMPED = [
    "a", "1", " ", "\n", ".", ":", "-", "=", "'", "<", "@", "(", "/", "[", "!", "?", "\u2018", "\u201c", "\u00e9", "&",
    "a.", "a@", "-- ", "\n=", "\n>", "a\n", "1.", "'a", "http://", "/s/", "+a", "=?a?q?", "Re: ",
]  # fmt: skip
FROM_THE_START = {"_REPLIED", "_BRACKETED", "_PREFIXED", "_RULE", "_LABEL"}
"""Patterns that are only tried where a text begins; or on a subject that was cut."""
READERS = [f"policy.{path.stem}" for path in Path(policy.__file__).parent.glob("*.py")]
OTHERS = [
    "web.mail_text",
    "web.cleaned",
    "web.posted_mail",
    "web.mail_heads",
    "models.tokens",
    "channels.returned",
    "channels.report",
]
PATTERNS = sorted(
    {
        (module, name)
        for module in (*READERS, *OTHERS)
        for name, value in vars(importlib.import_module(module)).items()
        if isinstance(value, re.Pattern)
    }
)
LINES = [
    "", "Thanks", "Hi ", "Hello,", "5", "a:", "> q", "---", "STOP", "Bob", "From: a", "Example Home Services:",
    "a@reply.example.com", "Am 05.10.26 um 17:44 schrieb Example Home Services:", "Sent from my iPhone", "Kind regards",
    "How satisfied are you with our service?", "gas", "leak", "please remove me", "\u2018a", "x.x.", "(a",
]  # fmt: skip


def mail(text: str, **more: object) -> Heard:
    return Heard(channel=Channel.EMAIL, text=text, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("module", "name"), PATTERNS)
def test_no_pattern_tries_everything(module: str, name: str):
    pattern = getattr(importlib.import_module(module), name)
    tries = [pattern.fullmatch, pattern.match if name in FROM_THE_START else pattern.search]
    with comes_to_an_end():
        for piece in PUMPED:
            for head, tail in (("", "x"), ("a@", "\0"), ("\u2018", "\n")):
                for find in tries:
                    find(head + piece * (50_000 // len(piece)) + tail)


@pytest.mark.parametrize(
    "text",
    [
        "hello\n" + "===\n" * 60 + "x",  # each line could end the text, with those below or without
        "\u2018a" * 9000 + "\n> x",
        '"' + "a" * 19_000 + "\n> x",
        "." * 19_000 + "x",
        "x" * LONG,
        "a" * 9000 + "@" + "." * 9000,
    ],
)
def test_a_text_that_could_be_read_in_many_ways_is_read_in_one(text: str):
    with comes_to_an_end():
        understand(mail(text), SHIPPED, LETTERS)


@pytest.mark.parametrize("tail", ["", "\nnot a name at all", "\n> x"])
@pytest.mark.parametrize("head", ["", "5\n\n", "> x\n"])
@pytest.mark.parametrize("line", LINES)
def test_four_times_the_lines_are_four_times_the_work(line: str, head: str, tail: str):
    def calls(lines: int) -> int:
        text = head + f"{line}\n" * lines + tail
        return calls_of(lambda: understand(mail(text[:LONG], question=Question.RECOVERY), SHIPPED, LETTERS))

    calls(4)  # what is made once is made before it is counted
    assert calls(400) <= 6 * calls(100) + 2000


@pytest.mark.parametrize("line", ["Hi ", "Example Home Services: ", "gas ", "5 ", "STOP ", "> ", "\u2018a "])
def test_nor_is_a_longer_line(line: str):
    def calls(words: int) -> int:
        return calls_of(lambda: understand(mail(line * words), SHIPPED, LETTERS))

    calls(4)
    assert calls(800) <= 6 * calls(200) + 2000


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("\ufdfa\u3316\u0301\uff11`\u200d")), st.integers(1, 30))
def test_of_any_text_so_much_is_read_as_is_short_when_it_is_compared(text: str, most: int):
    kept = beginning(text, most)
    assert text.startswith(kept)
    assert len(folded(shown(kept))) <= most
    assert kept == text or len(shown(text[: len(kept) + 1])) > most - 18 or len(kept) == most


@pytest.mark.parametrize("character", ["\ufdfa", "\u3316", "\ufb2c", "a\u0301"])
def test_characters_that_stand_for_many_are_so_many(character: str):
    assert len(shown(beginning(character * LONG, LONG))) <= LONG
    understood = understand(mail(character * LONG), SHIPPED, LETTERS)
    assert (understood.to_person or "").endswith("longer than we read")


def test_what_is_read_counts_and_a_person_sees_what_is_not():
    understood = understand(mail("STOP\n" + "\n> quoted" * 3000), SHIPPED, LETTERS)
    assert (understood.meaning, understood.to_person) == (Meaning.OPT_OUT, "longer than we read")
    understood = understand(mail("5", unread="not all of it could be read"), SHIPPED, LETTERS)
    assert (understood.rating, understood.to_person) == (5, "not all of it could be read")


def test_a_machine_that_says_so_may_write_as_much_as_it_likes():
    understood = understand(mail("x " * LONG, headers={"auto-submitted": "auto-replied"}), SHIPPED, LETTERS)
    assert (understood.meaning, understood.to_person) == (Meaning.AUTOMATIC, None)
