"""The law, trouble, yes and no are heard in five languages, and praise is left alone."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.law import speaks_of_law
from policy.trouble import sounds_like_trouble, tells_of_trouble
from policy.yes_no import yes_or_no

SAID: dict[str, list[str]] = json.loads((Path(__file__).with_name("said") / "trouble.json").read_text("utf-8"))
TROUBLE = SAID["certain"] + SAID["likely"]


@pytest.mark.parametrize("text", SAID["law"])
def test_law_authorities_and_press_are_heard(text: str):
    assert speaks_of_law(text)


@pytest.mark.parametrize(
    "text", ["It <b>drips</b> again.", "court-circuit dans le tableau", "the gas regulator leaks", *SAID["praise"]]
)
def test_other_words_are_not_of_the_law(text: str):
    assert not speaks_of_law(text)


@pytest.mark.parametrize("text", SAID["certain"])
def test_clear_trouble_is_certain(text: str):
    assert tells_of_trouble(text)


@pytest.mark.parametrize("text", TROUBLE)
def test_what_may_be_trouble_is_looked_at(text: str):
    assert sounds_like_trouble(text)


def test_praise_mostly_passes_and_is_never_certain_trouble_nor_law():
    passing = [text for text in SAID["praise"] if not sounds_like_trouble(text)]
    assert len(passing) >= 0.85 * len(SAID["praise"])
    assert not [text for text in SAID["praise"] if tells_of_trouble(text) or speaks_of_law(text)]


@pytest.mark.parametrize("text", SAID["yes"])
def test_an_explicit_yes_is_one(text: str):
    assert yes_or_no(text) is True


@pytest.mark.parametrize("text", SAID["no"])
def test_an_explicit_no_is_one(text: str):
    assert yes_or_no(text) is False


@pytest.mark.parametrize("text", SAID["neither"])
def test_what_is_not_certain_is_neither(text: str):
    assert yes_or_no(text) is None


@given(yes=st.sampled_from(SAID["yes"]), trouble=st.sampled_from(TROUBLE))
def test_a_yes_with_trouble_behind_or_before_it_is_no_yes(yes: str, trouble: str):
    assert yes_or_no(f"{yes} {trouble}") is not True
    assert yes_or_no(f"{trouble} {yes}") is not True


@given(text=st.text())
def test_what_nobody_said_is_no_yes(text: str):
    assert yes_or_no(f"xyzzy {text}") is not True
