"""What a language lacks is found before the first mail, with the file and what to do."""

from pathlib import Path

import pytest

from templates.catalogues import leftovers, write_catalogue
from templates.checking import check_templates
from templates.environment import environment_of
from templates.folder import TemplateFault
from templates.language import SOURCE, known_languages, read_language

OTHERS = [tag for tag in known_languages() if tag != SOURCE]
GREETING = 'msgid "Hello %(name)s,"\nmsgstr "Bonjour %(name)s,"\n'


def _faults(folder: Path, languages: list[str] | None = None) -> list[str]:
    with pytest.raises(TemplateFault) as caught:
        check_templates(folder, languages)
    return str(caught.value).splitlines()


def _change(folder: Path, old: str, new: str, file: str = "languages/fr/messages.po") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (GREETING, "", "fr/messages.po: lacks “Hello %(name)s,”; `templates catalogue fr` adds it, then translate it."),
        ('"Bonjour %(name)s,"', '""', "fr/messages.po: “Hello %(name)s,” is not translated, or not in all of its"),
        ('"Bonjour %(name)s,"', '"Bonjour %(nom)s,"', "fr/messages.po: the translation of “Hello %(name)s,” has other"),
        ('"Bonjour %(name)s,"', '"Bonjour,"', "fr/messages.po: the translation of “Hello %(name)s,” leaves out"),
        ('"Bonjour %(name)s,"', '"Bonjour %(name)s, 100 %"', "the translation of “Hello %(name)s,” has other values"),
        ('"Bonjour %(name)s,"', '"Bonjour %(name)d,"', "the translation of “Hello %(name)s,” has other values"),
        (f"#, python-format\n{GREETING}", f"#, fuzzy\n{GREETING}", "“Hello %(name)s,” is marked as fuzzy"),
        ('msgstr[1] ', '# msgstr[1] ', "is not translated, or not in all of its forms"),
        ('msgid "Hello,"', '<<<<<<< ours\nmsgid "Hello,"', "fr/messages.po: cannot be read ("),
    ],
)  # fmt: skip
def test_a_fault_of_a_catalogue_is_found(folder: Path, old: str, new: str, fault: str) -> None:
    _change(folder, old, new)
    assert fault in _faults(folder)[0]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('locale = "fr"', 'locale = "qq"', "fr/language.toml: locale qq is not known"),
        ('locale = "fr"', 'locale = "fr" x', "fr/language.toml: cannot be read ("),
        ('names = "given"', 'names = "some"', 'fr/language.toml: every value must be a text, and names "given" or'),
        (
            'names = "given"',
            'nomes = "given"',
            "fr/language.toml: must hold day, locale, moment, name, names, and if",
        ),
    ],
)
def test_a_fault_of_the_rules_is_found(folder: Path, old: str, new: str, fault: str) -> None:
    _change(folder, old, new, "languages/fr/language.toml")
    assert fault in _faults(folder)[0]


def test_a_language_that_is_offered_and_not_there_is_found(folder: Path) -> None:
    fault = "languages/it/language.toml: there is no such file; write it, or take it out of languages.offered."
    assert _faults(folder, ["en", "it"]) == [fault]
    (folder / "languages" / "fr" / "messages.po").unlink()
    fault = "languages/fr/messages.po: there is no such file; `templates catalogue fr` writes it."
    assert _faults(folder, ["en", "fr"]) == [fault]


def test_a_language_that_is_not_offered_keeps_nobody_from_starting(folder: Path) -> None:
    _change(folder, GREETING, "")
    check_templates(folder, ["en", "de"])


def test_a_new_message_is_missed_in_every_language_and_the_command_adds_it(folder: Path) -> None:
    (folder / "pages" / "unavailable.html.j2").write_text('{{ _("Nobody has translated this.") }}', encoding="utf-8")
    assert len(_faults(folder)) == len(OTHERS)
    assert "This link cannot be used" in leftovers("de", folder)
    for language in OTHERS:
        assert write_catalogue(language, folder) == ["Nobody has translated this."]
        assert leftovers(language, folder) == []
    assert all("“Nobody has translated this.” is not translated" in fault for fault in _faults(folder))
    assert len(_faults(folder)) == len(OTHERS)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{{ _(title) }}", "line 1: _ takes its text in quotes; write it out."),
        (
            '{{ _("Hello %(name)s") }}',
            "line 1: the values of “Hello %(name)s” are not those it is given; correct them.",
        ),
        ('{{ _("Hello", name=problem) }}', "line 1: the values of “Hello” are not those it is given; correct them."),
        ('{{ _("100 %") }}', "line 1: the values of “100 %” are not those it is given; correct them."),
        ('{{ ngettext("one", problem, 1) }}', "line 1: ngettext takes its text in quotes; write it out."),
    ],
)
def test_a_message_that_no_catalogue_could_hold_is_found(folder: Path, text: str, fault: str) -> None:
    (folder / "pages" / "problem.html.j2").write_text(text, encoding="utf-8")
    assert f"pages/problem.html.j2: {fault}" in _faults(folder)


def test_a_language_is_added_as_one_folder(folder: Path) -> None:
    """As docs/adding-a-language.md says it."""
    rules = (folder / "languages" / "es" / "language.toml").read_text(encoding="utf-8")
    place = folder / "languages" / "pt-BR"
    place.mkdir()
    (place / "language.toml").write_text(
        rules.replace('"Español"', '"Português"').replace('"es"', '"pt_BR"'), encoding="utf-8"
    )
    assert known_languages(folder)[-1] == "pt-BR"
    assert _faults(folder) == [
        "languages/pt-BR/messages.po: there is no such file; `templates catalogue pt-BR` writes it."
    ]

    untranslated = write_catalogue("pt-BR", folder)
    assert len(untranslated) == len(_faults(folder)) > 90
    file = place / "messages.po"
    assert '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"' in file.read_text(encoding="utf-8")

    translated = (folder / "languages" / "es" / "messages.po").read_text(encoding="utf-8").replace("Hola", "Olá")
    file.write_text(translated.replace("(n != 1)", "(n > 1)"), encoding="utf-8")
    read_language.cache_clear()  # files are read once by a process
    check_templates(folder)
    greeting = environment_of(folder, "pt-BR").get_template("messages/reminder.subject.txt.j2")
    assert "Recordatorio: " in greeting.render(last=False, service_date="5 de outubro")
    assert read_language("pt-BR", folder).say("Hello %(name)s,", name="Ana") == "Olá, Ana:"
