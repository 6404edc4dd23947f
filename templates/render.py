"""The one place that renders: mails (subject, text, HTML), SMS, pages and documents, from plain values only."""

from collections.abc import Mapping
from dataclasses import dataclass

from templates.checking import check_templates
from templates.cleaning import (
    Cleaner,
    Plain,
    body,
    for_console,
    for_document,
    for_mail,
    for_page,
    for_text,
    header,
    plain_values,
)
from templates.environment import environment_of
from templates.folder import TemplateFault
from templates.language import SOURCE
from templates.segments import segments
from templates.values import (
    CALL_VALUES,
    CONSOLE_VALUES,
    DOCUMENT_VALUES,
    MESSAGE_VALUES,
    OPTIONAL,
    PAGE_VALUES,
    TEXT_VALUES,
)
from vocabulary import Purpose

__all__ = [
    "MESSAGE_VALUES",
    "PAGE_VALUES",
    "TEXT_VALUES",
    "Rendered",
    "TemplateFault",
    "check_templates",
    "render_call",
    "render_console",
    "render_document",
    "render_message",
    "render_page",
    "render_text",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One mail's content. `subject` is one line and safe in a header; `text` says what `html` says."""

    subject: str
    text: str
    html: str


def render_message(purpose: Purpose, values: Mapping[str, object], language: str = SOURCE) -> Rendered:
    """The mail of a purpose. `values` are those named in `MESSAGE_VALUES`; a missing one raises TemplateFault."""
    name = f"messages/{purpose.value}"
    given = _given(name, values, MESSAGE_VALUES[purpose], for_mail)
    return Rendered(
        subject=header(_render(f"{name}.subject.txt.j2", given, language)),
        text=body(_render(f"{name}.txt.j2", given, language)),
        html=_render(f"{name}.html.j2", given, language),
    )


def render_text(purpose: Purpose, values: Mapping[str, object], language: str = SOURCE) -> str:
    """The SMS of a purpose, on one line. `values` are those named in `TEXT_VALUES`; a missing one raises TemplateFault.

    The customer's name is left out where it would cost another segment, by its length or by a letter of another script.
    """
    name = f"messages/{purpose.value}"
    given = _given(f"{name}.sms", values, TEXT_VALUES[purpose], for_text)
    template, nobody = f"{name}.sms.txt.j2", dict[str, Plain](customer_name=None)
    texts = (for_text(name, _render(template, one, language)) for one in (given, given | nobody))
    named, unnamed = (" ".join(text.split()) for text in texts)
    return named if segments(named) <= segments(unnamed) else unnamed


def render_call(name: str, values: Mapping[str, object], language: str = SOURCE) -> str:
    """The script of a call, for the person who makes it: what is said stands in `language`, directions in English.

    `values` are those named in `CALL_VALUES`.
    """
    given = _given(f"calls/{name}", values, CALL_VALUES[name], for_mail)
    return body(_render(f"calls/{name}.txt.j2", given, language))


def render_page(name: str, values: Mapping[str, object], language: str = SOURCE) -> str:
    """A page for customers, as HTML. `values` are those named in `PAGE_VALUES`."""
    return _render(f"pages/{name}.html.j2", _given(f"pages/{name}", values, PAGE_VALUES[name], for_page), language)


def render_console(name: str, values: Mapping[str, object]) -> str:
    """A page of the staff console, as HTML. `values` are those named in `CONSOLE_VALUES`."""
    given = _given(f"console/{name}", values, CONSOLE_VALUES[name], for_console)
    return _render(f"console/{name}.html.j2", given, SOURCE)


def render_document(name: str, values: Mapping[str, object]) -> str:
    """A self-contained HTML file for staff. `values` are those named in `DOCUMENT_VALUES`."""
    return _render(
        f"documents/{name}.html.j2", _given(f"documents/{name}", values, DOCUMENT_VALUES[name], for_document), SOURCE
    )


def _given(name: str, values: Mapping[str, object], allowed: frozenset[str], clean: Cleaner) -> dict[str, Plain]:
    missing = allowed - OPTIONAL - values.keys()
    if missing:
        raise TemplateFault(f"{name}: no value for {', '.join(sorted(missing))}; give it to the template.")
    return plain_values(values, clean)


def _render(template: str, given: dict[str, Plain], language: str) -> str:
    return environment_of(language=language).get_template(template).render(given)
