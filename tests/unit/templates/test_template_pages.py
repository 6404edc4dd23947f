"""Pages work without script and under the strict content policy; the preview shows everything."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from templates.call_samples import CALL_SAMPLES
from templates.language import SOURCE, known_languages
from templates.preview import write_preview
from templates.render import PAGE_VALUES, TemplateFault, render_call, render_page
from templates.samples import MESSAGE_SAMPLES, PAGE_SAMPLES, PageSample
from templates.samples_in import calls_in, messages_in, pages_in

Read = Callable[[str], Any]
PAGES = [(sample, language) for language in known_languages() for sample in pages_in(language)]
every_page = pytest.mark.parametrize(
    ("sample", "language"), PAGES, ids=[f"{sample.name}-{tag}" for sample, tag in PAGES]
)


def _form(**changes: Any) -> str:
    return render_page("survey", PAGE_SAMPLES[0].values | changes)


def _fields(seen: Any) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for tag, given in seen.tags:
        if tag in {"input", "textarea"}:
            found.setdefault(given["name"], []).append(given)
    return found


def test_every_page_has_samples_with_exactly_its_values() -> None:
    assert {sample.page for sample in PAGE_SAMPLES} == PAGE_VALUES.keys()
    for sample in PAGE_SAMPLES:
        assert sample.values.keys() == PAGE_VALUES[sample.page], sample.name


@every_page
def test_page_needs_nothing_that_the_content_policy_forbids(sample: PageSample, language: str, read_html: Read) -> None:
    seen = read_html(render_page(sample.page, sample.values, language))
    tags = [tag for tag, _ in seen.tags]
    assert not {"script", "style", "img", "iframe", "object", "base"} & set(tags)
    assert [given["href"] for tag, given in seen.tags if tag == "link"] == ["/static/aftercare.css"]
    for _, given in seen.tags:
        assert "style" not in given
        assert not [name for name in given if name.startswith("on")]
    assert tags.count("h1") == tags.count("main") == tags.count("title") == 1
    assert next(given for tag, given in seen.tags if tag == "html")["lang"] == language


@every_page
def test_page_gives_a_phone_number(sample: PageSample, language: str) -> None:
    assert 'href="tel:+493023125000"' in render_page(sample.page, sample.values, language)


@pytest.mark.parametrize("page", PAGE_VALUES)
def test_missing_value_fails(page: str) -> None:
    sample = next(sample for sample in PAGE_SAMPLES if sample.page == page)
    for name in PAGE_VALUES[page]:
        with pytest.raises(TemplateFault, match=f"pages/{page}: no value for {name};"):
            render_page(page, {key: value for key, value in sample.values.items() if key != name})


def test_form_has_the_fields_that_the_answer_is_read_from(read_html: Read) -> None:
    seen = read_html(_form())
    form = next(given for tag, given in seen.tags if tag == "form")
    assert form["method"] == "post"
    assert form["action"] == PAGE_SAMPLES[0].values["action"]
    fields = _fields(seen)
    assert fields.keys() == {"nonce", "rating", "comment", "contact_me", "website"}
    assert [given["value"] for given in fields["rating"]] == ["1", "2", "3", "4", "5"]
    assert fields["nonce"][0]["type"] == "hidden"
    assert fields["nonce"][0]["value"] == PAGE_SAMPLES[0].values["nonce"]
    assert fields["comment"][0]["maxlength"] == "4000"
    labels = {given["for"] for tag, given in seen.tags if tag == "label"}
    assert {given["id"] for name in fields if name != "nonce" for given in fields[name]} == labels


def test_nothing_must_be_filled_in(read_html: Read) -> None:
    assert not [given for _, given in read_html(_form()).tags if "required" in given]


@pytest.mark.parametrize("preselected", [None, 1, 5])
def test_preselected_number_is_checked_and_no_other(read_html: Read, preselected: int | None) -> None:
    choices = _fields(read_html(_form(preselected=preselected)))["rating"]
    assert [int(given["value"]) for given in choices if "checked" in given] == ([preselected] if preselected else [])


def test_trap_is_hidden_from_people_and_screen_readers(read_html: Read) -> None:
    seen = read_html(_form())
    assert seen.trap == [PAGE_SAMPLES[0].values["trap_path"]]
    assert seen.trap[0] not in seen.links
    assert _fields(seen)["website"][0]["tabindex"] == "-1"
    assert [given["aria-hidden"] for _, given in seen.tags if given.get("class") == "trap"] == ["true", "true"]
    css = (Path(write_preview.__code__.co_filename).parent / "static" / "aftercare.css").read_text(encoding="utf-8")
    assert ".trap { display: none; }" in css


def test_faults_are_said_at_the_top_and_at_the_field(read_html: Read) -> None:
    sample = next(sample for sample in PAGE_SAMPLES if sample.name == "survey-errors")
    html = render_page("survey", sample.values)
    seen = read_html(html)
    assert [given["role"] for _, given in seen.tags if given.get("class") == "faults"] == ["alert"]
    assert [link for link in seen.links if link.startswith("#")] == ["#rating-1", "#comment", "#contact_me"]
    ids = {given["id"] for _, given in seen.tags if "id" in given}
    described = {name for _, given in seen.tags for name in given.get("aria-describedby", "").split()}
    assert {"rating-fault", "comment-fault", "contact_me-fault"} <= described <= ids
    assert "<title>Please check: How did we do?" in html
    assert _fields(seen)["comment"][0]["aria-invalid"] == "true"


def test_form_without_faults_describes_only_what_is_there(read_html: Read) -> None:
    seen = read_html(_form())
    ids = [given["id"] for _, given in seen.tags if "id" in given]
    assert len(ids) == len(set(ids))
    assert {name for _, given in seen.tags for name in given.get("aria-describedby", "").split()} <= set(ids)


def test_unavailable_page_is_the_same_for_everybody() -> None:
    assert PAGE_VALUES["unavailable"] == {"company"}


def test_preview_shows_every_mail_and_page(tmp_path: Path) -> None:
    index = write_preview(tmp_path / "new" / "preview")
    page = index.read_text(encoding="utf-8")
    for source in re.findall(r'src="([^"]+)"', page):
        assert (index.parent / source).is_file()
    for mail in MESSAGE_SAMPLES:
        assert f"messages/{mail.name}.html" in page
        assert (index.parent / "messages" / f"{mail.name}.txt").is_file()
        assert (index.parent / "messages" / f"{mail.name}.subject.txt").is_file()
    for sample in PAGE_SAMPLES:
        text = (index.parent / "pages" / f"{sample.name}.html").read_text(encoding="utf-8")
        assert 'href="../static/aftercare.css"' in text
    assert "Hello Anna,\n\nWe would like to know" in page
    for script in CALL_SAMPLES:
        text = (index.parent / "calls" / f"{script.name}.txt").read_text(encoding="utf-8")
        assert escape(text).strip() in page


def test_preview_shows_every_language_and_leads_from_each_to_the_others(tmp_path: Path) -> None:
    index = write_preview(tmp_path)
    for language in known_languages():
        place = index if language == SOURCE else tmp_path / language / "index.html"
        page = place.read_text(encoding="utf-8")
        others = re.findall(r'href="([^"]+)" lang="([\w-]+)"', page)
        assert tuple(tag for _, tag in others) == known_languages()
        for source in [*re.findall(r'src="([^"]+)"', page), *(href for href, _ in others)]:
            assert (place.parent / source).is_file(), source
        for sample in [*messages_in(language), *pages_in(language)]:
            assert f"/{sample.name}.html" in page
        assert re.findall(r'lang="([\w-]+)" hreflang="[\w-]+" aria-current', page) == [language]
        assert render_call(calls_in(language)[0].call, calls_in(language)[0].values, language) == (
            place.parent / "calls" / f"{calls_in(language)[0].name}.txt"
        ).read_text("utf-8")
        survey = (place.parent / "pages" / "survey.html").read_text(encoding="utf-8")
        sheet = re.search(r'rel="stylesheet" href="([^"]+)"', survey)
        assert sheet
        assert (place.parent / "pages" / sheet[1]).is_file()
