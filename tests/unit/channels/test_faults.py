"""No value of a mail can start another header line, recipient or file."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.claims import Unguarded
from channels.letter import letter
from channels.outbox import OutboxDirectory
from channels.protocol import ContentFault, HeaderFault, Mail, Outcome, checked
from channels.sendgrid_payload import payload

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

BREAKS = {
    "CR": "\r",
    "LF": "\n",
    "CRLF and a header": "\r\nBcc: everybody@example.net",
    "CRLF CRLF and a body": "\r\n\r\n<script>",
    "a folded line": "\r\n Bcc: everybody@example.net",
    "NUL": "\0",
    "TAB": "\t",
    "vertical tab": "\v",
    "form feed": "\f",
    "file separator": "\x1c",
    "escape": "\x1b[31m",
    "DEL": "\x7f",
    "NEL (U+0085)": "\x85",
    "C1 control": "\x9b",
    "line separator (U+2028)": "\u2028",
    "paragraph separator (U+2029)": "\u2029",
    "half of a surrogate pair": "\ud83d",
}
LINES = ["to", "to_name", "sender", "sender_name", "subject", "unsubscribe_url", "ref", "reply_to"]


@pytest.mark.parametrize("field", LINES)
@pytest.mark.parametrize("text", BREAKS.values(), ids=BREAKS)
def test_a_character_that_breaks_a_header_is_refused_wherever_it_stands(
    a_mail: Callable[..., Mail], field: str, text: str
) -> None:
    good = getattr(a_mail(), field)
    for bad in (good + text, text + good, good[:2] + text + good[2:]):
        for make in (checked, lambda mail: letter(mail, at=AT), lambda mail: payload(mail, sandbox=False)):
            with pytest.raises(HeaderFault) as fault:
                make(a_mail(**{field: bad}))
            assert "example" not in str(fault.value), "the text of a fault goes to the log"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "@example.com",
        "ann@",
        "ann@example.com, eve@example.net",  # a second recipient
        "ann@example.com,eve@example.net",
        "ann@example.com;eve@example.net",
        "Ann <ann@example.com>",  # the sendgrid helper would take it apart
        "ann@example.com> SIZE=1",  # the end of an SMTP command
        "ann@eve@example.com",
        '"ann eve"@example.com',  # legal and unheard of
        "ann@[127.0.0.1]",
        "änn@example.com",
        "ann@exämple.com",  # must come as xn--exmple-cua.com
        "ann@example.com" + "m" * 250,
    ],
)
def test_an_address_that_is_not_one_plain_address_is_refused(a_mail: Callable[..., Mail], address: str) -> None:
    with pytest.raises(HeaderFault):
        checked(a_mail(to=address))
    with pytest.raises(HeaderFault):
        checked(a_mail(sender=address))


@pytest.mark.parametrize(
    "address", ["a@b.c", "o'neil+x.y_z-1@sub.example.com", "root@localhost", "x@xn--exmple-cua.com"]
)
def test_a_plain_address_is_taken(a_mail: Callable[..., Mail], address: str) -> None:
    assert checked(a_mail(to=address, sender=address)).to == address


@pytest.mark.parametrize(
    "link",
    [
        "",
        "javascript:alert(1)",
        "mailto:eve@example.net",
        "ftp://example.org/u",
        "https://example.org/u>, <https://example.net/",
        "https://example.org/a b",
        "https://exämple.org/",
        "https://example.org/" + "u" * 800,
    ],
)
def test_an_unsubscribe_link_that_is_not_one_plain_link_is_refused(a_mail: Callable[..., Mail], link: str) -> None:
    with pytest.raises(HeaderFault):
        checked(a_mail(unsubscribe_url=link))


@pytest.mark.parametrize("ref", ["", "../../etc/passwd", "a/b", "a b", ".", "m@x", "x" * 101, "ré"])
def test_a_ref_that_could_be_a_path_or_end_a_message_id_is_refused(a_mail: Callable[..., Mail], ref: str) -> None:
    with pytest.raises(HeaderFault):
        checked(a_mail(ref=ref))


@pytest.mark.parametrize("body", ["", "half \udc00 a pair"])
@pytest.mark.parametrize("part", ["text", "html"])
def test_a_body_that_nobody_could_send_is_refused(a_mail: Callable[..., Mail], part: str, body: str) -> None:
    with pytest.raises(ContentFault):
        checked(a_mail(**{part: body}))


@pytest.mark.parametrize(
    ("fields", "code"), [({"subject": "a\r\nBcc: b@example.net"}, "header"), ({"text": "\ud800"}, "content")]
)
def test_a_provider_answers_a_fault_with_a_receipt(
    a_mail: Callable[..., Mail], tmp_path: Path, fields: dict[str, str], code: str
) -> None:
    outbox = OutboxDirectory(tmp_path, now=lambda: AT)
    bad, good = outbox.send([a_mail(**fields), a_mail()], claim=Unguarded(), in_flight=1)
    assert (bad.outcome, bad.code) == (Outcome.REJECTED, code)
    assert good.outcome is Outcome.ACCEPTED
    assert len(list(tmp_path.iterdir())) == 1
