"""Opt-outs in five languages, machines that answer by themselves, and what is texted back."""

from dataclasses import replace
from pathlib import Path

import pytest

import policy
from policy.file import parse_policy, read_policy
from policy.replies import BY_LAW, Heard, Meaning, Understood, understand, words_for
from policy.reply_rules import ReplyRules
from vocabulary import Channel

FILE = Path(policy.__file__).with_name("sop.toml")
SHIPPED = read_policy(FILE).rules
BARE = replace(SHIPPED, replies=ReplyRules())
SMS, EMAIL = Channel.SMS, Channel.EMAIL


def heard(text: str, channel: Channel = SMS, **more: object) -> Understood:
    return understand(Heard(channel=channel, text=text, **more), SHIPPED)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop", "Stop!", "Stop.", "STOP ALL", "stopall", "STOP-ALL", "QUIT", "end", "End", "Revoke", "OPT OUT",
     "OPT-OUT", "optout", "cancel", "Unsubscribe", "\uff33\uff34\uff2f\uff30", "ARRET", "Arrêt", "ALTO",
     "baja", "Abmelden", "stopp", "afmelden", "désabonner", "please stop", "Stop please!", "\u200bSTOP", "S T O P"],
)  # fmt: skip
@pytest.mark.parametrize("channel", [SMS, EMAIL])
def test_a_word_that_is_the_whole_reply_is_an_opt_out(text: str, channel: Channel):
    understood = heard(text, channel)
    assert (understood.meaning, understood.is_said, understood.to_person) == (Meaning.OPT_OUT, False, None)


@pytest.mark.parametrize("word", sorted(BY_LAW))
def test_no_policy_can_take_away_the_words_of_the_law(word: str):
    assert understand(Heard(channel=SMS, text=word.upper()), BARE).meaning is Meaning.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        "please stop texting me",
        "Don't contact me again",
        "Don\u2019t text me!",
        "no more surveys, thanks",
        "I want to unsubscribe from this",
        "take me off your list",
        "STOP\n\nAnna Bergmann",
        "Hello,\n\nstop\n\nAnna",
        "Hi, stop, thanks",
        "Bitte keine weiteren Nachrichten",
        "Nehmen Sie mich aus dem Verteiler",
        "Ne m'envoyez plus de messages",
        "Arrêtez de m\u2019écrire",
        "No me escriban más",
        "no quiero recibir más mensajes",
        "stuur mij geen berichten",
        "Laat me met rust",
    ],
)
def test_own_words_suppress_and_are_read_by_a_person(text: str):
    understood = heard(text)
    assert understood.meaning is Meaning.OPT_OUT
    assert understood.to_person == "an opt-out in the customer's own words"
    assert not understood.is_said


def test_an_opt_out_with_a_rating_or_a_concern_is_both():
    low = heard("2, still broken, and stop texting me")
    assert (low.meaning, low.rating, low.comment) == (Meaning.OPT_OUT, 2, "still broken, and stop texting me")
    concern = heard("Stop texting me and fix the leak")
    assert (concern.meaning, concern.rating) == (Meaning.OPT_OUT, None)
    assert concern.comment == "Stop texting me and fix the leak"


def test_the_filter_of_the_provider_is_believed():
    assert heard("STOP", opt_out_type="STOP").meaning is Meaning.OPT_OUT
    assert heard("", opt_out_type="STOP").meaning is Meaning.UNCLEAR  # nothing was written
    assert heard("whatever", opt_out_type="STOP").meaning is Meaning.OPT_OUT
    assert heard("info", opt_out_type="HELP").meaning is Meaning.HELP
    assert heard("START", opt_out_type="START").to_person == "wants to hear from us again"


def test_help_is_for_text_messages():
    assert heard("HELP").meaning is Meaning.HELP
    assert heard("Hilfe!").meaning is Meaning.HELP
    assert heard("help", EMAIL).meaning is Meaning.ANSWER


@pytest.mark.parametrize(
    ("headers", "subject", "sender", "meaning"),
    [
        ({"auto-submitted": "auto-replied"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({"auto-submitted": "Auto-Generated; x=y"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({"auto-submitted": "no"}, "", "a@example.com", Meaning.ANSWER),
        ({"precedence": "bulk"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({"precedence": "auto_reply"}, "", "a@example.com", Meaning.AUTOMATIC),
        ({"precedence": "first-class"}, "", "a@example.com", Meaning.ANSWER),
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
        ({}, "Re: Out of office supplies", "a@example.com", Meaning.ANSWER),
        ({}, "Re: How did we do?", "a@example.com", Meaning.ANSWER),
    ],
)
def test_machines_are_known_by_their_headers(headers: dict[str, str], subject: str, sender: str, meaning: Meaning):
    understood = heard("I am back on Monday. 5", EMAIL, headers=headers, subject=subject, sender=sender)
    assert understood.meaning is meaning
    assert understood.is_said is (meaning is Meaning.ANSWER)
    assert (understood.to_person is not None) is (meaning is Meaning.BOUNCE)
    assert understood.text  # kept, not thrown away


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


def test_a_policy_without_words_for_replies_is_still_one():
    text = FILE.read_text("utf-8")
    before, after = text.split("# Replies to our mails", 1)
    older = before + "# 4.4 and 6 Concerns" + after.split("# 4.4 and 6 Concerns", 1)[1]
    assert parse_policy(older).rules.replies == ReplyRules()
