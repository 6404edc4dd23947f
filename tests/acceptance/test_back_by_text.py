"""Clause 2.4 lived through: who texted STOP and then START is asked about the next service by text alone."""

import pytest

from tests.acceptance.days import Days
from tests.acceptance.texts import MOBILE, texts
from tests.replies import send_text
from tests.web_site import make_site
from vocabulary import Disposition


@pytest.mark.parametrize(("words", "asked"), [(["STOP"], 0), (["STOP", "START"], 1), (["STOP", "START", "STOP"], 0)])
def test_the_next_service(days: Days, monkeypatch: pytest.MonkeyPatch, words: list[str], asked: int):
    monkeypatch.setenv("AFTERCARE_SMS", "outbox")
    site = make_site(days.here, days.now)
    days.report(channels="sms,email,phone", phone=MOBILE)
    days.live(days=1)
    for word in words:
        site.clock.now = days.now
        send_text(site, MOBILE, word)
        days.live(hours=1)
    days.live(days=40)
    days.report("J-2", channels="sms,email,phone", phone=MOBILE)
    days.live(days=4)
    assert [len(texts(days)), len(days.letters()), len(days.calls())] == [1 + asked, 0, 0]
    assert days.case(1).disposition == Disposition.OPTED_OUT
    assert days.case(2).disposition == (None if asked else Disposition.OPTED_OUT)
