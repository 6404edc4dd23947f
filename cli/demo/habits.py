"""What invented customers do with a message, and what they say: decks of cards, so that each thing happens."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from vocabulary import Channel


class Deed(StrEnum):
    """As the account at the end names it."""

    NOTHING = "did nothing"
    PAGE = "answered on the page"
    REPLY = "replied with an answer"
    QUESTION = "replied with a question"
    AWAY = "sent an out-of-office note"
    STOP = "replied STOP"
    ONE_CLICK = "unsubscribed by one click"
    PAUSE = "asked for a pause"
    SCANNER = "had a scanner that pressed everything"


_DECKS = {
    Channel.EMAIL: {Deed.NOTHING: 37, Deed.PAGE: 33, Deed.REPLY: 4, Deed.QUESTION: 1, Deed.AWAY: 2, Deed.ONE_CLICK: 1,
                    Deed.PAUSE: 1, Deed.SCANNER: 1},
    Channel.SMS: {Deed.NOTHING: 3, Deed.PAGE: 2, Deed.REPLY: 3, Deed.QUESTION: 1, Deed.STOP: 1},
}  # fmt: skip
_PRAISE = ("Quick and friendly, thank you.", "Everything was explained well.", "On time and very clean work.",
           "Great service!", "The technician was very patient with my questions.", "")  # fmt: skip
_MEDDLING = ("It was all right.", "Took longer than announced.", "Fine, but the appointment was moved twice.", "")
_TROUBLE = ("The heating is still not working.", "I waited half a day and nobody called.",
            "The invoice is wrong, I want a refund.",
            "There is a leak under the sink since the visit.", "Very disappointed with the result.",
            "There was a smell of gas after the repair!")  # fmt: skip
_MINOR = ("Good work, but please call me about the invoice.", "All fine, only the cover is broken.")
_REPLIES = {
    Channel.EMAIL: ("5 - quick and friendly, thank you!", "4, all good, only the appointment was moved once.",
                    "2. The heating is still not working."),
    Channel.SMS: ("5", "4 great job", "Very friendly technician, he explained everything.", "2 still leaking",
                  "please stop texting me", "Loved “How satisfied are you with our service?”"),
}  # fmt: skip
_IN_THEIR_LANGUAGE = {
    "de": ("5, alles bestens, vielen Dank!", "4, gute Arbeit, nur etwas spät."),
    "fr": ("4, très bien, merci.",),
    "es": ("5, muy amables, gracias.",),
    "nl": ("5, netjes gewerkt, bedankt.",),
}
_QUESTIONS = ("Can you send me the invoice once more?", "When will somebody come back for the second tap?")
_AWAY = "I am out of the office until Monday and read my mail after that."
_BAD = 2


@dataclass(frozen=True, slots=True)
class Opinion:
    rating: int | None
    comment: str
    contact_me: bool = False

    @property
    def is_concern(self) -> bool:
        """Whether anybody would call this an unhappy customer."""
        return self.contact_me or self.comment in (*_TROUBLE, *_MINOR)


class Habits:
    """Seeded: the same letters in the same order, the same deeds."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - invented people, not secrets
        self._cards: dict[object, list[object]] = {}

    def deed(self, channel: Channel) -> Deed:
        """Drawn without putting back until the deck is empty: so each one comes."""
        deck = [deed for deed, count in _DECKS[channel].items() for _ in range(count)]
        return Deed(str(self._drawn(channel, deck)))

    def words(self, deed: Deed, channel: Channel, language: str = "") -> str:
        """What a customer writes back: mails in their language, if it is one of those that are listened for."""
        if deed is Deed.STOP:
            return "STOP"
        if deed is Deed.AWAY:
            return _AWAY
        if deed is Deed.QUESTION:
            return str(self._drawn((deed, channel), _QUESTIONS))
        if channel is Channel.EMAIL and language in _IN_THEIR_LANGUAGE:
            return str(self._drawn((deed, language), _IN_THEIR_LANGUAGE[language]))
        return str(self._drawn((deed, channel), _REPLIES[channel]))

    def opinion(self) -> Opinion:
        """What somebody fills in on the survey page."""
        chance = self._chance
        kind = chance.choices(("happy", "neutral", "unhappy", "minor", "words"), (74, 9, 11, 4, 2))[0]
        if kind == "happy":
            return Opinion(chance.choice((4, 5, 5, 5)), chance.choice(_PRAISE))
        if kind == "neutral":
            return Opinion(3, chance.choice(_MEDDLING))
        if kind == "unhappy":
            rating = chance.choice((1, 2, 2))
            return Opinion(rating, chance.choice(_TROUBLE), contact_me=rating <= _BAD and chance.random() < 0.4)
        if kind == "minor":
            return Opinion(chance.choice((4, 5)), chance.choice(_MINOR))
        return Opinion(None, "Nothing to add, the receipt came by mail.")

    def minutes(self) -> float:
        """Until somebody gets round to it: most within hours."""
        return min(20 + self._chance.expovariate(1 / 90), 60 * 30)

    def happens(self, share: float) -> bool:
        return self._chance.random() < share

    def _drawn(self, name: object, cards: Sequence[object]) -> object:
        left = self._cards.setdefault(name, [])
        if not left:
            left.extend(self._chance.sample(cards, len(cards)))
        return left.pop()


def is_bad(text: str) -> bool:
    """Whether a reply tells of trouble: somebody is to hear of it now."""
    return text.startswith(("1", "2"))
