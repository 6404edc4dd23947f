"""What each SMS holds: who writes, what for, one link, how to stop; in one segment, whatever a value is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.language import SOURCE, known_languages
from templates.preview import write_preview
from templates.render import TemplateFault, check_templates, render_text
from templates.samples import COMPANY, MessageSample
from templates.samples_in import texts_in
from templates.segments import is_gsm_7, segments
from templates.values import TEXT_VALUES
from vocabulary import Purpose

TEXT_SAMPLES = texts_in(SOURCE)
ASKING = (Purpose.SURVEY, Purpose.REMINDER, Purpose.RECOVERY_SURVEY)
WITHOUT_LINK = (Purpose.THANK_YOU, Purpose.CONCERN_UPDATE, Purpose.ANSWER_TO_REPLY)
OF_DANGER = (Purpose.SAFETY_ADVICE, Purpose.DANGER_ALARM)
"""Said at once, and whole: nobody counts segments in a danger, and there is nothing to opt out of."""
LINK = "https://feedback.example.com/s/k3v7q2m5x4c6b7n3z5l2p6r4t7w3y5d4"
SURVEY = next(sample for sample in TEXT_SAMPLES if sample.name == "survey")
HIDDEN = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
every_sample = pytest.mark.parametrize(
    "sample", [one for one in TEXT_SAMPLES if one.purpose not in OF_DANGER], ids=lambda sample: sample.name
)


def survey(**changes: object) -> str:
    return render_text(Purpose.SURVEY, SURVEY.values | changes)


def test_every_purpose_for_customers_has_samples() -> None:
    assert {sample.purpose for sample in TEXT_SAMPLES} == set(TEXT_VALUES)
    assert {*ASKING, *WITHOUT_LINK, *OF_DANGER} == set(TEXT_VALUES)


@pytest.mark.parametrize(
    "sample", [one for one in TEXT_SAMPLES if one.purpose in OF_DANGER], ids=lambda sample: sample.name
)
def test_a_text_about_a_danger_says_who_writes_and_takes_two_segments_at_most(sample: MessageSample) -> None:
    text = render_text(sample.purpose, sample.values)
    assert text.startswith("Example Home Services: ")
    assert segments(text) <= 2


@every_sample
def test_an_sms_is_one_gsm_7_segment_on_one_line(sample: MessageSample) -> None:
    text = render_text(sample.purpose, sample.values)
    assert is_gsm_7(text)
    assert segments(text) == 1
    assert text == " ".join(text.split())


@pytest.mark.parametrize("language", known_languages())
def test_a_survey_in_any_language_is_one_gsm_7_segment_with_the_same_link(language: str) -> None:
    for sample in (one for one in texts_in(language) if one.purpose not in OF_DANGER):
        text = render_text(sample.purpose, sample.values, language)
        assert "STOP" in text
        if sample.purpose in ASKING:  # others may take two: with a date, or a person's own words
            assert (is_gsm_7(text), segments(text), LINK in text) == (True, 1, True), text


@every_sample
def test_an_sms_says_who_writes_and_how_to_stop(sample: MessageSample) -> None:
    text = render_text(sample.purpose, sample.values)
    assert text.startswith("Example Home Services: ")
    assert text.endswith(" STOP to opt out")


@every_sample
def test_an_sms_holds_the_link_to_the_page_and_no_other(sample: MessageSample) -> None:
    links = re.findall(r"\S+://\S+", render_text(sample.purpose, sample.values))
    assert links == ([] if sample.purpose in WITHOUT_LINK else [LINK])


def test_a_name_is_said_when_it_is_one() -> None:
    assert "Hello Anna, how" in survey()
    for nobody in (None, "", "www.evil.example", "http://evil.example", "evil.example/x", "a@b.example", "x" * 61):
        assert "Hello, how" in survey(customer_name=nobody)


@pytest.mark.parametrize("name", ["Łukasz", "Ιωάννης", "王", "😀", "Wolfeschlegelsteinhausenbergerdorff"])
def test_a_name_that_would_cost_a_second_segment_is_left_out(name: str) -> None:
    text = survey(customer_name=name)
    assert "Hello, how" in text
    assert segments(text) == 1


def test_a_name_stays_where_it_costs_nothing_more() -> None:
    assert isinstance(COMPANY, dict)
    text = survey(customer_name="Łukasz", company=COMPANY | {"name": "Grzałka Ł"})
    assert "Hello Łukasz" in text
    assert not is_gsm_7(text)


def test_typographic_signs_cost_no_second_segment() -> None:
    assert isinstance(COMPANY, dict)
    text = survey(company=COMPANY | {"name": "O’Hara – “Home”…"})
    assert text.startswith('O\'Hara - "Home"...: Hello')
    assert is_gsm_7(text)


@every_sample
@pytest.mark.parametrize(
    "hostile",
    [
        "abc\u202egnp.exe\u2066\u2069\u200b\u200d\ufeff",
        "first\r\nsecond\u2028third\u0085fourth\x00\x1b[31m\x0b",
        "lone \ud83d surrogate",
        "{{7*777}}{% for x in y %}",
        "http://evil.example/x",
        "evil.example/x",
        "x" * 3000,
    ],
)
def test_no_name_hides_breaks_or_links_anything(sample: MessageSample, hostile: str) -> None:
    values = {**sample.values, "customer_name": hostile}
    text = render_text(sample.purpose, values)
    assert not HIDDEN.search(text)
    assert "evil.example" not in text
    assert "5439" not in text
    assert segments(text) == 1


@given(name=st.text(st.characters(exclude_categories=[])))
def test_any_name_leaves_link_company_and_way_out_whole(name: str) -> None:
    text = survey(customer_name=name)
    assert text.count("://") == 1
    assert LINK in text
    assert not HIDDEN.search(text)
    assert segments(text) == 1
    assert text.endswith(" STOP to opt out")


@pytest.mark.parametrize("purpose", TEXT_VALUES)
def test_a_missing_value_fails_before_the_sms(purpose: Purpose) -> None:
    values = next(sample.values for sample in TEXT_SAMPLES if sample.purpose is purpose)
    for name in TEXT_VALUES[purpose]:
        with pytest.raises(TemplateFault, match=rf"{purpose.value}\.sms: no value for {name};"):
            render_text(purpose, {key: value for key, value in values.items() if key != name})


def test_a_link_that_is_none_fails() -> None:
    with pytest.raises(ValueError, match="http or https"):
        survey(survey_url="javascript:alert(1)")


def test_a_broken_sms_is_found_at_the_start(folder) -> None:
    (folder / "messages" / "survey.sms.txt.j2").write_text("{{ unsubscribe_url }}", encoding="utf-8")
    (folder / "messages" / "reminder.sms.txt.j2").unlink()
    with pytest.raises(TemplateFault) as fault:
        check_templates(folder)
    assert "messages/survey.sms.txt.j2: uses unsubscribe_url, which it is not given" in str(fault.value)
    assert "messages/reminder.sms.txt.j2: there is no such file; write it." in str(fault.value)


def test_the_preview_shows_every_sms_with_its_segments(tmp_path) -> None:
    page = write_preview(tmp_path).read_text("utf-8")
    assert page.count("1 segment)") + page.count("2 segments)") == len(TEXT_SAMPLES)
    assert (tmp_path / "messages" / "survey.sms.txt").read_text("utf-8") == survey() + "\n"
