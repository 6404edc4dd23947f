"""Invented customers: they answer through the real survey page, over HTTP, or they don't."""

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from cli.demo.clock import StoryClock
from cli.demo.postbox import Letter

_NONCE = re.compile(r'name="nonce"\s+value="([^"]+)"|value="([^"]+)"\s+name="nonce"')
_PRAISE = ("Quick and friendly, thank you.", "Everything was explained well.", "On time and very clean work.",
           "Great service!", "The technician was very patient with my questions.", "")  # fmt: skip
_MEDDLING = ("It was all right.", "Took longer than announced.", "Fine, but the appointment was moved twice.", "")
_TROUBLE = ("The heating is still not working.", "I waited half a day and nobody called.",
            "The invoice is wrong, I want a refund.",
            "There is a leak under the sink since the visit.", "Very disappointed with the result.",
            "There was a smell of gas after the repair!")  # fmt: skip
_MINOR = ("Good work, but please call me about the invoice.", "All fine, only the cover is broken.")


@dataclass(frozen=True, slots=True)
class Intent:
    """What a customer is going to do with a letter, and when. `rating` None: a comment alone."""

    at: datetime
    letter: Letter
    unsubscribe: bool
    rating: int | None
    comment: str
    contact_me: bool

    @property
    def is_concern(self) -> bool:
        """Whether anybody would call this an unhappy customer."""
        return self.contact_me or self.comment in (*_TROUBLE, *_MINOR)


_BROWSER = {
    "User-Agent": "Mozilla/5.0 (demonstration)",
    "Accept-Language": "en",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-User": "?1",
}
"""These customers are people, as far as the survey page can tell."""


class Customers:
    """Seeded: the same letters are answered in the same way."""

    def __init__(self, seed: int, clock: StoryClock) -> None:
        self._random = random.Random(seed)  # noqa: S311 - invented people, not secrets
        self._clock = clock
        self._browser = httpx.Client(timeout=30, trust_env=False, headers=_BROWSER)
        self.answered = 0
        self.unsubscribed = 0

    def decide(self, letter: Letter) -> Intent | None:
        """About half answer a letter; most within hours."""
        chance = self._random
        if chance.random() > (0.75 if "helped" in letter.subject.lower() else 0.48):
            return None
        at = self._clock() + timedelta(minutes=min(20 + chance.expovariate(1 / 90), 60 * 30))
        if chance.random() < 0.025 and letter.unsubscribe_url:
            return Intent(at, letter, unsubscribe=True, rating=None, comment="", contact_me=False)
        rating, comment = self._opinion()
        wants_contact = rating in (1, 2) and chance.random() < 0.4
        return Intent(at, letter, unsubscribe=False, rating=rating, comment=comment, contact_me=wants_contact)

    def act(self, intent: Intent) -> None:
        self._clock.move_to(intent.at)
        if intent.unsubscribe:
            url = intent.letter.unsubscribe_url or ""
            self._browser.post(url, data={"List-Unsubscribe": "One-Click"}).raise_for_status()
            self.unsubscribed += 1
            return
        page = self._browser.get(intent.letter.survey_url)
        nonce = _NONCE.search(page.text)
        if nonce is None:
            return  # the link is no longer open: answered by another letter, or the wait is over
        self._clock.move_on(25)  # people read before they press a button
        form = {"nonce": nonce.group(1) or nonce.group(2), "comment": intent.comment}
        form |= {"rating": str(intent.rating)} if intent.rating else {}
        form |= {"contact_me": "yes"} if intent.contact_me else {}
        if form["comment"] or intent.rating:
            self._browser.post(intent.letter.survey_url, data=form).raise_for_status()
            self.answered += 1

    def _opinion(self) -> tuple[int | None, str]:
        chance = self._random
        kind = chance.choices(("happy", "neutral", "unhappy", "minor", "words"), (74, 9, 11, 4, 2))[0]
        if kind == "happy":
            return chance.choice((4, 5, 5, 5)), chance.choice(_PRAISE)
        if kind == "neutral":
            return 3, chance.choice(_MEDDLING)
        if kind == "unhappy":
            return chance.choice((1, 2, 2)), chance.choice(_TROUBLE)
        if kind == "minor":
            return chance.choice((4, 5)), chance.choice(_MINOR)
        return None, "Nothing to add, the receipt came by mail."
