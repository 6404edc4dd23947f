"""Every event of the log has a wording: no entry of a timeline is mute, whatever its detail lacks."""

from zoneinfo import ZoneInfo

import pytest

from policy.telling import WORDINGS, sentence, words_of
from vocabulary import Event


def test_every_event_has_a_wording():
    assert set(WORDINGS) == set(Event)


@pytest.mark.parametrize("event", Event)
def test_a_wording_is_a_sentence_even_of_an_entry_that_says_nothing(event: Event):
    told = sentence(event, {}, {})
    assert told[0].isupper()
    assert told.endswith(".")


@pytest.mark.parametrize(
    ("event", "detail", "about", "told"),
    [
        (Event.MESSAGE_FAILED, {"purpose": "reminder", "channel": "email", "code": "bounce 5.1.1"}, {},
         "A reminder by e-mail did not arrive (bounce 5.1.1)."),
        (Event.MESSAGE_ACCEPTED, {"purpose": "escalation_notice", "channel": "email"}, {"to_name": "Marek Novak"},
         "The notice of the concern to Marek Novak by e-mail was sent."),
        (Event.ESCALATION_WARNED, {"percent": 75, "told": ["owner", "supervisor"]}, {},
         "75 % of the 24 hours are over; told: owner, supervisor."),
        (Event.ESCALATION_WARNED, {"what": "acknowledgement", "told": ["owner"]}, {},
         "The acknowledgement is late; told: owner."),
        (Event.ESCALATION_ACKNOWLEDGED, {"in time": False, "again": None}, {}, "The concern was acknowledged, late."),
        (Event.ESCALATION_REPEATED, {"attached": 7}, {},
         "Concern 7 of the same customer was attached to this one."),
        (Event.ROOT_CAUSE_CORRECTED, {"from": "parts", "to": "other", "note": 3}, {"note": "why"},
         "The root cause was corrected from parts to other."),
        (Event.ANSWER_RECEIVED, {"rating": None, "channel": "sms", "contact me": True}, {"escalation_id": 4},
         "The customer answered about the resolution by sms: no rating, and asks to be contacted."),
        (Event.REPLY_SETTLED, {"as": "answer", "rating": 4, "proposed": "answer", "followed": True}, {},
         "A person reviewed the reply: an answer with rating 4, as proposed."),
        (Event.REPLY_SETTLED, {"as": "opt-out", "refused": "sms", "until": "2026-12-01", "proposed": "opt-out",
                               "followed": False}, {"channel": "email"},
         "A person reviewed the reply: an opt-out of sms only until 2026-12-01 (proposed was an opt-out)."),
        (Event.REPLY_SETTLED, {"as": "noted"}, {}, "A person reviewed the reply: done, with nothing to record."),
        (Event.REPLY_HANDED_OVER, {"department": "Billing", "from department": "Heating"}, {},
         "The reply was handed over to Billing by Heating."),
    ],
)  # fmt: skip
def test_what_an_entry_tells(event: Event, detail: dict[str, object], about: dict[str, object], told: str):
    assert sentence(event, detail, about) == told


def test_words_are_quoted_and_never_put_into_the_sentence():
    about = {"comment": "It drips.", "rating": 1}
    assert words_of(Event.ANSWER_RECEIVED, about) == "It drips."
    assert "drips" not in sentence(Event.ANSWER_RECEIVED, {"rating": 1, "channel": "email"}, about)
    assert words_of(Event.ESCALATION_REASSIGNED, {"note": "He is ill."}) == "He is ill."
    assert words_of(Event.STAGE_CHANGED, {}) is None


def test_times_follow_the_clock_of_whoever_reads_it():
    detail = {"purpose": "survey", "channel": "email", "due": "2026-10-06T22:30:00+00:00"}
    told = sentence(Event.MESSAGE_OWED, detail, {}, ZoneInfo("Europe/Berlin"))
    assert told == "The survey by e-mail is to go out at 00:30 on 7 Oct 2026."
