"""Which language a customer reads: the first of those asked for that is offered, else the fallback."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policy
from policy.file import PolicyError, parse_policy
from policy.languages import choose, serves
from policy.rules import LanguageRules

OFFERED = ("en", "de", "fr", "es", "nl", "pt-BR")
RULES = LanguageRules(fallback="en", offered=OFFERED)
SHIPPED = Path(policy.__file__).with_name("sop.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        # As source systems write it.
        (["de"], "de"),
        (["DE"], "de"),
        (["de-AT"], "de"),
        (["de_CH"], "de"),
        (["fr_CA"], "fr"),
        (["de_DE.UTF-8"], "de"),
        (["es_ES@euro"], "es"),
        ([" nl "], "nl"),
        (["de-Latn-DE-1996"], "de"),
        # A region is served where it is offered; another region of the same language is not taken for it.
        (["pt-br"], "pt-BR"),
        (["pt_BR"], "pt-BR"),
        (["pt-PT"], "en"),
        (["pt"], "en"),
        # Unknown, missing, or no tag at all: the fallback.
        (["it"], "en"),
        (["German"], "en"),
        (["den"], "en"),  # a language of its own, not German in disguise
        ([""], "en"),
        (["-"], "en"),
        ([None], "en"),
        ([], "en"),
        # Several, the best first, as a browser asks.
        (["it", "fr-CH", "de"], "fr"),
        ([None, "nl"], "nl"),
        (["ja", "ko"], "en"),
    ],
)
def test_the_language_of_a_customer(wanted: list[str | None], chosen: str):
    assert choose(wanted, RULES) == chosen


@pytest.mark.parametrize(
    ("tag", "served"), [("de-AT", True), ("en", True), ("pl", False), ("pt-PT", False), ("", False)]
)
def test_who_gets_the_fallback_is_not_served(tag: str, served: bool):
    assert serves(tag, RULES) is served


def test_the_fallback_is_the_policys():
    assert choose(["it"], LanguageRules(fallback="de", offered=("de", "en"))) == "de"


def test_what_is_not_offered_is_not_written_even_if_we_could():
    assert choose(["de"], LanguageRules(fallback="en", offered=("en", "fr"))) == "en"


@given(st.lists(st.none() | st.text(max_size=20)))
def test_whatever_is_wanted_the_answer_is_offered(wanted: list[str | None]):
    assert choose(wanted, RULES) in OFFERED


@given(st.sampled_from(OFFERED), st.sampled_from(["", "_AT", "-ch", "-Latn-AT", ".UTF-8"]), st.booleans())
def test_a_region_never_keeps_somebody_from_the_language(tag: str, region: str, shout: bool):
    assert choose([(tag + region).upper() if shout else tag + region], RULES) == tag


def test_a_policy_without_languages_speaks_english():
    """Cases stay with the policy that they were opened under, and older ones do not know of languages."""
    begin, end = SHIPPED.index("[languages]"), SHIPPED.index("[silence]")
    assert parse_policy(SHIPPED[:begin] + SHIPPED[end:]).rules.languages == LanguageRules(
        fallback="en", offered=("en",)
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('fallback = "en"', 'fallback = "it"',
         "languages.fallback = it must be one of languages.offered = en, de, fr, es, nl."),
        ('["en", "de", "fr", "es", "nl"]', '["en", "de", "de"]',
         "languages.offered = en, de, de must name each language once."),
        ('["en", "de", "fr", "es", "nl"]', "[]",
         "languages.offered = []: tuple should have at least 1 item after validation, not 0."),
        ('"fr", "es"', '"../../fr", "es"', "languages.offered.2 = '../../fr': string should match pattern"),
    ],
)  # fmt: skip
def test_what_a_policy_may_not_say_of_languages(old: str, new: str, fault: str):
    assert old in SHIPPED
    with pytest.raises(PolicyError) as refused:
        parse_policy(SHIPPED.replace(old, new, 1))
    assert str(refused.value).startswith(fault)
