"""What each mail holds: the same content in both parts, a way out for customers, and styles that mail programs keep."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import css_inline
import pytest

from templates.folder import FOLDER
from templates.language import SOURCE, known_languages, read_language
from templates.render import MESSAGE_VALUES, TemplateFault, render_message
from templates.samples import COMPANY, MESSAGE_SAMPLES, MessageSample
from templates.samples_in import messages_in
from templates.values import CUSTOMER_PURPOSES, OPTIONAL
from vocabulary import Purpose

Read = Callable[[str], Any]
WORD = re.compile(r"[\w@+./:?=-]*\w")
TO_CUSTOMERS = [(sample, language) for language in known_languages() for sample in messages_in(language)]
TO_STAFF = [(sample, SOURCE) for sample in MESSAGE_SAMPLES if sample.purpose not in CUSTOMER_PURPOSES]


def _mails(mails: list[tuple[MessageSample, str]]) -> pytest.MarkDecorator:
    names = [f"{sample.name}-{language}" for sample, language in mails]
    return pytest.mark.parametrize(("sample", "language"), mails, ids=names)


every_sample = _mails([*TO_CUSTOMERS, *TO_STAFF])
to_customers = _mails(TO_CUSTOMERS)
asking = _mails([mail for mail in TO_CUSTOMERS if "rating_urls" in mail[0].values])


def test_every_purpose_has_samples_with_exactly_its_values() -> None:
    assert {sample.purpose for sample in MESSAGE_SAMPLES} == set(Purpose)
    for sample in MESSAGE_SAMPLES:
        assert sample.values.keys() == MESSAGE_VALUES[sample.purpose], sample.name


@every_sample
def test_text_part_says_what_html_says(sample: MessageSample, language: str, read_html: Read) -> None:
    mail = render_message(sample.purpose, sample.values, language)
    seen = read_html(mail.html)
    for link in seen.links:
        assert link in mail.text or link.startswith(("tel:", "mailto:"))
    assert {word.lower() for word in seen.words} - set(WORD.findall(mail.text.lower())) == set()


@every_sample
def test_html_says_what_text_part_says(sample: MessageSample, language: str, read_html: Read) -> None:
    mail = render_message(sample.purpose, sample.values, language)
    seen = read_html(mail.html)
    shown = seen.words | {word for tag, given in seen.tags for word in given.get("aria-label", "").split()}
    written = WORD.findall(re.sub(r"https?://\S+", "", mail.text))
    assert set(written) - shown == set()


@pytest.mark.parametrize("purpose", Purpose)
def test_missing_value_fails_before_the_mail(purpose: Purpose) -> None:
    sample = next(sample for sample in MESSAGE_SAMPLES if sample.purpose is purpose)
    for name in MESSAGE_VALUES[purpose] - OPTIONAL:
        values = {key: value for key, value in sample.values.items() if key != name}
        with pytest.raises(TemplateFault, match=f"messages/{purpose.value}: no value for {name};"):
            render_message(purpose, values)


def test_missing_field_of_a_value_fails() -> None:
    assert isinstance(COMPANY, dict)
    company = {key: value for key, value in COMPANY.items() if key != "phone"}
    with pytest.raises(Exception, match="has no attribute 'phone'"):
        render_message(Purpose.SURVEY, MESSAGE_SAMPLES[0].values | {"company": company})


def test_thank_you_may_come_without_a_link_to_change_the_answer() -> None:
    sample = next(sample for sample in MESSAGE_SAMPLES if sample.name == "thank-you")
    with_link = render_message(sample.purpose, sample.values)
    without = render_message(sample.purpose, {k: v for k, v in sample.values.items() if k != "change_url"})
    assert "Change my answer" in with_link.text
    assert "Change my answer" in with_link.html
    assert "Change my answer" not in without.text
    assert "Change my answer" not in without.html


@to_customers
def test_customers_can_unsubscribe_and_see_who_writes(sample: MessageSample, language: str, read_html: Read) -> None:
    assert isinstance(COMPANY, dict)
    mail = render_message(sample.purpose, sample.values, language)
    assert sample.values["unsubscribe_url"] in read_html(mail.html).links
    for needed in (sample.values["unsubscribe_url"], COMPANY["postal_address"], COMPANY["privacy_url"]):
        assert str(needed) in mail.text
        assert str(needed) in mail.html


@asking
def test_five_numbers_of_one_look_with_their_meaning(sample: MessageSample, language: str, read_html: Read) -> None:
    mail = render_message(sample.purpose, sample.values, language)
    buttons = [given for tag, given in read_html(mail.html).tags if given.get("class") == "rating"]
    assert [button["href"][-4:] for button in buttons] == ["?r=1", "?r=2", "?r=3", "?r=4", "?r=5"]
    assert len({button["style"] for button in buttons}) == 1
    spoken = read_language(language)
    least, most = f"1 = {spoken.say('not at all satisfied')}", f"5 = {spoken.say('very satisfied')}"
    assert (buttons[0]["aria-label"], buttons[4]["aria-label"]) == (least, most)
    for part in (mail.text, mail.html):
        assert least in part
        assert most in part


@asking
def test_trap_is_for_machines_only(sample: MessageSample, language: str, read_html: Read) -> None:
    mail = render_message(sample.purpose, sample.values, language)
    seen = read_html(mail.html)
    assert seen.trap == [sample.values["trap_url"]]
    box = next(given for _, given in seen.tags if given.get("class") == "trap")
    assert box["aria-hidden"] == "true"
    assert box["style"].startswith("display: none")
    link = next(given for _, given in seen.tags if given.get("href") == sample.values["trap_url"])
    assert link["tabindex"] == "-1"
    assert str(sample.values["trap_url"]) not in mail.text


@every_sample
def test_style_sheet_holds_only_what_attributes_cannot(sample: MessageSample, language: str, read_html: Read) -> None:
    seen = read_html(render_message(sample.purpose, sample.values, language).html)
    sheet = re.sub(r"/\*.*?\*/", "", seen.styles, flags=re.DOTALL).strip()
    blocks = re.findall(r"(@media [^{]+)\{(?:[^{}]*\{[^{}]*\})*\s*\}", sheet)
    assert len(blocks) == 2
    assert "prefers-color-scheme: dark" in sheet
    assert "max-width" in sheet
    assert re.sub(r"@media [^{]+\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", sheet).strip() == ""
    assert sum(1 for tag, _ in seen.tags if tag == "style") == 1


@every_sample
def test_mail_loads_nothing_and_runs_nothing(sample: MessageSample, language: str, read_html: Read) -> None:
    seen = read_html(render_message(sample.purpose, sample.values, language).html)
    tags = {tag for tag, _ in seen.tags}
    assert not tags & {"img", "script", "link", "iframe", "form", "object", "video"}
    assert "url(" not in seen.styles + " ".join(given.get("style", "") for _, given in seen.tags)
    html = next(given for tag, given in seen.tags if tag == "html")
    assert html["lang"] == language
    layout = [given for tag, given in seen.tags if tag == "table" and given.get("class") != "facts"]
    assert all(given["role"] == "presentation" for given in layout)


class _Styled(HTMLParser):
    """Tags with all their attributes, in the order of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, frozenset[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, frozenset(attrs)))


@every_sample
def test_styles_given_to_templates_equal_styles_given_to_the_whole_mail(sample: MessageSample, language: str) -> None:
    """A rule that depends on its surroundings would come out differently for a fragment: here it would show."""
    html = render_message(sample.purpose, sample.values, language).html
    bare = re.sub(r' style="[^"]*"', "", html)
    css = (FOLDER / "messages" / "mail.css").read_text(encoding="utf-8")
    whole = css_inline.CSSInliner(
        inline_style_tags=False, keep_style_tags=True, extra_css=css, load_remote_stylesheets=False
    ).inline(bare)
    ours, theirs = _Styled(), _Styled()
    ours.feed(html)
    theirs.feed(whole)
    assert ours.tags == theirs.tags


def test_last_reminder_says_so() -> None:
    first, last = (next(s for s in MESSAGE_SAMPLES if s.name == name) for name in ("reminder", "reminder-last"))
    assert "last" not in render_message(first.purpose, first.values).subject.lower()
    mail = render_message(last.purpose, last.values)
    assert mail.subject.startswith("Last reminder")
    assert "our last mail about it" in mail.text


def test_survey_promises_that_a_link_sends_nothing() -> None:
    mail = render_message(Purpose.SURVEY, MESSAGE_SAMPLES[0].values)
    assert "Nothing is sent before you press “Send my answer”." in mail.text
