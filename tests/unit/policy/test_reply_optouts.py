"""Opt-outs in five languages, machines that answer by themselves, and what is texted back."""

from dataclasses import replace
from pathlib import Path

import pytest

import policy
from policy.file import parse_policy, read_policy
from policy.leaving import BY_LAW
from policy.machines import Heard
from policy.ours import Letters
from policy.replies import Meaning, Proposal, Understood, understand, words_for
from policy.reply_rules import ReplyRules
from vocabulary import Channel

FILE = Path(policy.__file__).with_name("sop.toml")
SHIPPED = read_policy(FILE).rules
BARE = replace(SHIPPED, replies=ReplyRules())
TO_ANNA = Letters.of([], values=["Anna Bergmann"])
SMS, EMAIL = Channel.SMS, Channel.EMAIL


def heard(text: str, channel: Channel = SMS, **more: object) -> Understood:
    return understand(Heard(channel=channel, text=text, **more), SHIPPED, TO_ANNA)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop", "Stop!", "Stop.", "STOP ALL", "stopall", "STOP-ALL", "QUIT", "end", "End", "Revoke", "OPT OUT",
     "OPT-OUT", "optout", "cancel", "Unsubscribe", "\uff33\uff34\uff2f\uff30", "Arrêt", "ALTO",
     "baja", "Abmelden", "stopp", "afmelden", "désabonner", "please stop", "Stop please!", "\u200bSTOP",
     "STOP STOP STOP", "STOP\n\nAnna Bergmann", "Hi, stop, thanks", "STOP -- Anna", "STOP \U0001f64f",
     "stop!!! please stop", "Stop. Thank you", "Hi, stop please. Regards Bob Smith", "STOP SVP MERCI"],
)  # fmt: skip
@pytest.mark.parametrize("channel", [SMS, EMAIL])
def test_a_word_that_is_the_whole_reply_is_an_opt_out(text: str, channel: Channel):
    understood = heard(text, channel)
    assert (understood.meaning, understood.is_said, understood.to_person) == (Meaning.OPT_OUT, False, None)


@pytest.mark.parametrize("word", sorted(BY_LAW))
def test_no_policy_can_take_away_the_words_of_the_law(word: str):
    assert understand(Heard(channel=SMS, text=word.upper()), BARE).meaning is Meaning.OPT_OUT


@pytest.mark.parametrize("text", ["STOP\n\nBob Smith", "STOP\nHeizung Kaputt"])
def test_what_may_be_a_name_below_it_is_seen_by_a_person_unless_it_is_the_customers(text: str):
    understood = heard(text)
    assert (understood.meaning, understood.to_person) == (Meaning.OPT_OUT, "words below an opt-out")


@pytest.mark.parametrize("text", ["STOP 5", "stop, 5", "1 stop", "5\nSTOP"])
def test_a_number_beside_it_does_not_take_it_away_and_is_seen_by_a_person(text: str):
    understood = heard(text)
    assert (understood.meaning, understood.rating) == (Meaning.OPT_OUT, None)
    assert understood.to_person == "a number beside an opt-out"


@pytest.mark.parametrize(
    "text",
    [
        "please stop texting me",
        "Don't contact me again",
        "Don\u2019t text me!",
        "no more surveys, thanks",
        "I want to unsubscribe from this",
        "take my number off your list",
        "Unsubcribe",
        "stpo",
        "Please stopppp",
        "Hello,\n\nstop it\n\nAnna",
        "STOP\nit is broken",
        "stop 1 terrible",
        "please cancel my subscription",
        "Bitte keine weiteren Nachrichten",
        "Nehmen Sie mich aus dem Verteiler",
        "Verschonen Sie mich mit Umfragen",
        "Ne m'envoyez plus de messages",
        "Arrêtez de m\u2019écrire",
        "No me escriban más",
        "no quiero recibir más mensajes",
        "Bórrenme de su lista",
        "stuur mij geen berichten",
        "Laat me met rust",
        # None was meant, perhaps: that is what the person is for.
        "Please don't call me again until Friday",
        "Bitte nicht mehr anrufen, sondern mailen",
        "5 stop worrying you were great",
    ],
)
def test_free_wordings_are_held_for_a_person(text: str):
    understood = heard(text)
    assert (understood.meaning, understood.is_said) == (Meaning.UNCLEAR, False)
    assert (understood.to_person, understood.proposal) == ("may be an opt-out", Proposal("opt-out"))


@pytest.mark.parametrize(
    "word", ["top", "Top!", "fine", "quite", "step", "story", "fin de chantier propre", "einde verhaal"]
)
def test_a_word_of_the_five_languages_is_no_misspelt_opt_out(word: str):
    understood = heard(word)
    assert understood.meaning is not Meaning.OPT_OUT
    assert understood.proposal != Proposal("opt-out")


def test_the_filter_of_the_provider_is_believed():
    assert heard("STOP", opt_out_type="STOP").meaning is Meaning.OPT_OUT
    assert heard("", opt_out_type="STOP").meaning is Meaning.UNCLEAR  # nothing was written
    assert heard("whatever", opt_out_type="STOP").meaning is Meaning.OPT_OUT
    assert heard("info", opt_out_type="HELP").meaning is Meaning.HELP
    assert heard("START", opt_out_type="START").to_person == "wants to hear from us again"


def test_help_is_for_text_messages():
    assert heard("HELP").meaning is Meaning.HELP
    assert heard("Hilfe!").meaning is Meaning.HELP
    assert heard("help", EMAIL).meaning is Meaning.UNCLEAR


@pytest.mark.parametrize(
    ("headers", "subject", "sender", "meaning"),
    [
        ({"auto-submitted": "auto-replied"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({"auto-submitted": "Auto-Generated; x=y"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({"auto-submitted": "no"}, "", "a@example.com", Meaning.UNCLEAR),
        ({"precedence": "bulk"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({"precedence": "auto_reply"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({"precedence": "first-class"}, "", "a@example.com", Meaning.UNCLEAR),
        ({"x-autoreply": "yes"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({"x-autorespond": "1"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({}, "", "<>", Meaning.AUTOMATIC),
        ({"return-path": "<>"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({"from": "MAILER-DAEMON@mx.example.com"}, "", "<>", Meaning.BOUNCE),
        ({"from": "Mail Delivery <mailer-daemon@mx.example.com>"}, "", "x", Meaning.BOUNCE),
        ({"from": "postmaster@example.com"}, "", "x", Meaning.BOUNCE),
        ({"content-type": "multipart/report; report-type=delivery-status"}, "", "<>", Meaning.BOUNCE),
        ({"content-type": "multipart/report; report-type=disposition-notification"}, "", "x", Meaning.AUTOMATIC),
        ({}, "Automatic reply: How did we do?", "a@example.com", Meaning.AUTOMATIC),
        ({}, "Automatische Antwort: Umfrage", "a@example.com", Meaning.AUTOMATIC),
        ({}, "Réponse automatique : sondage", "a@example.com", Meaning.AUTOMATIC),
        ({}, "Fuera de la oficina", "a@example.com", Meaning.AUTOMATIC),
        ({}, "Automatisch antwoord: enquête", "a@example.com", Meaning.AUTOMATIC),
        ({"x-mail-autoreply": "yes"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({"x-autogenerated": "Reply"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({"list-id": "<x.example.com>"}, "", "a@example.com", Meaning.UNCLEAR),  # people write through lists
        ({}, "Автоответ: How did we do?", "a@example.com", Meaning.UNCLEAR),  # nothing else says so
        ({}, "Gelesen: Wie war unser Service?", "a@example.com", Meaning.AUTOMATIC),
        ({}, "failure notice", "bounce@mx.example.com", Meaning.AUTOMATIC),
        ({}, "Re: Out of office supplies", "a@example.com", Meaning.UNCLEAR),
        ({}, "Re: How did we do?", "a@example.com", Meaning.UNCLEAR),
    ],
)
def test_machines_are_known_by_their_headers(headers: dict[str, str], subject: str, sender: str, meaning: Meaning):
    understood = heard("I am back on Monday. 5", EMAIL, headers=headers, subject=subject, sender=sender)
    assert understood.meaning is meaning
    assert not understood.is_said
    assert (understood.to_person is None) is (meaning is Meaning.AUTOMATIC)
    assert understood.text  # kept, not thrown away


AWAY = "I am away until 19 October and read no mail. In urgent cases call 030 1234."


@pytest.mark.parametrize(
    ("headers", "subject", "meaning"),
    [
        ({"list-id": "<x.example.com>"}, "Re: How did we do?", Meaning.AUTOMATIC),  # together they say it
        ({"precedence": "list"}, "Re: How did we do?", Meaning.AUTOMATIC),
        ({}, "Risposta automatica: How did we do?", Meaning.AUTOMATIC),  # a prefix that we do not know
        ({}, "Re: How did we do?", Meaning.UNCLEAR),  # a person may say so
    ],
)
def test_weak_signs_of_a_machine_have_to_agree(headers: dict[str, str], subject: str, meaning: Meaning):
    assert heard(AWAY, EMAIL, headers=headers, subject=subject).meaning is meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("I'm driving with Focus turned on. I'll see your message when I get where I'm going.", Meaning.AUTOMATIC),
        ("Sorry, I can't talk right now.", Meaning.AUTOMATIC),
        ("Ich kann gerade nicht sprechen. Ich melde mich später.", Meaning.AUTOMATIC),
        ("Sorry, I can't talk right now, the boiler is on fire", Meaning.ANSWER),
        ("I'm driving past your office, why is it closed?", Meaning.UNCLEAR),
    ],
)
def test_a_telephones_own_texts_are_known_by_their_whole_words(text: str, meaning: Meaning):
    assert heard(text).meaning is meaning


def test_a_mail_that_came_back_without_a_report_is_known_by_its_sender_and_its_words():
    bounce = "Hi. This is the qmail-send program. 550 no such user"
    assert heard(bounce, EMAIL, subject="failure notice", sender="bounce@mx.example.com").meaning is Meaning.BOUNCE
    assert heard(bounce, EMAIL, subject="failure notice", sender="ann@example.com").meaning is Meaning.AUTOMATIC


def test_a_machine_opts_nobody_out():
    assert heard("STOP", EMAIL, headers={"auto-submitted": "auto-replied"}).meaning is Meaning.AUTOMATIC


def test_texts_back_are_in_the_customers_language():
    assert words_for("de-AT", SHIPPED.replies) == words_for("de", SHIPPED.replies)
    for language in (None, "", "pt", "EN"):
        found = words_for(language, SHIPPED.replies)
        assert found is not None
        assert found.language == "en"
    assert words_for("de", BARE.replies) is None


def test_the_shipped_policy_speaks_five_languages():
    assert [words.language for words in SHIPPED.replies.languages] == ["en", "de", "fr", "es", "nl"]
    for words in SHIPPED.replies.languages:
        assert "{company}" in words.left_text
        assert "{phone}" in words.help_text
        assert "STOP" in words.help_text
        assert len(words.left_text) <= 160 - len(SHIPPED.company.name)


def test_a_policy_with_words_of_earlier_versions_is_still_one():
    older = FILE.read_text("utf-8").replace("\nleft_text", '\nleave_wordings = ["go away"]\nleft_text', 1)
    assert parse_policy(older).retired == ("replies.languages.leave_wordings",)
    assert parse_policy(older).rules == SHIPPED
