"""Word to a room of a chat that takes Slack's incoming webhooks: Slack itself, Mattermost, Rocket.Chat."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from channels.pinned import Pinned
from channels.protocol import Claim, Receipt, Word

_SAYS = {
    "escalation.opened": "Concern {escalation} opened",
    "escalation.warned": "Concern {escalation}: {percent} % of the time is gone",
    "escalation.breached": "Concern {escalation}: the deadline has passed and nobody has taken it",
    "escalation.resolved": "Concern {escalation} resolved",
    "escalation.reopened": "Concern {escalation} reopened: the resolution did not help",
    "case.closed": "Case {case} closed: {disposition}",
    "test": "A test: Aftercare can write here",
}
_OVERDUE = "Concern {escalation}: taken, but not resolved in time"
_STRANGE = re.compile(r"[^\w\s.,&/+-]")
"""In a word of ours: markup, mentions and addresses of one chat or another. None of them stays."""
_IN_LINK = str.maketrans({"&": "&amp;", "<": "%3C", ">": "%3E", "|": "%7C"})
_ONE_AT_A_TIME = 1
"""Slack takes about one message a second for a room."""


class Slack:
    """A second copy is possible: unlike a webhook, a message in a room has no number by which it is known."""

    name = "slack"

    def __init__(self, post: Pinned) -> None:
        self._post = post

    def send(self, words: Sequence[Word], *, claim: Claim, in_flight: int) -> list[Receipt]:
        """As in `Provider`, one after the other."""
        return self._post.send(words, _made, claim=claim, in_flight=_ONE_AT_A_TIME)


def _made(word: Word) -> tuple[Mapping[str, str], bytes]:
    return {}, json.dumps({"text": text(word)}, ensure_ascii=False).encode()


def text(word: Word) -> str:
    """One line of what happened, with a link to the page: `<https://…|Open>`."""
    says = _OVERDUE if word.about.get("limit") == "resolution" else _SAYS[word.event]
    line = says.format_map({name: plain(str(value)) for name, value in word.about.items()})
    more = [plain(str(word.about[name])) for name in ("severity", "department", "root_cause") if word.about.get(name)]
    if word.event in ("escalation.opened", "escalation.warned", "escalation.reopened"):
        more += _until(word.about.get("deadline_at"))
    return " · ".join([line, *more, f"<{word.url.translate(_IN_LINK)}|Open>"])


def _until(deadline: str | int | None) -> list[str]:
    return [f"until {datetime.fromisoformat(str(deadline)):%Y-%m-%d %H:%M} UTC"] if deadline else []


def plain(value: str) -> str:
    """A word that stays a word in every chat: nothing in it is markup, a mention or a link."""
    return " ".join(_STRANGE.sub(" ", value).split()).replace("&", "&amp;")
