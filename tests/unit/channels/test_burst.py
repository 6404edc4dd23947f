"""When a burst is given up, and the words for broken connections."""

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from channels.burst import PATIENCE, Brake, stays_here, word_for
from channels.protocol import Mail, Outcome, Receipt

SOON = datetime(2026, 3, 2, 10, tzinfo=UTC)


def receipt(outcome: Outcome, code: str = "x", retry_at: datetime | None = None) -> Receipt:
    return Receipt(ref="tried", outcome=outcome, code=code, retry_at=retry_at, provider_id="theirs")


@pytest.mark.parametrize(
    "cause", [receipt(Outcome.STOPPED, "401"), receipt(Outcome.LATER, "429", SOON)], ids=lambda cause: cause.code
)
def test_after_a_stop_or_a_date_the_rest_gets_the_same_outcome(a_mail: Callable[..., Mail], cause: Receipt) -> None:
    brake = Brake()
    assert brake.untried(a_mail()) is None
    brake.note(cause)
    brake.note(receipt(Outcome.LATER, "in flight at that time"))
    assert brake.untried(a_mail()) == Receipt(
        ref="m_5f2c", outcome=cause.outcome, code=cause.code, retry_at=cause.retry_at
    )


@pytest.mark.parametrize("silence", [Outcome.LATER, Outcome.UNKNOWN])
def test_many_mails_in_a_row_without_yes_or_no_end_a_burst(a_mail: Callable[..., Mail], silence: Outcome) -> None:
    brake = Brake()
    for _ in range(PATIENCE):
        assert brake.untried(a_mail()) is None
        brake.note(receipt(silence))
    assert brake.untried(a_mail()) == Receipt(ref="m_5f2c", outcome=Outcome.LATER, code="untried")


@pytest.mark.parametrize("answer", [Outcome.ACCEPTED, Outcome.REJECTED])
def test_an_answer_in_between_keeps_a_burst_going(a_mail: Callable[..., Mail], answer: Outcome) -> None:
    brake = Brake()
    for _ in range(3):
        for _ in range(PATIENCE - 1):
            brake.note(receipt(Outcome.UNKNOWN))
        brake.note(receipt(answer))
        brake.note(receipt(Outcome.WITHHELD))
    assert brake.untried(a_mail()) is None


@pytest.mark.parametrize(
    ("root", "word"),
    [
        (socket.gaierror(-2, "Name or service not known"), "dns"),
        (ssl.SSLCertVerificationError("self-signed"), "tls"),
        (TimeoutError("timed out"), "timeout"),
        (ConnectionRefusedError(111, "Connection refused"), "connect"),
        (ConnectionResetError(104, "Connection reset by peer"), "lost"),
    ],
)
def test_the_word_is_that_of_the_system_error_at_the_root(root: Exception, word: str) -> None:
    for link in ("__cause__", "__context__"):
        middle, outer = RuntimeError("of some library"), RuntimeError("of another")
        setattr(middle, link, root)
        outer.__cause__ = middle
        assert word_for(outer, otherwise="lost") == word


@pytest.mark.parametrize(
    ("host", "stays"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("localhost.example.com", False),
        ("api.sendgrid.com", False),
        ("", False),
    ],
)
def test_a_secret_may_go_unencrypted_to_this_machine_only(host: str, stays: bool) -> None:
    assert stays_here(host) is stays
