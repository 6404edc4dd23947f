"""The check at start finds what would otherwise be found by the first customer."""

from pathlib import Path

import pytest

from templates.environment import FOLDER
from templates.inlining import InliningFault, with_styles
from templates.render import TemplateFault, check_templates


def _append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def _faults(folder: Path) -> list[str]:
    with pytest.raises(TemplateFault) as caught:
        check_templates(folder)
    return str(caught.value).splitlines()


def test_our_templates_pass() -> None:
    check_templates()


def test_an_unbroken_copy_passes(folder: Path) -> None:
    check_templates(folder)


@pytest.mark.parametrize("name", ["survey.subject.txt", "survey.txt", "deadline_warning.txt"])
def test_value_that_nobody_gives_is_found(folder: Path, name: str) -> None:
    (folder / "messages" / f"{name}.j2").write_text("{{ survey_link }}", encoding="utf-8")
    assert _faults(folder) == [
        f"messages/{name}.j2: uses survey_link, which it is not given; correct the name or add it to values.py."
    ]


def test_value_of_another_purpose_is_found(folder: Path) -> None:
    (folder / "messages" / "monthly_bulletin.txt.j2").write_text("{{ comment }}", encoding="utf-8")
    assert "monthly_bulletin.txt.j2: uses comment" in _faults(folder)[0]


def test_value_in_a_frame_is_found_once(folder: Path) -> None:
    base = folder / "messages" / "base.txt.j2"
    _append(base, "{{ campaign }}\n")
    assert [line.split(",")[0] for line in _faults(folder)] == ["messages/base.txt.j2: uses campaign"]


def test_value_in_an_included_file_is_found(folder: Path) -> None:
    _append(folder / "messages" / "open_concern.txt.j2", "{{ hint }}\n")
    assert "messages/open_concern.txt.j2: uses hint" in _faults(folder)[0]


def test_macro_that_reaches_for_a_value_of_the_page_is_found(folder: Path) -> None:
    _append(folder / "pages" / "fields.html.j2", "{% macro more() %}{{ nonce }}{% endmacro %}\n")
    assert "pages/fields.html.j2: uses nonce" in _faults(folder)[0]


def test_misspelt_field_is_found(folder: Path) -> None:
    base = folder / "pages" / "base.html.j2"
    base.write_text(base.read_text(encoding="utf-8").replace("company.phone }}", "company.fone }}"), encoding="utf-8")
    assert "pages/base.html.j2: company has no field fone" in _faults(folder)[0]


def test_misspelt_field_in_a_loop_is_found(folder: Path) -> None:
    (folder / "messages" / "monthly_bulletin.txt.j2").write_text(
        "{% for one in figures %}{{ one.amount }}{% endfor %}", encoding="utf-8"
    )
    assert "figures has no field amount" in _faults(folder)[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("one\n{% if last %}", "line 2: Unexpected end of template"),
        ("{{ last", "line 1: unexpected end of template"),
        ("{{ last|safely }}", "line 1: No filter named 'safely'"),
    ],
)
@pytest.mark.parametrize("part", ["txt", "html"])
def test_syntax_error_is_found_with_its_line(folder: Path, part: str, text: str, said: str) -> None:
    (folder / "messages" / f"reminder.{part}.j2").write_text(text, encoding="utf-8")
    assert [line for line in _faults(folder) if f"messages/reminder.{part}.j2: {said}" in line]


@pytest.mark.parametrize(
    "name",
    ["messages/survey.txt.j2", "messages/thank_you.subject.txt.j2", "messages/deadline_warning.html.j2",
     "messages/base.html.j2", "messages/mail.css", "pages/unavailable.html.j2", "documents/preview.html.j2"],
)  # fmt: skip
def test_missing_part_is_found(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert f"{name}: there is no such file; write it." in _faults(folder)


def test_document_without_a_row_of_values_is_found(folder: Path) -> None:
    (folder / "documents" / "minutes.html.j2").write_text("x", encoding="utf-8")
    assert "documents/minutes.html.j2: its values are not known" in _faults(folder)[0]


def test_computed_name_of_a_template_is_found(folder: Path) -> None:
    (folder / "pages" / "problem.html.j2").write_text("{% extends title %}", encoding="utf-8")
    assert "names another template by a computed name" in _faults(folder)[0]


def test_every_fault_has_its_line(folder: Path) -> None:
    (folder / "messages" / "survey.txt.j2").unlink()
    (folder / "pages" / "problem.html.j2").write_text("{{ nobody }}", encoding="utf-8")
    (folder / "messages" / "reminder.html.j2").write_text('<p class="{{ last }}">x</p>', encoding="utf-8")
    faults = _faults(folder)
    assert len(faults) == 3
    assert all(fault.endswith(".") for fault in faults)


def test_styles_leave_the_statements_where_they_are() -> None:
    source = (
        '{% if x %}\n<table><tbody>{% for y in x %}<tr><td class="a">'
        '<a href="{{ y|link }}" title="{% if z %}z{% endif %}">'
        "{{ y }} &amp; <br></a></td></tr>{% endfor %}</tbody></table>{% endif %}{# gone #}"
    )
    styled = with_styles(source, ".a { color: red; } @media print { .a { color: blue; } }")
    assert styled == source.replace("{# gone #}", "").replace('class="a"', 'class="a" style="color: red;"')


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<table>{{ x }}<tr><td>y</td></tr></table>", "not well-formed"),
        ("<table><tr><td>y</td></tr></table>", "not well-formed"),
        ("<tr><td>y</td></tr>", "not well-formed"),
        ("<p>one<p>two", "not well-formed"),
        ('<p class="{{ x }}">y</p>', "computes a class"),
        ('<p style="color: {{ x }}">y</p>', "computes a style"),
        ("<p {% if x %}hidden{% endif %}>y</p>", "between attributes"),
    ],
)
def test_styles_are_refused_where_they_would_change_more(source: str, said: str) -> None:
    with pytest.raises(InliningFault, match=said):
        with_styles(source, "p { color: red; }")


def test_the_folder_is_the_one_that_is_shipped() -> None:
    assert (FOLDER / "static" / "aftercare.css").is_file()
