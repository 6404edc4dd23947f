"""Every language says everything, with its values, and no customer reads a word that is in no catalogue."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import write_po

from templates.catalogues import leftovers, messages_of, write_catalogue
from templates.cleaning import for_mail, for_page, plain_values
from templates.environment import environment_of
from templates.language import SOURCE, known_languages, read_catalogue
from templates.render import render_message, render_page
from templates.samples_in import messages_in, pages_in
from templates.translating import places

Read = Callable[[str], Any]
OTHERS = [tag for tag in known_languages() if tag != SOURCE]
every_language = pytest.mark.parametrize("language", known_languages())
every_catalogue = pytest.mark.parametrize("language", OTHERS)


def test_we_ship_five_languages() -> None:
    assert set(known_languages()) == {"en", "de", "fr", "es", "nl"}


@every_catalogue
def test_a_catalogue_has_every_message_and_no_other(language: str) -> None:
    catalogue, said = read_catalogue(language), messages_of()
    assert {entry.id for entry in catalogue if entry.id} == {message.id for message in said if message.id}
    assert leftovers(language) == []
    assert not [entry.id for entry in catalogue if entry.id and entry.fuzzy]
    assert not catalogue.obsolete


def _translations(language: str) -> Iterator[tuple[str, str]]:
    """Each message with each form of its translation."""
    for entry in read_catalogue(language):
        if entry.id:
            message = entry.id if isinstance(entry.id, str) else entry.id[-1]
            yield from ((message, form) for form in ([entry.string] if isinstance(entry.string, str) else entry.string))


@every_catalogue
def test_a_translation_has_the_values_of_its_message(language: str) -> None:
    for message, form in _translations(language):
        assert places(form) == places(message), message
        assert form == form.strip()
        assert "  " not in form


@every_catalogue
def test_the_file_is_as_the_command_writes_it(language: str, folder: Path) -> None:
    """So that a later `templates catalogue` changes nothing but what has changed."""
    file = folder / "languages" / language / "messages.po"
    before = file.read_text(encoding="utf-8")
    assert write_catalogue(language, folder) == []
    assert file.read_text(encoding="utf-8") == before


@every_catalogue
def test_typography_of_the_language(language: str) -> None:
    """Quotation marks and apostrophes are the printed ones, and where French has its narrow spaces no line breaks."""
    strange = {"de": "[\"'’”]", "fr": "[\"'“”„]", "es": "[\"'“”„]", "nl": "[\"'„”“]"}[language]
    for _, form in _translations(language):
        assert not re.search(strange, form), form
        if language == "fr":
            assert not re.search(r"[^\u202f][?!;]|[^\u00a0]:|«[^\u00a0]|[^\u00a0]»", form), form
        assert language != "es" or form.count("?") == form.count("¿"), form


# Every word that a customer reads passes through the catalogue.


def strange_language(folder: Path) -> str:
    """A language whose every letter is a ж: what is still readable in it did not come from the catalogue."""
    place = folder / "languages" / "xx"
    place.mkdir()
    (place / "language.toml").write_text(
        'name = "Xx"\nlocale = "de"\nday = "d. M. y"\nmoment = "d. M. y, HH:mm"\nnames = "given"\n', encoding="utf-8"
    )
    write_catalogue("xx", folder)
    file = place / "messages.po"
    catalogue = read_catalogue("xx", folder)
    for entry in catalogue:
        if entry.id:
            one = isinstance(entry.id, str)
            entry.string = _masked(entry.id) if one else tuple(map(_masked, entry.id))
    with file.open("wb") as out:
        write_po(out, catalogue)
    return "xx"


def _masked(text: str) -> str:
    return re.sub(r"%\(\w+\)s|[A-Za-z]", lambda found: found[0] if found[0][0] == "%" else "ж", text)


def test_no_word_for_customers_stands_outside_the_catalogues(folder: Path, read_html: Read) -> None:
    environment = environment_of(folder, strange_language(folder))
    for name, values, given in _everything(for_mail, for_page):
        own = set(re.findall(r"[A-Za-z]+", " ".join(_texts(values))))
        shown = environment.get_template(name).render(given)
        if name.endswith(".html.j2"):
            seen = read_html(shown)
            labels = [given.get("aria-label", "") for _, given in seen.tags]
            title = re.search(r"<title>(.*?)</title>", shown, re.DOTALL)
            shown = " ".join([*seen.text, *labels, title[1] if title else ""])
        assert set(re.findall(r"[A-Za-z]{2,}", shown)) - own == set(), name


def _everything(mail: Any, page: Any) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for sample in messages_in(SOURCE):
        for part in ("subject.txt", "txt", "html"):
            name = f"messages/{sample.purpose.value}.{part}.j2"
            yield name, dict(sample.values), plain_values(sample.values, mail)
    for one in pages_in(SOURCE):
        yield f"pages/{one.page}.html.j2", dict(one.values), plain_values(one.values, page)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
        yield value.capitalize()


# Hostile values stay values in every language.

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*777}} %(date)s %s %",
    "a\u202eb\r\nBcc: c",
]


@every_language
def test_hostile_values_stay_values(language: str, read_html: Read) -> None:
    for sample in messages_in(language):
        harmless = read_html(render_message(sample.purpose, sample.values, language).html)
        for name, value in sample.values.items():
            if isinstance(value, str) and not name.endswith("_url"):
                for text in HOSTILE:
                    mail = render_message(sample.purpose, {**sample.values, name: text}, language)
                    assert _tags(read_html(mail.html)) == _tags(harmless)
                    assert "5439" not in mail.text + mail.html + mail.subject
                    assert "\u202e" not in mail.text + mail.html + mail.subject
                    assert "\n" not in mail.subject


def _tags(seen: Any) -> list[str]:
    """Without the ends of lines, which what people wrote may have."""
    return [tag for tag, _ in seen.tags if tag != "br"]


@every_language
def test_hostile_values_stay_values_on_pages(language: str, read_html: Read) -> None:
    for sample in pages_in(language):
        harmless = read_html(render_page(sample.page, sample.values, language))
        for name, value in sample.values.items():
            if isinstance(value, str) and not name.endswith(("path", "action")):
                for text in HOSTILE:
                    page = render_page(sample.page, {**sample.values, name: text}, language)
                    assert [tag for tag, _ in read_html(page).tags] == [tag for tag, _ in harmless.tags]
                    assert "5439" not in page
