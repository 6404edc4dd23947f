"""SMTP against a real relay: what arrives, what is refused, and what becomes of the rest."""

from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from channels.claims import Unguarded
from channels.protocol import Mail, Outcome
from channels.smtp import Smtp
from tests.integration.channels.desk import DROP, Desk
from tests.integration.channels.faulty_server import PATIENCE_S

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def anyone(ref: str) -> bool:
    return True


def smtp(port: int) -> Smtp:
    return Smtp("127.0.0.1", port, starttls="off", timeout_s=PATIENCE_S, now=lambda: NOW)


@pytest.fixture
def mails(mails: list[Mail]) -> list[Mail]:
    return mails[:4]


def test_a_burst_arrives_whole_over_one_connection(mails: list[Mail], relay: Callable[..., tuple[Desk, int]]) -> None:
    desk, port = relay()
    receipts = smtp(port).send(mails, claim=Unguarded(anyone), in_flight=8)
    assert [(receipt.ref, receipt.outcome, receipt.code) for receipt in receipts] == [
        (mail.ref, Outcome.ACCEPTED, "250") for mail in mails
    ]
    assert desk.connections == 1
    assert [envelope.rcpt_tos for envelope in desk.taken] == [[mail.to] for mail in mails]
    assert {envelope.mail_from for envelope in desk.taken} == {"care@example.org"}
    content = desk.taken[0].content
    assert isinstance(content, bytes)
    message = message_from_bytes(content, policy=policy.default)
    assert message["Message-ID"] == "<m00@example.org>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = message.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == mails[0].text, "lines that begin with a dot too"


FAULTS: dict[tuple[str, str], tuple[Outcome, str, str]] = {
    ("MAIL", "451 try again"): (Outcome.LATER, "451", "goes on"),
    ("MAIL", "550 not you"): (Outcome.STOPPED, "550", "stops"),
    ("MAIL", "530 log in first"): (Outcome.STOPPED, "530", "stops"),
    ("MAIL", "421 closing"): (Outcome.LATER, "421", "stops"),
    ("RCPT", "450 mailbox busy"): (Outcome.LATER, "450", "goes on"),
    ("RCPT", "550 no such user"): (Outcome.REJECTED, "550", "goes on"),
    ("RCPT", "530 log in first"): (Outcome.STOPPED, "530", "stops"),
    ("RCPT", "421 closing"): (Outcome.LATER, "421", "stops"),
    ("DATA", "452 disk full"): (Outcome.LATER, "452", "goes on"),
    ("DATA", "554 spam"): (Outcome.REJECTED, "554", "goes on"),
    ("DATA", "421 closing"): (Outcome.LATER, "421", "stops"),
    ("DATA", DROP): (Outcome.UNKNOWN, "lost", "goes on"),
}


@pytest.mark.parametrize(
    ("verb", "fault", "outcome", "code", "then"),
    [(*given, *expected) for given, expected in FAULTS.items()],
    ids=[" ".join(given) for given in FAULTS],
)
def test_a_refusal_is_translated_by_its_step_and_status(
    mails: list[Mail],
    relay: Callable[..., tuple[Desk, int]],
    verb: str,
    fault: str,
    outcome: Outcome,
    code: str,
    then: str,
) -> None:
    desk, port = relay({(verb, 2): fault})
    receipts = smtp(port).send(mails, claim=Unguarded(anyone), in_flight=1)
    assert desk.done == [fault]
    assert (receipts[0].outcome, receipts[1].outcome, receipts[1].code) == (Outcome.ACCEPTED, outcome, code)
    rest = {(receipt.outcome, receipt.code) for receipt in receipts[2:]}
    assert rest == ({(Outcome.ACCEPTED, "250")} if then == "goes on" else {(outcome, code)})
    taken = [envelope.rcpt_tos for envelope in desk.taken]
    assert len(taken) == len([receipt for receipt in receipts if receipt.outcome in ("accepted", "unknown")])
    assert [mails[1].to] not in taken or outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_a_connection_that_drops_between_two_mails_is_made_again_for_the_same_mail(
    mails: list[Mail], relay: Callable[..., tuple[Desk, int]], verb: str
) -> None:
    desk, port = relay({(verb, 2): DROP})
    asked: list[str] = []

    def allowed(ref: str) -> bool:
        asked.append(ref)
        return True

    receipts = smtp(port).send(mails, claim=Unguarded(allowed), in_flight=1)
    assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED}
    assert (desk.done, desk.connections) == ([DROP], 2)
    assert asked == ["m00", "m01", "m01", "m02", "m03"], "asked again before it is written again"
    assert [envelope.rcpt_tos for envelope in desk.taken] == [[mail.to] for mail in mails]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_a_new_connection_that_drops_before_the_content_is_later(
    mails: list[Mail], relay: Callable[..., tuple[Desk, int]], verb: str
) -> None:
    desk, port = relay({(verb, 1): DROP})
    first, *rest = smtp(port).send(mails, claim=Unguarded(anyone), in_flight=1)
    assert (first.outcome, first.code) == (Outcome.LATER, "lost")
    assert {receipt.outcome for receipt in rest} == {Outcome.ACCEPTED}
    assert (desk.done, desk.connections) == ([DROP], 2)


def test_a_mail_that_is_not_allowed_any_more_is_not_begun(
    mails: list[Mail], relay: Callable[..., tuple[Desk, int]]
) -> None:
    desk, port = relay()
    receipts = smtp(port).send(mails, claim=Unguarded(lambda ref: ref == "m02"), in_flight=1)
    assert [receipt.outcome for receipt in receipts] == ["withheld", "withheld", "accepted", "withheld"]
    assert desk.seen == ["MAIL", "RCPT", "DATA"]


def test_a_mail_with_a_faulty_header_is_rejected_before_the_relay_hears_of_it(
    a_mail: Callable[..., Mail], relay: Callable[..., tuple[Desk, int]]
) -> None:
    desk, port = relay()
    mails = [a_mail(subject="Hi\r\nBcc: eve@example.net"), a_mail(to="ann@example.com>\r\nRSET")]
    receipts = smtp(port).send(mails, claim=Unguarded(anyone), in_flight=1)
    assert {(receipt.outcome, receipt.code) for receipt in receipts} == {(Outcome.REJECTED, "header")}
    assert desk.connections == 0
