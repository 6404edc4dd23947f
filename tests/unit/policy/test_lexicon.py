"""The files of words are checked when they are read, and a fault names the file and the place."""

import re
from pathlib import Path

import pytest

from config.settings import ROOT
from policy import lexicon, reply_words, yes_no
from policy.lexicon import LexiconFault, ear, languages, phrases
from policy.listening import TABLES, check_words

_DANGER = frozenset({"gas"})
_RULES = '[danger]\nharmless = ["gas bill*"]\n[danger.words]\nGAS = ["gas"]\nSMELL = ["smell*"]\n[danger.rules]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of words."""
    caches = (lexicon.languages, lexicon._file, lexicon.ear, yes_no._tongues, reply_words.words_heard)
    for cache in caches:
        cache.cache_clear()
    monkeypatch.setattr(lexicon, "_FOLDER", tmp_path)
    yield tmp_path
    for cache in caches:
        cache.cache_clear()


def heard(folder: Path, rules: str, text: str) -> bool:
    (folder / "xx.toml").write_text(_RULES + rules, "utf-8")
    return bool(ear("danger", _DANGER).kinds(text))


def test_the_five_languages_of_the_customers_are_there():
    assert languages() == ("de", "en", "es", "fr", "nl")


def test_a_language_is_added_by_a_file(folder: Path):
    assert heard(folder, 'gas = ["GAS + SMELL"]', "smells of gas")
    assert languages() == ("xx",)
    assert phrases("xx", "danger", "harmless") == ("gas bill*",)


@pytest.mark.parametrize(
    ("rule", "text", "fulfilled"),
    [
        ("GAS + SMELL", "gas, what a smell", True),  # any order
        ("GAS + SMELL", "gassmell", True),  # one word of two
        ("GAS + SMELL", "a smel of gas", True),
        ("GAS + SMELL", "the gas bill smells", False),  # set aside
        ("GAS + SMELL / 2", "gas is what I do smell", False),  # too far apart
        ("GAS + SMELL ! paint", "smell of gas or paint", False),
        ("GAS + SMELL ! paint / 3", "smell of gas. Two days later he came with paint", True),
        ("= GAS", "Gas!!!", True),
        ("= GAS", "Gas please", False),
        ("left open", "he left open the door", True),
        ("left open", "he left the door open", False),
        ("*monoxide*", "carbonmonoxides", True),
        ("~smoke", "smoek", True),
        ("smoke", "smoek", False),  # too short to be misspelt unless it is marked
    ],
)
def test_a_rule_says_what_has_to_stand_together(folder: Path, rule: str, text: str, *, fulfilled: bool):
    assert heard(folder, f'gas = ["{rule}"]', text) is fulfilled


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        ('gas = ["GAS + TASTE"]', "policy/words/xx.toml: danger.rules.gas: there are no words for TASTE"),
        ('gass = ["GAS"]', "policy/words/xx.toml: danger.rules: 'gass' is none of gas"),
        ('gas = "GAS"', "policy/words/xx.toml: danger.rules.gas: a list of words is needed"),
        ('gas = ["GAS / far"]', "policy/words/xx.toml: danger.rules.gas: 'GAS / far' cannot be read"),
        ('gas = ["g*s"]', "policy/words/xx.toml: danger.rules.gas: 'g*s' is no word or phrase"),
        ('gas = ["GAS" "SMELL"]', "policy/words/xx.toml: Unclosed array"),
    ],
)
def test_a_fault_names_file_and_place(folder: Path, rules: str, fault: str):
    with pytest.raises(LexiconFault, match=fault.replace("*", r"\*")):
        heard(folder, rules, "x")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[replies]", "policy/words/xx.toml: 'replies' is none of answer, danger"),
        ("[reply]\ngreeting = []", "policy/words/xx.toml: reply: 'greeting' is none of after"),
        ("[danger]\nharmles = []", "policy/words/xx.toml: danger: 'harmles' is none of harmless"),
        ("[reply]\nbefore = 'a'", "policy/words/xx.toml: reply.before: a list of words is needed"),
        ("[answer]\nyes = [1]", "policy/words/xx.toml: answer.yes: a list of words is needed"),
        ("[law.rules]\nlaw = ['A + B']", "policy/words/xx.toml: law.rules.law: there are no words for A"),
        ("reply = 1", "policy/words/xx.toml: reply is no table"),
    ],
)
def test_a_program_does_not_begin_with_a_file_that_cannot_be_meant(folder: Path, content: str, fault: str):
    (folder / "xx.toml").write_text(content, "utf-8")
    with pytest.raises(LexiconFault, match=fault):
        check_words()


def test_every_key_is_explained():
    text = (ROOT / "docs" / "adding-a-language.md").read_text("utf-8")
    assert [key for keys in TABLES.values() for key in keys if not re.search(rf"\b{key}\b", text)] == []
