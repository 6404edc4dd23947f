"""Clauses 2.4 and 4.4 in tables: where a customer who raised a concern may be written to, and what may be said."""

import pytest

from policy.answering import Refusal, fault_of, objection
from policy.delivery import SPAM_REPORT
from vocabulary import Channel

EVERYTHING = Refusal(channel=None, for_good=True, source="unsubscribe link")
PAUSE = Refusal(channel=None, for_good=False, source="unsubscribe link")
SPAM = Refusal(channel=None, for_good=True, source=SPAM_REPORT)
NO_MAIL = Refusal(channel=Channel.EMAIL, for_good=True, source="unsubscribe link")
NO_TEXTS = Refusal(channel=Channel.SMS, for_good=False, source="unsubscribe link")


@pytest.mark.parametrize(
    ("refusals", "mail", "text"),
    [
        ([], None, None),
        ([EVERYTHING], None, "the customer has opted out, and for texts"),  # surveys are over, the concern is not
        ([PAUSE], None, None),
        ([SPAM], "the customer reported a mail of ours as spam", "the customer has opted out, and for texts"),
        ([NO_MAIL], "does not want to be written to by e-mail", None),
        ([NO_TEXTS], None, "does not want to be written to by SMS"),  # also while it is only a pause
        ([EVERYTHING, NO_MAIL], "does not want to be written to by e-mail", "has opted out, and for texts"),
    ],
)
def test_an_opt_out_of_surveys_forbids_no_answer_by_mail(refusals: list[Refusal], mail: str | None, text: str | None):
    for channel, expected in ((Channel.EMAIL, mail), (Channel.SMS, text)):
        found = objection(channel, refusals)
        assert (found is None) is (expected is None)
        assert expected is None or (expected in str(found) and "or call, and log it here" in str(found))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Tom comes at 9:30.", None),
        ("Price: 30 EUR // 35 EUR", None),
        ("", "write what the customer is to read"),
        (" \n\t", "write what the customer is to read"),
        ("see https://example.com", "leave out web addresses"),
        ("see HTTP:/example.com", "leave out web addresses"),
        ("ftp://example.com", "leave out web addresses"),
        ("www.example.com", "leave out web addresses"),
    ],
)
def test_words_for_a_customer_hold_no_links(text: str, fault: str | None):
    found = fault_of(text)
    assert (found is None) if fault is None else str(found).startswith(fault)
