"""Posts that come at the same time share a transaction: one commit, and one statement of each kind, for all of them.

A commit waits for the disk. A provider in a hurry posts from many servers at once, and nobody is answered before the
commit that holds what they told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from channels.report import Report
from models.store import Store
from vocabulary import Channel
from web.news import TakenIn, take_in

_MOST_AT_ONCE = 20
"""Posts; whoever waits longer than for so many goes with the next ones."""


@dataclass(slots=True)
class _Post:
    reports: Sequence[Report]
    at: datetime
    outcome: TakenIn | Exception | None = None


class Turns:
    """Takes in what one provider tells, in the order of its coming, several posts at a time when they queue."""

    def __init__(self, store: Store, provider: str, channel: Channel) -> None:
        self._store = store
        self._provider = provider
        self._channel = channel
        self._waiting: list[_Post] = []
        self._writing = Lock()

    def take_in(self, reports: Sequence[Report], at: datetime) -> TakenIn:
        """What was new of this post, or of those that shared its transaction. Raises what the store raises."""
        post = _Post(reports, at)
        self._waiting.append(post)
        with self._writing:
            while post.outcome is None:  # who had the turn before may have taken this post along
                self._write(self._next())
        if isinstance(post.outcome, Exception):
            raise post.outcome
        return post.outcome

    def _next(self) -> list[_Post]:
        posts = self._waiting[:_MOST_AT_ONCE]
        del self._waiting[: len(posts)]  # not more: another one may have come in between
        return posts

    def _write(self, posts: Sequence[_Post]) -> None:
        """All of them in one transaction. If that fails, each in its own: one must not stand in the others' way."""
        try:
            taken = self._transact(posts)
        except Exception as error:  # noqa: BLE001 - kept, and raised by whoever waits for this post
            if len(posts) > 1:
                for post in posts:
                    self._write([post])
            else:
                posts[0].outcome = error
            return
        for post in posts:
            post.outcome = taken

    def _transact(self, posts: Sequence[_Post]) -> TakenIn:
        reports = {report.event_id: report for post in posts for report in post.reports}
        at = max(post.at for post in posts)
        with self._store.write() as db:
            return take_in(db, self._provider, [*reports.values()], self._channel, at=at)
