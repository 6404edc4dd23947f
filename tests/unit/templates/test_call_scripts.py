"""The scripts of calls: what is said is in the customer's language, and what the caller is told is in English."""

import re
from itertools import product
from pathlib import Path

import pytest

from templates.call_samples import CALL_SAMPLES, CallSample
from templates.cleaning import for_mail, plain_values
from templates.environment import environment_of
from templates.language import SOURCE, known_languages
from templates.render import TemplateFault, render_call
from templates.samples_in import calls_in
from templates.values import CALL_VALUES
from tests.unit.templates.test_template_languages import HOSTILE, strange_language

SPOKEN = re.compile(r'"([^"\n]*)"')
every_script = pytest.mark.parametrize(
    ("language", "sample"),
    [(language, sample) for language in known_languages() for sample in calls_in(language)],
    ids=[f"{sample.name}-{language}" for language, sample in product(known_languages(), CALL_SAMPLES)],
)


def without_commands(script: str) -> str:
    return script.partition("Record what came of it")[0]


def test_every_script_has_samples_with_exactly_its_values() -> None:
    assert {sample.call for sample in CALL_SAMPLES} == CALL_VALUES.keys()
    for sample in CALL_SAMPLES:
        assert sample.values.keys() == CALL_VALUES[sample.call], sample.name


@every_script
def test_directions_are_the_same_in_every_language(language: str, sample: CallSample) -> None:
    english = next(one for one in calls_in(SOURCE) if one.name == sample.name)
    told, wanted = render_call(sample.call, sample.values, language), render_call(english.call, english.values)
    line = re.compile(r"\nLanguage: .*")
    assert line.sub("", SPOKEN.sub("", told)) == line.sub("", SPOKEN.sub("", wanted))
    assert len(SPOKEN.findall(told)) == len(SPOKEN.findall(wanted))


@every_script
def test_no_sentence_is_left_in_english(language: str, sample: CallSample) -> None:
    said = SPOKEN.findall(without_commands(render_call(sample.call, sample.values, language)))
    assert len(said) >= 9
    english = SPOKEN.findall(without_commands(render_call(sample.call, sample.values)))
    assert language == SOURCE or not set(said) & set(english)


def test_whatever_stands_in_quotes_comes_from_the_catalogues(folder: Path) -> None:
    environment = environment_of(folder, strange_language(folder))
    for sample in CALL_SAMPLES:
        shown = environment.get_template(f"calls/{sample.call}.txt.j2").render(plain_values(sample.values, for_mail))
        said = " ".join(SPOKEN.findall(without_commands(shown)))
        own = "Anna Bergmann Example Home Services Heating your name Thursday March Thu CET"
        assert set(re.findall(r"[A-Za-z]{2,}", said)) - set(own.split()) == set(), sample.name


@every_script
def test_hostile_values_stay_values_on_one_line(language: str, sample: CallSample) -> None:
    harmless = render_call(sample.call, sample.values, language)
    for name, value in sample.values.items():
        if isinstance(value, str) and name != "spoken_name":  # one that is no name is left out of what is said
            for text in HOSTILE:
                script = render_call(sample.call, {**sample.values, name: text}, language)
                assert "5439" not in script
                assert "\u202e" not in script
                assert len(script.splitlines()) == len(harmless.splitlines())


def test_a_name_that_is_a_slogan_is_not_read_out() -> None:
    sample = CALL_SAMPLES[0]
    script = render_call(sample.call, {**sample.values, "spoken_name": "WIN at www.example.com"})
    assert "www.example.com" not in " ".join(SPOKEN.findall(script))


def test_a_script_without_one_of_its_values_is_not_made() -> None:
    sample = CALL_SAMPLES[0]
    with pytest.raises(TemplateFault, match="no value for said_date"):
        render_call(sample.call, {name: value for name, value in sample.values.items() if name != "said_date"}, "de")
