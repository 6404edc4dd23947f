"""Languages as exports name them: codes and names are read, what may be two languages or none is not."""

import pytest
from babel.core import Locale, get_global
from hypothesis import given
from hypothesis import strategies as st

from models.language_tags import language_name, language_tag
from policy.languages import choose
from policy.rules import LanguageRules

OURS = ("en", "de", "fr", "es", "nl")
RULES = LanguageRules(fallback="en", offered=OURS)
IN_USE = sorted({*Locale("en").languages, *get_global("language_aliases")})


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        # ISO 639-1 in any case, with what systems hang on to it.
        ("de", "de"), ("DE", "de"), ("De", "de"), (" de ", "de"), ("en-us", "en-US"), ("EN_GB", "en-GB"),
        ("de_AT.UTF-8", "de-AT"), ("de_DE@euro", "de-DE"), ("de-Latn-DE-1996", "de-Latn-DE-1996"),
        ("es-419", "es-419"), ("pt-br", "pt-BR"), ("zh_CN", "zh-CN"), ("zh-hans-cn", "zh-Hans-CN"),
        # ISO 639-2, both lists, and 639-3.
        ("deu", "de"), ("ger", "de"), ("GER", "de"), ("fra", "fr"), ("fre", "fr"), ("nld", "nl"), ("dut", "nl"),
        ("spa", "es"), ("eng", "en"), ("deu-AT", "de-AT"),
        # Codes of old: Salesforce still has "iw".
        ("iw", "he"), ("in", "id"),
        # Names in English, their own language, and any other.
        ("German", "de"), ("GERMAN ", "de"), ("Deutsch", "de"), ("deutsch", "de"), ("Allemand", "de"), ("Duits", "de"),
        ("alemán", "de"), ("tedesco", "de"), ("English", "en"), ("Englisch", "en"), ("anglais", "en"),
        ("French", "fr"), ("français", "fr"), ("Français", "fr"), ("Francais", "fr"), ("Französisch", "fr"),
        ("Spanish", "es"), ("Español", "es"), ("espanol", "es"), ("Dutch", "nl"), ("Nederlands", "nl"),
        ("polski", "pl"), ("русский", "ru"), ("中文", "zh"), ("\uff24\uff45\uff55\uff54\uff53\uff43\uff48", "de"),
        # With a country, as Zendesk, Windows and Jira write it.
        ("English (United States)", "en-US"), ("English (US)", "en-US"), ("English - US", "en-US"),
        ("German (Austria)", "de-AT"), ("German_Germany.1252", "de-DE"), ("Portuguese (Brazil)", "pt-BR"),
        ("American English", "en-US"), ("Brazilian Portuguese", "pt-BR"), ("Español (Latinoamérica)", "es"),
        # The same one twice.
        ("Deutsch / German", "de"), ("de-DE,de;q=0.9", "de"),
    ],
)  # fmt: skip
def test_what_means_one_language_is_read(written: str, tag: str):
    assert language_tag(written) == tag


@pytest.mark.parametrize(
    "written",
    ["", " ", "-", "?", "N/A", "n.a.", "null", "Unknown", "unbekannt", "keine Angabe", "default", "xx", "zz", "und",
     "mul", "zxx", "D", "E", "1031", "de,en", "German/English", "no-name", "not-given", "German_foo", "Deustch", "yes",
     "/", ";"],
)  # fmt: skip
def test_what_may_be_none_or_two_is_not(written: str):
    assert language_tag(written) is None


@given(
    st.text(max_size=30)
    | st.sampled_from(IN_USE)
    | st.tuples(st.sampled_from(IN_USE), st.text(max_size=6)).map("-".join)
)
def test_what_was_read_is_read_again_as_the_same(written: str):
    tag = language_tag(written)
    assert tag is None or language_tag(tag) == tag


@pytest.mark.parametrize("ours", OURS)
def test_each_of_our_languages_is_read_by_its_name_in_each_other(ours: str):
    for other in OURS:
        name = Locale(other).languages[ours]
        for written in (name, name.upper(), name.title(), f" {name}  "):
            assert choose([language_tag(written)], RULES) == ours, written


@given(st.sampled_from(OURS), st.sampled_from(["", "_AT", "-ch", "-Latn-AT", ".UTF-8", "@euro"]))
def test_a_tag_that_was_served_before_it_was_read_is_served_alike(tag: str, region: str):
    assert choose([language_tag(tag + region)], RULES) == choose([tag + region], RULES)


def test_staff_are_told_a_language_by_its_english_name():
    assert [language_name(tag) for tag in ("de", "de-AT", "pl", "tlh")] == ["German", "German", "Polish", "Klingon"]
