"""A danger is heard however somebody puts it, in five languages; what only sounds like one raises no alarm."""

import json
import unicodedata
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.danger import dangers
from vocabulary import Danger

_SAID = Path(__file__).with_name("said")
DANGEROUS: dict[str, dict[str, list[str]]] = json.loads((_SAID / "danger.json").read_text("utf-8"))
HARMLESS = [text for texts in json.loads((_SAID / "harmless.json").read_text("utf-8")).values() for text in texts]
TEXTS = list(chain.from_iterable(chain.from_iterable(kinds.values()) for kinds in DANGEROUS.values()))
CASES = [(kind, text) for kinds in DANGEROUS.values() for kind, texts in kinds.items() for text in texts]


@pytest.mark.parametrize("text", TEXTS)
def test_a_danger_is_heard(text: str):
    assert dangers(text)


def test_the_kind_of_danger_is_mostly_heard_too():
    named = [(kind, text) for kind, text in CASES if kind != "any"]
    right = [text for kind, text in named if kind in dangers(text)]
    assert len(right) >= 0.85 * len(named)


def test_of_what_is_no_danger_at_most_2_percent_raise_an_alarm():
    alarms = [text for text in HARMLESS if dangers(text)]
    assert len(HARMLESS) > 600
    assert len(alarms) <= 0.02 * len(HARMLESS), alarms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The boiler exploded and my son is injured", (Danger.FIRE, Danger.INJURY)),  # gravest first
        ("There is a smell of gas, and water drips through the ceiling", (Danger.GAS, Danger.WATER)),
        ("GAS GAS smell of gas", (Danger.GAS,)),  # each once
        ("", ()),
        ("5", ()),
    ],
)
def test_dangers_are_told_once_and_gravest_first(text: str, found: tuple[Danger, ...]):
    assert dangers(text) == found


def _taken_apart(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _without_accents(text: str) -> str:
    return "".join(char for char in _taken_apart(text) if not unicodedata.combining(char))


@pytest.mark.parametrize(
    "written", [str.upper, str.lower, str.title, str.swapcase, str.casefold, _without_accents, _taken_apart]
)
def test_neither_case_nor_accents_matter(written: Callable[[str], str]):
    assert [text for text in TEXTS if dangers(written(text)) != dangers(text)] == []


@given(
    text=st.sampled_from([text for text in TEXTS if len(text.split()) > 1]),
    before=st.sampled_from(["Hello,\n\n", "Guten Tag, ", "5 ", "Bonjour. ", "\U0001f64f ", "Please read this: "]),
    after=st.sampled_from(["\n\nKind regards\nBob", " Danke!", " \U0001f621\U0001f621", "!!!", " Merci d'avance."]),
)
def test_courtesies_around_a_danger_do_not_hide_it(text: str, before: str, after: str):
    assert dangers(before + text + after)


@given(text=st.text(max_size=300), danger=st.sampled_from(["I can smell gas", "Es riecht nach Gas", "Ça sent le gaz"]))
def test_a_danger_at_the_end_of_any_text_is_heard(text: str, danger: str):
    assert Danger.GAS in dangers(f"{text}\n\n{danger}")


@pytest.mark.parametrize("word", ["gas ", "fire price ", "smell ", "a.b.", "l'", "?", "\n", "\U0001f525", "brand"])
def test_no_text_is_too_long_to_listen_to(word: str):
    dangers(word * (20_000 // len(word)))
