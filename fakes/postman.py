"""Posts to Aftercare's hooks: late, again until they are taken, and never to another machine."""

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from fakes.ledger import Ledger

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
_GIVE_UP_S = 24 * 3600
_ANSWER_S = 15.0
_MOST_WAITING = 10_000
_AT_ONCE = 8

Made = tuple[Mapping[str, str], bytes]
"""Headers and body."""


@dataclass(frozen=True, slots=True)
class Post:
    kind: str
    """For the ledger: "events", "status", "sms", "mail"."""
    url: str
    make: Callable[[], Made]
    """Called for each attempt, because a signature holds the time of its attempt."""
    insists: bool
    """Tries again until the answer is 2xx; otherwise only when there was no answer, and once."""


class Postman:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._client = httpx.AsyncClient(timeout=_ANSWER_S, trust_env=False, follow_redirects=False)
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._under_way: set[asyncio.Task[str]] = set()
        self.goes = asyncio.Event()
        """Whether he is on his way; else what he was given waits."""
        self.goes.set()

    @property
    def waiting(self) -> int:
        return len(self._under_way)

    def take(self, post: Post) -> None:
        """To be delivered in the background."""
        if self.waiting >= _MOST_WAITING:
            self._ledger.posted[f"{post.kind} given up"] += 1
            return
        task = asyncio.get_running_loop().create_task(self.deliver(post))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def deliver(self, post: Post) -> str:
        """What came of it in the end: the status, "lost" without an answer, or "not on loopback"."""
        if not _on_loopback(post.url):
            return self._noted(post, "not on loopback")
        pause_s, waited_s = _FIRST_PAUSE_S, 0.0
        while True:
            await self.goes.wait()
            answer = self._noted(post, await self._attempt(post))
            again = not answer.startswith("2") if post.insists else answer == "lost" and not waited_s
            if not again or waited_s > _GIVE_UP_S:
                return answer
            await asyncio.sleep(pause_s)
            waited_s, pause_s = waited_s + pause_s, min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _attempt(self, post: Post) -> str:
        async with self._turns:
            headers, body = post.make()
            try:
                return str((await self._client.post(post.url, headers=headers, content=body)).status_code)
            except httpx.TransportError:
                return "lost"

    def _noted(self, post: Post, answer: str) -> str:
        self._ledger.posted[f"{post.kind} {answer}"] += 1
        return answer

    async def stop(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._client.aclose()


def _on_loopback(url: str) -> bool:
    try:
        host = httpx.URL(url).host
    except httpx.InvalidURL:
        return False
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
