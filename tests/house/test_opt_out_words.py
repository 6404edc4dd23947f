"""What customers read about opting out says what it does, in every language: never "more" where "no more" is meant.

French "recevoir plus" is "receive more"; without its "ne", a refusal reads like an order. The other languages have such
a word, too, that turns round when its negation is lost.
"""

import re
from dataclasses import dataclass

import pytest

from templates.catalogues import messages_of
from templates.language import SOURCE, known_languages, read_catalogue

LEAVING = re.compile(r"pages/(unsubscribe|unsubscribe_again|unsubscribed|preferences|preference_set)\.html\.j2")
RETURNING = ("Receive surveys again", "You will receive surveys again", "Done: you will receive surveys again",
             "After our next service we will ask for your opinion again.")  # fmt: skip
BESIDES = ("Unsubscribe: no more surveys from us", "No more surveys from us", "STOP to opt out",
           "Then we will not ask you again. Thank you, and goodbye.")  # fmt: skip
"""In mails, text messages, calls and the survey."""
REFUSES = re.compile(r"\b(?:no more|not|opt out|unsubscribe)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """Regular expressions of one language."""

    more: str
    none: str
    """What denies."""
    leave: str
    """What refuses by itself, or says that nothing was refused."""
    again: str
    harmless: str = r"(?!)"
    """"More" of another kind."""


WORDS = {
    "en": Words("more", "no|not|nothing", "opt out|unsubscribe|stop|mistake", "again", "once more"),
    "de": Words("mehr", "keine?n?|nichts?", "[Aa]bmelden|Versehen", "wieder"),
    "fr": Words("plus", "ne|n", "[Dd]ésinscri|erreur", "de nouveau", "au plus tard|plus (?:tard|long)"),
    "es": Words("más", "no|ninguna?", "[Bb]aja|error", "volver|volver[aá]|volveremos|de nuevo",
                "una vez más|a más tardar|más (?:arriba|largo|tarde)"),
    "nl": Words("meer", "geen|niets?", "[Aa]fmelden|melden|ongeluk", "weer"),
}  # fmt: skip


def texts(tag: str) -> dict[str, str]:
    """Every message that stands alone, and how the language says it."""
    messages = [str(one.id) for one in messages_of() if one.id and not one.pluralizable]
    if tag == SOURCE:
        return {one: one for one in messages}
    catalogue = read_catalogue(tag)
    return {one: str(entry.string) for one in messages if (entry := catalogue.get(one)) is not None}


def about_leaving() -> set[str]:
    found = {str(one.id) for one in messages_of() if any(LEAVING.fullmatch(file) for file, _ in one.locations)}
    return (found | {*BESIDES}) - {*RETURNING}


def reads_as_more(tag: str, text: str) -> bool:
    """Whether a part of a sentence says "more" and denies nothing before it."""
    words = WORDS[tag]
    parts = re.split(r"[.:;!?,]|(?<=\w)[\"»”]", re.sub(words.harmless, "", text, flags=re.IGNORECASE))
    said = [re.split(rf"\b(?:{words.more})\b", part, maxsplit=1, flags=re.IGNORECASE) for part in parts]
    return any(len(two) > 1 and not _has(words.none, two[0]) for two in said)


def _has(words: str, text: str) -> bool:
    return bool(re.search(rf"\b(?:{words})\b", text, re.IGNORECASE))


def test_every_language_is_looked_at():
    assert set(known_languages()) == WORDS.keys()
    assert {*RETURNING, *BESIDES} <= texts(SOURCE).keys(), "a text was worded anew: name it here, too"


@pytest.mark.parametrize("tag", WORDS)
def test_no_text_says_more_where_it_means_no_more(tag: str):
    assert [text for text in texts(tag).values() if reads_as_more(tag, text)] == []


@pytest.mark.parametrize("tag", WORDS)
def test_what_refuses_refuses_in_every_language(tag: str):
    words, said = WORDS[tag], texts(tag)
    refusals = [said[one] for one in about_leaving() if REFUSES.search(one)]
    assert len(refusals) > 10
    assert [text for text in refusals if not _has(words.none, text) and not re.search(words.leave, text)] == []


@pytest.mark.parametrize("tag", WORDS)
def test_what_brings_back_refuses_nothing(tag: str):
    words, said = WORDS[tag], texts(tag)
    back = [said[one] for one in RETURNING]
    assert [text for text in back if _has(words.none, text) or _has(words.more, text)] == []
    assert [text for text in back if not re.search(words.again, text, re.IGNORECASE)] == []


@pytest.mark.parametrize(
    ("tag", "text", "caught"),
    [
        ("fr", "Recevoir plus d’enquêtes ?", True),
        ("fr", "Ne plus recevoir d’enquêtes ?", False),
        ("fr", "Se désinscrire : plus aucune enquête de notre part", True),
        ("fr", "Nous n’avons rien noté : vous recevrez plus de SMS", True),
        ("fr", "Vous n’en recevrez plus", False),
        ("fr", "Nous vous écrirons au plus tard le 5 octobre", False),
        ("es", "Recibir más encuestas", True),
        ("es", "No quiero recibir más encuestas", False),
        ("de", "Mehr Umfragen von uns", True),
        ("de", "Keine Umfragen mehr von uns", False),
        ("nl", "Meer enquêtes van ons", True),
        ("nl", "Geen enquêtes meer van ons", False),
        ("en", "More surveys?", True),
        ("en", "We will send you no more e-mails", False),
    ],
)
def test_the_rule_catches_what_it_should(tag: str, text: str, *, caught: bool):
    assert reads_as_more(tag, text) is caught
