"""Promises to customers who read another language than we do: they are written to, and answered, in their own."""

import re
from html import unescape

import pytest

from tests.acceptance.days import Days, Letter, berlin
from tests.acceptance.policies import change_policy
from tests.web_site import Site, make_site, words_in
from vocabulary import Purpose, Stage


@pytest.fixture
def site(days: Days) -> Site:
    return make_site(days.here, days.now)


def test_a_german_and_a_french_customer_are_followed_up_in_their_own_language(days: Days, site: Site):
    days.report("J-1", customer_name="Anna Bergmann", email="anna@example.com", language="de-AT")
    days.report("J-2", customer_name="Chloé Martin", email="chloe@example.com", language="fr_CA")
    days.report("J-3", customer_name="Ann Example", email="ann@example.com", language="it")
    days.live(days=4)  # four hours later the survey; on the third day the reminder
    german, french, english = (letters(days, name) for name in ("anna", "chloe", "ann"))

    assert [mail.row.purpose for mail in german] == [Purpose.SURVEY, Purpose.REMINDER]
    assert "Guten Tag Anna Bergmann, wir möchten gern wissen" in text_of(german[0])
    assert "Job completed am Montag, 5. Oktober 2026" in text_of(german[0])
    assert "Bonjour Chloé, Nous aimerions savoir" in text_of(french[0])
    assert "Job completed le lundi 5 octobre 2026" in text_of(french[0])
    assert "Hello Ann, We would like to know" in text_of(english[0])
    assert "würden nach wie vor gern erfahren" in text_of(german[1])
    assert "nous aimerions toujours savoir" in text_of(french[1])
    assert "would still like to hear" in text_of(english[1])


def test_a_concern_is_taken_promised_and_asked_about_in_german_and_reaches_staff_in_english(days: Days, site: Site):
    days.report(customer_name="Anna Bergmann", email="anna@example.com", language="de")
    days.live(hours=5)
    [survey] = days.letters()
    site.clock.now = days.now
    page = site.answer(survey.token("s"), rating="1", comment="Die Heizung ist wieder ausgefallen.").text
    assert "Es tut uns leid, dass etwas nicht in Ordnung war." in words_in(page)
    promised = re.search(r"bis spätestens (.*? Uhr \(MESZ\))\.", words_in(page))
    assert promised

    days.now = site.clock.now
    days.live(hours=1)
    [thanks] = days.letters(Purpose.THANK_YOU)
    assert "Guten Tag Anna Bergmann, es tut uns leid" in text_of(thanks)
    assert f"Sie hören von uns bis spätestens {promised[1]}." in text_of(thanks)  # page and mail promise the same
    to_staff = days.letters(Purpose.ESCALATION_NOTICE)
    assert to_staff
    for notice in to_staff:
        assert "> Die Heizung ist wieder ausgefallen." in notice.text
        assert "Monday, 5 October 2026" in notice.text
        assert not re.search(r"Guten Tag|Oktober", notice.text)

    days.acknowledge()
    days.resolve(action="Das Gasventil wurde getauscht.")
    days.live(days=3)
    [again] = days.letters(Purpose.RECOVERY_SURVEY)
    assert "Haben wir das Problem gelöst?" in text_of(again)
    assert "Das haben wir getan: Das Gasventil wurde getauscht." in text_of(again)
    site.clock.now = days.now
    form = site.open(again.token("s"))
    assert "Wie zufrieden sind Sie damit, wie wir uns um Ihr Anliegen gekümmert haben?" in unescape(form)
    assert days.case().stage == Stage.RECOVERING


def test_the_fallback_of_the_policy_is_for_those_whose_language_is_not_known(days: Days):
    policy_file = days.here.settings.policy_file
    change_policy(policy_file, ('fallback = "en"', 'fallback = "nl"'))
    days.report("J-1", email="ann@example.com", language=None)
    days.report("J-2", email="bob@example.com", language="en-GB")
    days.live(until=berlin("2026-10-05 16:00"))
    assert "Beste Ann," in letters(days, "ann")[0].text
    assert "Hello Ann," in letters(days, "bob")[0].text


def test_a_language_that_is_not_offered_any_more_stops_no_mail(days: Days):
    days.report(language="fr")
    days.live(hours=3)  # the survey is owed, and not yet sent
    change_policy(days.here.settings.policy_file, ('"en", "de", "fr", "es", "nl"', '"en", "de"'))
    days.live(hours=2)
    assert "Hello Ann," in days.letters()[0].text


def test_who_is_called_is_spoken_to_in_their_language_and_the_caller_is_told_in_english(days: Days):
    days.report("J-1", channels="phone", phone="+4930123456", customer_name="Anna Bergmann", language="de-AT")
    days.report("J-2", channels="phone", phone="+4930123457", email="piotr@example.com", language="pl")
    days.live(until=berlin("2026-10-05 15:00"))
    german, polish = (days.script(call.id) for call in days.calls())
    assert '"Guten Tag, hier spricht (your name) von Example Home Services. Spreche ich mit Anna Bergmann?"' in german
    assert '"Es geht um unseren Service am Montag, 5. Oktober 2026.' in german
    assert "bis spätestens Dienstag, 6. Oktober 2026, 15:00 Uhr (MESZ)." in german
    assert "To be made until Mon 5 October 2026" in german
    assert "Job completed on Monday, 5 October 2026, Heating, Berlin" in german
    assert "the customer reads English (the record says pl, which we do not write)" in polish
    assert '"Good day, this is (your name)' in polish


def text_of(mail: Letter) -> str:
    return " ".join(mail.text.split())


def letters(days: Days, name: str) -> list[Letter]:
    return days.letters(to=f"{name}@example.com")
