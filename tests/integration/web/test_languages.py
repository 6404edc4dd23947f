"""Pages speak the customer's language; pages that belong to nobody's case speak the browser's."""

import re
from urllib.parse import parse_qs

import pytest

from tests import seed
from tests.web_site import Site, words_in
from web.form import COMMENT_LENGTH, ONCE_MORE, read_form

WORDS = {
    "en": ("Hello Anna, this is about:", "Send my answer", "Thank you", "You will hear from us by Wed 7 October 2026"),
    "de": ("Guten Tag Anna, es geht um:", "Antwort absenden", "Vielen Dank",
           "Sie hören von uns bis spätestens Mittwoch, 7. Oktober 2026, 12:00 Uhr (MESZ)."),
    "fr": ("Bonjour Anna, il s’agit de\u00a0:", "Envoyer ma réponse", "Merci",
           "au plus tard le mercredi 7 octobre 2026 à 12:00 (heure d’été d’Europe centrale)."),
    "es": ("Hola, Anna. Se trata de:", "Enviar mi respuesta", "Gracias",
           "a más tardar el miércoles, 7 de octubre de 2026, 12:00 h (CEST)."),
    "nl": ("Beste Anna, dit gaat over:", "Mijn antwoord verzenden", "Bedankt",
           "uiterlijk op woensdag 7 oktober 2026 om 12:00 uur (CEST)."),
}  # fmt: skip


def lang_of(page: str) -> str:
    found = re.search(r'<html lang="([\w-]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("language", WORDS)
def test_a_customer_answers_in_her_own_language(site: Site, language: str):
    case = seed.asked(site.place, language=language)
    hello, button, thanks, promise = WORDS[language]
    form = site.open(case.survey)
    assert lang_of(form) == language
    assert hello.replace("\u00a0", " ") in words_in(form)
    assert button in words_in(form)
    assert not re.search(r":<strong>", form)
    done = site.answer(case.survey, rating="1", comment="x")
    assert lang_of(done.text) == language
    assert thanks in words_in(done.text)
    assert promise in words_in(done.text)


@pytest.mark.parametrize(("record", "language"), [("de-AT", "de"), ("fr_CA", "fr"), ("it", "en"), (None, "en")])
def test_the_record_decides_and_the_browser_does_not(site: Site, record: str | None, language: str):
    case = seed.asked(site.place, language=record)
    page = site.client.get(f"/s/{case.survey}", headers={"Accept-Language": "nl"})
    assert lang_of(page.text) == language


def test_a_fault_is_said_in_the_language_of_the_case(site: Site):
    case = seed.asked(site.place, language="de")
    page = site.answer(case.survey, comment="x" * 4001).text
    assert 'id="comment-fault">Bitte kürzen Sie Ihren Text um 1 Zeichen; 4.000 sind möglich.' in page
    assert "Bitte prüfen: Wie war unser Service?" in page


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", "Ihre Meinung"),
        ("/no/such/page", "Dieser Link funktioniert nicht"),
        ("/s/" + "a" * 32, "Dieser Link funktioniert nicht"),
        ("/u/" + "a" * 32, "Keine Umfragen mehr?"),
    ],
)
def test_a_page_without_a_case_speaks_the_browsers_language(site: Site, path: str, said: str):
    page = site.client.get(path, headers={"Accept-Language": "it, de-CH;q=0.9, en;q=0.5"})
    assert lang_of(page.text) == "de"
    assert said in words_in(page.text)
    assert int(page.headers["content-length"]) == len(page.content)
    assert lang_of(site.client.get(path, headers={"Accept-Language": "it"}).text) == "en"


@pytest.mark.parametrize("header", ["", "*", "de;q=x", "ü", "de" * 5000, "," * 5000, "../../de", "de\t"])
def test_whatever_a_browser_asks_for_there_is_a_page(site: Site, header: str):
    page = site.client.get("/", headers={"Accept-Language": header.encode()})
    assert page.status_code == 200
    assert lang_of(page.text) in ("en", "de")


def test_a_link_that_cannot_be_used_does_not_tell_the_language_of_its_case(site: Site):
    case = seed.asked(site.place, language="de")
    site.clock.tick(days=60)
    expired, unknown = (site.client.get(f"/s/{token}") for token in (case.survey, "a" * 32))
    assert expired.status_code == unknown.status_code == 404
    assert expired.content == unknown.content


def test_a_customer_leaves_in_her_own_language(site: Site):
    case = seed.asked(site.place, language="nl")
    assert "Geen enquêtes meer?" in words_in(site.client.get(f"/u/{case.unsubscribe}").text)
    assert "Klaar: geen enquêtes meer" in words_in(site.client.post(f"/u/{case.unsubscribe}").text)


def test_a_head_request_and_a_wrong_method_are_answered_as_before(site: Site):
    head = site.client.head("/", headers={"Accept-Language": "fr"})
    assert (head.status_code, head.content) == (200, b"")
    wrong = site.client.delete("/", headers={"Accept-Language": "fr"})
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert "Cela ne fonctionne pas ici" in words_in(wrong.text)


def test_a_program_gets_a_word_in_english(site: Site):
    answer = site.client.get("/services/closed", headers={"Accept-Language": "de"})
    assert answer.json() == {"error": "This does not work here"}


@pytest.mark.parametrize("body", [b"rating=6", b"", b"rating=1&comment=" + b"x" * (COMMENT_LENGTH + 7)])
def test_every_fault_of_the_form_has_its_words(site: Site, body: bytes):
    [fault] = read_form(body).faults()
    case = seed.asked(site.place)
    fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    page = site.answer(case.survey, **fields).text
    found = re.search(rf'id="{fault["field"]}-fault">(.*?)</p>', page)
    assert found
    assert len(found[1]) > 20


def test_the_wish_for_one_more_press_has_its_words(site: Site):
    case = seed.asked(site.place, language="fr")
    page = site.press(case.survey, "no nonce of ours", rating="3").text
    assert ONCE_MORE["fault"] == "once more"
    assert "Ceci n’est pas encore enregistré." in words_in(page)
