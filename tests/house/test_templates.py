"""What no linter knows about templates: escaping is never switched off, and links lead where links may."""

import re
from pathlib import Path

import pytest

from templates.environment import FOLDER
from templates.render import check_templates, render_message, render_text
from templates.samples import MESSAGE_SAMPLES, MessageSample
from templates.values import CUSTOMER_PURPOSES, TEXT_VALUES
from vocabulary import Purpose

FILES = sorted(FOLDER.glob("*/*.j2"))
SHEETS = sorted(FOLDER.glob("*/*.css"))
CODE = sorted(FOLDER.glob("*.py"))
LINK = re.compile(r'\b(?:href|action|src)="([^"]*)"')
OURS = re.compile(r"(/static/[\w.-]+|/console[\w/-]*|#[\w-]+|#\{\{ error\.field \}\})")
OUR_SCRIPT = '<script src="/static/console.js" defer></script>'
FILTERED = re.compile(r"\{\{ [\w.]+\|(link|path|mailto|dial) \}\}")

every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")


def test_every_templates_values_are_given() -> None:
    check_templates()


@every_file
def test_escaping_is_never_switched_off(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*(safe|forceescape|tojson|xmlattr)\b|autoescape|Markup", source)


def test_code_makes_no_markup_of_its_own() -> None:
    assert [file.name for file in CODE if re.search(r"\bMarkup\b|autoescape=False", file.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "file", [file for file in FILES if file.parent.name != "documents"], ids=lambda file: file.name
)
def test_every_link_for_customers_passes_a_filter(file: Path) -> None:
    for target in LINK.findall(file.read_text(encoding="utf-8")):
        assert OURS.fullmatch(target) or FILTERED.fullmatch(target), target


@every_file
def test_attributes_are_quoted_and_hold_no_style_or_script(file: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    for tag in re.findall(r"<[a-z][^<>]*>", source):
        assert not re.search(r"=\s*(?![\"'=\s])", re.sub(r'"[^"]*"|\{%.*?%\}', '""', tag)), tag
        assert not re.search(r"\s(style|on\w+)=", tag), tag
    assert "<script" not in source.replace(OUR_SCRIPT, "")


def test_mail_rules_need_no_surroundings() -> None:
    """A template is styled by itself, so a rule that looks at parents or siblings would be lost: one word each."""
    css = re.sub(r"/\*.*?\*/", "", (FOLDER / "messages" / "mail.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    for selectors in re.findall(r"([^{}]+)\{[^{}]*\}", css):
        for selector in selectors.split(","):
            assert re.fullmatch(r"\.?[a-z][\w-]*", selector.strip()), selector


TO_STAFF = [sample for sample in MESSAGE_SAMPLES if sample.purpose not in CUSTOMER_PURPOSES]
PAGE_OF_IT = re.compile(r"https://[\w.-]+/console/(?:concerns|subtasks|alarms|replies)/\d+(?:/clock)?")


@pytest.mark.parametrize("file", [file for file in FILES if file.parent.name in ("messages", "pages")],
                         ids=lambda file: file.name)  # fmt: skip
def test_no_message_and_no_page_for_customers_names_a_command(file: Path) -> None:
    assert not re.search(r"\./aftercare|\bcommand\b", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("sample", TO_STAFF, ids=lambda sample: sample.name)
def test_mail_to_staff_leads_to_the_page_of_what_it_is_about(sample: MessageSample) -> None:
    """The bulletin is about no one thing. A link has a number and nothing else: no token, nothing of anybody."""
    mail = render_message(sample.purpose, sample.values)
    assert "aftercare " not in mail.text + mail.html
    if sample.purpose == Purpose.MONTHLY_BULLETIN:
        return
    assert PAGE_OF_IT.fullmatch(mail.text.split("Open the ")[1].split(":\n")[1].split("\n")[0])
    assert [url for url in re.findall(r'href="(https?:[^"]*)"', mail.html) if PAGE_OF_IT.fullmatch(url)]
    if sample.purpose in TEXT_VALUES:
        assert PAGE_OF_IT.search(render_text(sample.purpose, sample.values))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_style_sheets_load_nothing(sheet: Path) -> None:
    assert not re.search(r"url\(|@import|https?:", sheet.read_text(encoding="utf-8"))


def test_every_class_of_a_mail_has_a_rule() -> None:
    css = "".join(file.read_text(encoding="utf-8") for file in sorted((FOLDER / "messages").glob("*.css")))
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    used = {
        name
        for file in FILES
        if file.parent.name == "messages"
        for names in re.findall(r'class="([^"]*)"', file.read_text(encoding="utf-8"))
        for name in names.split()
    }
    defined = set(re.findall(r"\.([a-z][\w-]*)", css))
    assert used - defined == set()
    assert defined - used == set()
