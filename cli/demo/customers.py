"""Invented customers: what they do goes through the real pages and hooks, over HTTP."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from cli.demo.clock import StoryClock
from cli.demo.habits import Deed, Habits, Opinion, is_bad
from cli.demo.postbox import Letter, Postbox
from vocabulary import Channel

_NONCE = re.compile(r'name="nonce"\s+value="([^"]+)"|value="([^"]+)"\s+name="nonce"')
_BROWSER = {
    "User-Agent": "Mozilla/5.0 (demonstration)",
    "Accept-Language": "en",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-User": "?1",
}
"""These customers are people, as far as the survey page can tell."""
_SCANNER = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36"}
_SCANS_AFTER = timedelta(seconds=12)
_READS_S = 25
"""People read before they press a button."""
_RUNS_S = 3
"""Scanners let a page run for some seconds: a form that is sent sooner is refused."""
_CONFIRMS = 0.75
"""The share of those who were unhappy that tell us whether it was put right."""
_PAUSE_DAYS = "90"
_RATINGS = ("1", "2", "3", "4", "5")


@dataclass(frozen=True, slots=True)
class Intent:
    """What a customer is going to do with a letter, and when."""

    at: datetime
    letter: Letter
    deed: Deed
    opinion: Opinion
    words: str

    @property
    def is_concern(self) -> bool:
        return self.opinion.is_concern if self.deed is Deed.PAGE else self.deed is Deed.REPLY and is_bad(self.words)


class Customers:
    def __init__(self, seed: int, clock: StoryClock, postbox: Postbox, languages: Mapping[str, str]) -> None:
        """`languages`: by mail address and by number."""
        self._habits = Habits(seed)
        self._clock = clock
        self._postbox = postbox
        self._languages = languages
        self._browser = httpx.Client(timeout=30, trust_env=False, headers=_BROWSER)
        self._scanner = httpx.Client(timeout=30, trust_env=False, headers=_SCANNER)
        self._unhappy: set[str] = set()
        self.done: Counter[Deed] = Counter()

    def decide(self, letter: Letter) -> Intent | None:
        """About half answer a letter; most within hours."""
        habits = self._habits
        if letter.to in self._unhappy:  # what comes now asks whether it was put right
            deed = Deed.PAGE if habits.happens(_CONFIRMS) else Deed.NOTHING
        else:
            deed = habits.deed(letter.channel)
        self.done[deed] += deed is Deed.NOTHING
        if deed is Deed.NOTHING:
            return None
        opinion = habits.opinion() if deed is Deed.PAGE else Opinion(None, "")
        words = "" if deed in _ON_PAGES else habits.words(deed, letter.channel, self._languages.get(letter.to, ""))
        after = _SCANS_AFTER if deed is Deed.SCANNER else timedelta(minutes=habits.minutes())
        return Intent(self._clock() + after, letter, deed, opinion, words)

    def act(self, intent: Intent) -> None:
        self._clock.move_to(intent.at)
        if intent.is_concern:
            self._unhappy.add(intent.letter.to)
        match intent.deed:
            case Deed.PAGE:
                done = self._answer(intent.letter, intent.opinion)
            case Deed.SCANNER:
                done = self._scan(intent.letter)
            case Deed.ONE_CLICK:
                done = self._press(intent.letter, {"List-Unsubscribe": "One-Click"})
            case Deed.PAUSE:
                done = self._press(intent.letter, {"stop": _PAUSE_DAYS})
            case _:
                done = self._reply(intent)
        self.done[intent.deed] += done

    def _answer(self, letter: Letter, opinion: Opinion) -> bool:
        nonce = _nonce_of(self._browser.get(letter.survey_url).text)
        if nonce is None:
            return False  # the link is no longer open: answered by another letter, or the wait is over
        self._clock.move_on(_READS_S)
        form = {"nonce": nonce, "comment": opinion.comment}
        form |= {"rating": str(opinion.rating)} if opinion.rating else {}
        form |= {"contact_me": "yes"} if opinion.contact_me else {}
        self._browser.post(letter.survey_url, data=form).raise_for_status()
        return True

    def _press(self, letter: Letter, form: dict[str, str]) -> bool:
        if letter.unsubscribe_url is None:
            return False
        self._browser.get(letter.unsubscribe_url).raise_for_status()
        self._clock.move_on(_READS_S)
        self._browser.post(letter.unsubscribe_url, data=form).raise_for_status()
        return True

    def _scan(self, letter: Letter) -> bool:
        """A mail filter that tries out a mail: it follows every link and presses every button once."""
        nonces = [_nonce_of(self._scanner.get(link).text) for link in letter.links]
        self._clock.move_on(_RUNS_S)
        for nonce, rating in zip([nonce for nonce in nonces if nonce], _RATINGS, strict=False):
            self._scanner.post(letter.survey_url, data={"nonce": nonce, "rating": rating})
        if letter.unsubscribe_url:
            self._scanner.post(letter.unsubscribe_url)
        return True

    def _reply(self, intent: Intent) -> bool:
        """By the provider's page, which hands it to Aftercare like the provider itself, mails with what they quote."""
        letter = intent.letter
        kind = "sms" if letter.channel is Channel.SMS else "mail"
        said = {"from": letter.to, "to": letter.reply_to, "text": intent.words}
        said |= {"subject": "Automatic reply: How did we do?"} if intent.deed is Deed.AWAY else {}
        self._browser.post(f"{self._postbox.page}/customers/{kind}", json=said).raise_for_status()
        self._postbox.wait()
        return True


_ON_PAGES = frozenset((Deed.PAGE, Deed.ONE_CLICK, Deed.PAUSE, Deed.SCANNER))


def _nonce_of(page: str) -> str | None:
    found = _NONCE.search(page)
    return (found.group(1) or found.group(2)) if found else None
