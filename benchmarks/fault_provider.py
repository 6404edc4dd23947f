"""A provider in SendGrid's form that breaks in every way, and keeps a ledger of what it did with each message.

Which fault a request meets is drawn from the seed, the address and how many requests that address has had: the same
run meets the same faults, whoever sends when.
"""

import asyncio
import json
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from random import Random
from typing import Any

from benchmarks.fault_story import DEADLINE_S, LATEST_S, StoryClock
from fakes.wire import Ending, Reply, Request, Server


class Fault(StrEnum):
    """What happens to a request."""

    QUICK = "accepted"
    SLOW = "accepted slowly"
    LATE = "accepted after the deadline"
    ANSWER_LOST = "accepted, answer lost"
    CUT = "accepted, answer cut off"
    RESET = "not taken, connection reset"
    LIMITED = "429 with its time"
    BROKEN = "500 or 503, taken or not"
    HANG = "no answer at all, taken or not"
    REFUSED = "400"


_SHARES = {
    Fault.QUICK: 60, Fault.SLOW: 16, Fault.LATE: 4, Fault.ANSWER_LOST: 4, Fault.CUT: 2, Fault.RESET: 3,
    Fault.LIMITED: 0.7, Fault.BROKEN: 4, Fault.HANG: 3, Fault.REFUSED: 2,
}  # fmt: skip
_TAKEN = (Fault.QUICK, Fault.SLOW, Fault.LATE, Fault.ANSWER_LOST, Fault.CUT)
_BY_LOT = (Fault.BROKEN, Fault.HANG)
UNREPORTED = (Fault.LATE, Fault.ANSWER_LOST, Fault.CUT, Fault.RESET, Fault.BROKEN, Fault.HANG)
"""After these nobody but the provider knows whether it took the message."""
_EVENTS_LOST = 0.15
"""Of the messages that were taken: nothing is ever told of them by the event hook."""
_EVENT_S = 1.5
_TOKEN = re.compile(r"/s/([a-z2-7]{32})")
_READY_S = 10.0


@dataclass(frozen=True, slots=True)
class Tried:
    """One request."""

    ref: str
    to: str
    at_s: float
    """Of the machine's clock."""
    fault: Fault
    taken: bool


@dataclass
class Provider:
    """`url` is where it is. It serves in a thread of its own until it is stopped."""

    seed: int
    clock: StoryClock
    calm: bool = False
    """Everything is accepted at once."""
    tried: list[Tried] = field(default_factory=list)
    letters: list[tuple[str, str]] = field(default_factory=list)
    """Addresses and tokens of the surveys that were taken, which their customers have not looked at yet."""
    events: list[tuple[float, str, str]] = field(default_factory=list)
    """What is to be told by the event hook: when, and of which message to whom."""
    injected: Counter[Fault] = field(default_factory=Counter)
    url: str = ""

    def __post_init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(_READY_S):
            raise TimeoutError("the provider did not start")

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def counts(self) -> dict[str, int]:
        """How often each fault was injected."""
        return {fault.value: self.injected[fault] for fault in Fault}

    def _serve(self) -> None:
        server = Server(self._answer)
        self.url = f"http://127.0.0.1:{self._loop.run_until_complete(server.start(0))}"
        self._ready.set()
        self._loop.run_forever()
        server.stop()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _answer(self, request: Request) -> Reply:
        mail = json.loads(request.body)
        person = mail["personalizations"][0]
        ref, to = str(person["custom_args"]["ac_send"]), str(person["to"][0]["email"])
        self._seen[to] += 1
        lot = Random(f"{self.seed} {to} {self._seen[to]}")
        fault = Fault.QUICK if self.calm else lot.choices([*_SHARES], [*_SHARES.values()])[0]
        taken = fault in _TAKEN or (fault in _BY_LOT and lot.random() < 0.5)
        self.injected[fault] += 1
        self.tried.append(Tried(ref, to, time.monotonic(), fault, taken))
        if taken:
            self._take(ref, to, mail, lot)
        return self._reply(fault, lot)

    def _take(self, ref: str, to: str, mail: dict[str, Any], lot: Random) -> None:
        token = _TOKEN.search(mail["content"][0]["value"])
        if token:
            self.letters.append((to, token[1]))
        if lot.random() >= _EVENTS_LOST:
            self.events.append((time.monotonic() + lot.uniform(0.1, _EVENT_S), ref, to))

    def _reply(self, fault: Fault, lot: Random) -> Reply:
        wait_s = 0.0 if self.calm else lot.expovariate(20)
        if fault in _ANSWERS:
            return replace(_ANSWERS[fault], wait_s=wait_s)
        if fault is Fault.LIMITED:
            again = self.clock.now() + timedelta(seconds=lot.uniform(5, 40))
            return Reply(status=429, headers={"X-RateLimit-Reset": f"{again.timestamp():.0f}"}, wait_s=wait_s)
        if fault is Fault.BROKEN:
            return Reply(status=lot.choice((500, 503)), wait_s=wait_s)
        slow_s = {Fault.SLOW: lot.uniform(0.1, 1.5), Fault.LATE: lot.uniform(1.1 * DEADLINE_S, LATEST_S)}
        return Reply(status=202, headers={"X-Message-Id": "m"}, wait_s=slow_s.get(fault, wait_s))


_ANSWERS = {
    Fault.ANSWER_LOST: Reply(raw=b"", ending=Ending.RESET),
    Fault.RESET: Reply(raw=b"", ending=Ending.RESET),
    Fault.CUT: Reply(raw=b"HTTP/1.1 202 Acc", ending=Ending.CLOSE),
    Fault.HANG: Reply(raw=b"", ending=Ending.HANG),
    Fault.REFUSED: Reply(status=400, body=b'{"errors":[{"message":"Bad Request"}]}'),
}
