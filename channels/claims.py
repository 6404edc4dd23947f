"""The hold that a sender has on the messages of a burst, and how a burst keeps to it.

Directly before a message's first byte its claim is asked, and has written down that the message is begun; as soon as
its outcome is known, that is written down too. So whoever is killed leaves unknown only what was under way.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from channels.protocol import Claim, HasRef, Outcome, Receipt


class Unguarded:
    """A claim that asks `allowed` and keeps nothing: for tests, and for what has no other sender."""

    def __init__(self, allowed: Callable[[str], bool] = lambda _ref: True) -> None:
        self._allowed = allowed

    def turn(self, begin: Sequence[str], done: Sequence[Receipt]) -> Collection[str]:
        return {ref for ref in begin if self._allowed(ref)}

    def give_back(self) -> None:
        """Nothing: nobody waits for it."""


class InTurn:
    """For providers that send one message after the other."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._done: list[Receipt] = []

    def may_go(self, message: HasRef) -> bool:
        done, self._done = self._done, []
        return message.ref in self._claim.turn([message.ref], done)

    def note(self, receipt: Receipt) -> Receipt:
        """The same receipt. It is written down with the next question, or by `settle`."""
        self._done.append(receipt)
        return receipt

    def settle(self) -> None:
        if self._done:
            done, self._done = self._done, []
            self._claim.turn([], done)


class Together:
    """For providers with many requests under way: what they ask and tell at the same time is one turn of the claim."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._asking: list[tuple[str, asyncio.Future[bool]]] = []
        self._done: list[Receipt] = []
        self._planned = False
        self._fault: BaseException | None = None
        self.stopped = False
        """Nothing more is begun."""

    async def may_go(self, ref: str) -> bool:
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asking.append((ref, answer))
        self._soon()
        return await answer

    def note(self, receipt: Receipt) -> Receipt:
        """The same receipt, which the next turn writes down."""
        self._done.append(receipt)
        self._soon()
        return receipt

    def settle(self) -> None:
        """Write down what is left. Raises what a turn has raised that nobody waited for."""
        self._turn()
        if self._fault is not None:
            raise self._fault

    def untried(self, message: HasRef) -> Receipt | None:
        """The receipt of a message that is not to be tried any more, or None: go on."""
        return Receipt(ref=message.ref, outcome=Outcome.LATER, code="untried") if self.stopped else None

    def stop(self) -> None:
        """Give back what is not begun. What is under way comes to its end."""
        self.stopped = True
        self._guarded(self._claim.give_back)

    def _soon(self) -> None:
        if not self._planned:
            self._planned = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._planned = False
        asking = [(ref, answer) for ref, answer in self._asking if not answer.done()]  # others waited too long
        done, self._asking, self._done = self._done, [], []
        if not asking and not done:
            return
        begin = [] if self.stopped else [ref for ref, _ in asking]
        may = self._guarded(lambda: self._claim.turn(begin, done))
        for ref, answer in asking:
            if self._fault is not None:
                answer.set_exception(self._fault)
            else:
                answer.set_result(ref in (may or ()))

    def _guarded(self, work: Callable[[], Any]) -> Any:
        """The loop would swallow what its callbacks raise."""
        try:
            return work()
        except BaseException as fault:  # noqa: BLE001 - raised again, where the burst is waited for
            self._fault = fault
            self.stopped = True
            return None


@contextmanager
def stopped_by_signals(together: Together) -> Iterator[None]:
    """SIGTERM, Ctrl-C and the alarm of a time limit let what is under way come to its end and begin nothing more; then
    they do what they did.

    The loop would swallow what their own handlers raise within it. Outside the main thread nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop, seen = asyncio.get_running_loop(), list[int]()
    task = asyncio.current_task()

    def stop(number: int) -> None:
        seen.append(number)
        together.stop()
        if len(seen) > 1 and task is not None:
            task.cancel()  # asked twice: now

    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)}
    for number in former:
        loop.add_signal_handler(number, stop, number)
    try:
        yield
    finally:
        for number, handler in former.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
        if seen:
            signal.raise_signal(seen[0])
