"""A burst keeps to its claim: asked before each first byte, told of each outcome, and given back what is not begun."""

import os
import signal
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import pytest

from channels.protocol import Mail, Outcome, Receipt
from tests.integration.channels.faulty_server import FaultyServer
from tests.integration.channels.test_sendgrid_bursts import YES, sendgrid


@dataclass
class Witness:
    """A claim that remembers what happened in which order. `at_turn(n)` is called in the n-th turn."""

    at_turn: Callable[[int], None] = lambda _number: None
    said: list[tuple[str, str]] = field(default_factory=list)
    turns: list[tuple[list[str], list[Receipt]]] = field(default_factory=list)
    begun: set[str] = field(default_factory=set)
    given_back: bool = False

    def turn(self, begin: Sequence[str], done: Sequence[Receipt]) -> Collection[str]:
        self.turns.append(([*begin], [*done]))
        self.said += [("done", receipt.ref) for receipt in done] + [("begun", ref) for ref in begin]
        self.at_turn(len(self.turns))
        may = set() if self.given_back else {*begin}
        self.begun |= may
        return may

    def give_back(self) -> None:
        self.given_back = True


def test_each_is_begun_once_and_told_once_and_in_that_order(mails: list[Mail], serve: Callable[..., FaultyServer]):
    claim = Witness()
    receipts = sendgrid(serve(YES).url).send(mails, claim=claim, in_flight=8)
    assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED}
    for mail in mails:
        assert [word for word, ref in claim.said if ref == mail.ref] == ["begun", "done"]


def test_what_waits_at_the_same_time_is_one_turn(mails: list[Mail], serve: Callable[..., FaultyServer]):
    claim = Witness()
    sendgrid(serve(YES, pause_s=0.05, together=8).url).send(mails, claim=claim, in_flight=8)
    assert len(claim.turns) < len(mails) + 8
    assert max(len(begin) for begin, _ in claim.turns) > 1


def test_never_more_are_begun_and_not_told_than_are_in_flight(mails: list[Mail], serve: Callable[..., FaultyServer]):
    claim = Witness()
    sendgrid(serve(YES, pause_s=0.01).url).send(mails, claim=claim, in_flight=4)
    under_way: set[str] = set()
    for word, ref in claim.said:
        (under_way.add if word == "begun" else under_way.remove)(ref)
        assert len(under_way) <= 4


def test_what_is_known_is_told_while_others_are_still_waited_for(mails: list[Mail], serve: Callable[..., FaultyServer]):
    """Also at the end of a burst, when nothing more is begun."""
    claim = Witness()
    sendgrid(serve(YES, pause_s=0.05).url).send(mails[:3], claim=claim, in_flight=3)
    told = [receipts for _, receipts in claim.turns if receipts]
    assert sum(map(len, told)) == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGALRM])
def test_a_signal_gives_back_what_is_not_begun_and_lets_the_rest_end(
    mails: list[Mail], serve: Callable[..., FaultyServer], number: signal.Signals
):
    """What the handler would have done, it does then: Prefect's raises in the main thread."""
    assert threading.current_thread() is threading.main_thread()

    def told(_number: int, _frame: object) -> None:
        raise Terminated

    former = signal.signal(number, told)
    claim = Witness(at_turn=lambda turn: os.kill(os.getpid(), number) if turn == 2 else None)
    try:
        with pytest.raises(Terminated):
            sendgrid(serve(YES, pause_s=0.05).url).send(mails, claim=claim, in_flight=4)
    finally:
        signal.signal(number, former)
    assert claim.given_back
    done = {receipt.ref: receipt.outcome for _, receipts in claim.turns for receipt in receipts}
    assert {done[ref] for ref in claim.begun} == {Outcome.ACCEPTED}, "what was under way came to its end"
    assert {done[ref] for ref in done.keys() - claim.begun} <= {Outcome.LATER, Outcome.WITHHELD}
    assert len(claim.begun) < len(mails)


class Terminated(BaseException):
    """As Prefect's signal: no Exception."""


def test_a_claim_that_fails_ends_the_burst_and_nothing_more_is_begun(
    mails: list[Mail], serve: Callable[..., FaultyServer]
):
    def fail(turn: int) -> None:
        if turn == 3:
            raise LookupError("the database is away")

    claim = Witness(at_turn=fail)
    server = serve(YES, pause_s=0.01)
    with pytest.raises(LookupError, match="away"):
        sendgrid(server.url).send(mails, claim=claim, in_flight=2)
    assert len(claim.turns) <= 4
    assert len(server.stop().requests) <= 4
