"""Customers whose name is not known: every mail, text, page and script greets them all the same, in every language."""

import pytest

from templates.language import known_languages
from templates.render import render_call, render_message, render_page, render_text
from templates.samples import Values
from templates.samples_in import calls_in, messages_in, pages_in, texts_in

HELLO = {"en": "Hello,\n", "de": "Guten Tag,\n", "fr": "Bonjour,\n", "es": "Hola:\n", "nl": "Beste klant,\n"}
NAMED = ("customer_name", "spoken_name")


def unnamed(values: Values) -> Values:
    return {**values, **{name: None for name in NAMED if name in values}}


@pytest.mark.parametrize("language", known_languages())
def test_a_mail_without_a_name_says_hello(language: str):
    for sample in messages_in(language):
        mail = render_message(sample.purpose, unnamed(sample.values), language)
        greets = "customer_name" in sample.values
        assert mail.text.startswith(HELLO[language]) or not greets or HELLO[language] in mail.text, sample.name
        assert "None" not in mail.text + mail.html


@pytest.mark.parametrize("language", known_languages())
def test_texts_pages_and_scripts_leave_no_gap(language: str):
    written = [render_text(one.purpose, unnamed(one.values), language) for one in texts_in(language)]
    written += [render_page(one.page, unnamed(one.values), language) for one in pages_in(language)]
    written += [render_call(one.call, unnamed(one.values), language) for one in calls_in(language)]
    for text in written:
        assert "None" not in text
        for gap in (" ,", ", ,", " :,", " ?"):
            assert gap not in text or language == "fr", text
