"""Posts to an address that somebody has set: what each answer means, and that nothing leads anywhere else."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook as Reference
from standardwebhooks.webhooks import WebhookVerificationError

import channels.pinned
from channels.claims import Unguarded
from channels.pinned import LOOK_UP_S, REQUEST_S, Pinned
from channels.protocol import Outcome, Receipt, Word
from channels.slack import Slack
from channels.webhook import Webhook
from config.targets import key_of
from tests.integration.channels.faulty_server import PATIENCE_S, Answer, Ending, FaultyServer
from tests.outbound import unhurried

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "QUJD" * 8
NAME = "receiver.example.com"
Serve = Callable[..., FaultyServer]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is waited for however busy the machine is, except where a limit is what the test is about."""
    unhurried(monkeypatch)


def words(many: int = 1) -> list[Word]:
    return [Word(ref=f"msg_{number}", event="escalation.opened", at=NOW, about={"escalation": number, "case": 7},
                 url="https://care.example.com/console/concerns/3") for number in range(many)]  # fmt: skip


def post(address: str, **more: object) -> Pinned:
    return Pinned(address=address, **({"loopback": True, "now": lambda: NOW} | more))  # type: ignore[arg-type]


def send(through: Webhook | Slack, many: int = 1) -> list[Receipt]:
    return through.send(words(many), claim=Unguarded(), in_flight=40)


def webhook(address: str, *secrets: str, **more: object) -> Webhook:
    return Webhook(post(address, **more), [key_of(SecretStr(secret)) for secret in secrets or (SECRET,)])


def said(status: str, *headers: str, body: bytes = b"") -> Answer:
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""])
    return Answer(head.encode() + body)


def parts(request: bytes) -> tuple[dict[str, str], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    pairs = (line.partition(":") for line in head.decode().split("\r\n")[1:])
    return {name.lower(): value.strip() for name, _, value in pairs}, body


def test_the_reference_library_knows_our_signature(serve: Serve):
    server, now = serve(said("204 No Content")), datetime.now(UTC)  # it refuses what is older than five minutes
    assert send(webhook(f"{server.url}/in?token=1", now=lambda: now))[0].outcome is Outcome.ACCEPTED
    headers, body = parts(server.stop().requests[0])
    told = Reference(SECRET).verify(body.decode(), headers)
    assert told == json.loads(body)
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_0", str(int(now.timestamp())))
    assert headers["content-type"] == "application/json"
    assert server.requests[0].startswith(b"POST /in?token=1 HTTP/1.1\r\n")
    with pytest.raises(WebhookVerificationError):
        Reference(SECRET).verify(body.decode() + " ", headers)
    with pytest.raises(WebhookVerificationError):
        Reference(OTHER).verify(body.decode(), headers)


def test_two_secrets_sign_both_while_a_receiver_changes(serve: Serve):
    server = serve(said("200 OK"))
    send(webhook(server.url, SECRET, OTHER, now=lambda: datetime.now(UTC)))
    headers, body = parts(server.stop().requests[0])
    assert Reference(SECRET).verify(body.decode(), headers) == Reference(OTHER).verify(body.decode(), headers)


def test_a_room_is_given_text_and_nothing_else(serve: Serve):
    server = serve(said("200 OK", body=b"ok"))
    receipts = send(Slack(post(f"{server.url}/services/T0/B0/x")), many=3)
    assert [receipt.outcome for receipt in receipts] == [Outcome.ACCEPTED] * 3
    headers, body = parts(server.stop().requests[0])
    assert json.loads(body).keys() == {"text"}
    assert not [name for name in headers if name.startswith("webhook-")]
    assert server.busiest == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        (said("200 OK"), Outcome.ACCEPTED, "200"),
        (said("202 Accepted", body=b"\0\xff<?"), Outcome.ACCEPTED, "202"),
        (said("204 No Content"), Outcome.ACCEPTED, "204"),
        (said("200 OK", body=b"x" * 1_000_000), Outcome.ACCEPTED, "200"),  # of a huge answer the status is enough
        (said("301 Moved", "Location: https://other.example.com/"), Outcome.LATER, "redirect"),
        (said("307 Temporary Redirect", "Location: /there"), Outcome.LATER, "redirect"),
        (said("400 Bad Request"), Outcome.LATER, "400"),
        (said("401 Unauthorized"), Outcome.STOPPED, "401"),
        (said("403 Forbidden"), Outcome.STOPPED, "403"),
        (said("404 Not Found"), Outcome.STOPPED, "404"),
        (said("409 Conflict"), Outcome.LATER, "409"),
        (said("410 Gone"), Outcome.REJECTED, "410"),
        (said("413 Content Too Large"), Outcome.LATER, "413"),
        (said("429 Too Many Requests"), Outcome.LATER, "429"),
        (said("500 Internal Server Error"), Outcome.UNKNOWN, "500"),
        (said("503 Service Unavailable"), Outcome.UNKNOWN, "503"),
        (Answer(b"HTTP/1.1 20", Ending.CLOSE), Outcome.UNKNOWN, "lost"),
        (Answer(b"", Ending.CLOSE), Outcome.UNKNOWN, "lost"),
        (Answer(b"", Ending.RESET), Outcome.UNKNOWN, "lost"),
        (Answer(b"no HTTP\r\n\r\n", Ending.CLOSE), Outcome.UNKNOWN, "lost"),
    ],
    ids=lambda value: value.data[:40].decode("latin-1").strip() if isinstance(value, Answer) else None,
)
def test_what_an_answer_means(serve: Serve, answer: Answer, outcome: Outcome, code: str):
    server = serve(answer)
    receipt = send(webhook(server.url))[0]
    assert (receipt.outcome, receipt.code) == (outcome, code)
    assert len(server.stop().requests) == 1


@pytest.mark.parametrize("ending", [Ending.HANG, Ending.DRIP])
def test_nobody_keeps_us_longer_than_five_seconds(serve: Serve, ending: Ending, monkeypatch: pytest.MonkeyPatch):
    assert LOOK_UP_S + REQUEST_S <= 5
    monkeypatch.setattr(channels.pinned, "REQUEST_S", REQUEST_S)
    server = serve(Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" if ending is Ending.DRIP else b"", ending))
    receipt = send(webhook(server.url))[0]  # which would not come back at all if it waited for the receiver
    assert (receipt.outcome, receipt.code) == (Outcome.UNKNOWN, "timeout")
    assert server.stop().done == [ending]


def test_a_resolver_that_says_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(channels.pinned, "LOOK_UP_S", LOOK_UP_S)
    asked = threading.Event()
    receipt = send(webhook(f"https://{NAME}/", resolve=lambda _host, _port: [str(asked.wait(PATIENCE_S))]))[0]
    asked.set()
    assert (receipt.outcome, receipt.code) == (Outcome.STOPPED, "timeout")


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("Retry-After: 90", timedelta(seconds=90)),
        ("Retry-After: 999999", timedelta(hours=1)),
        (f"Retry-After: {NOW + timedelta(minutes=7):%a, %d %b %Y %H:%M:%S} GMT", timedelta(minutes=7)),
        ("Retry-After: soon", None),
        ("Retry-After: Mon, 99 Foo 2026 99:99:99 GMT", None),
        ("X-Other: 1", None),
    ],
    ids=["seconds", "too many seconds", "a date", "a word", "no date", "another header"],
)
def test_a_busy_receiver_s_own_time_is_kept(serve: Serve, header: str, wait: timedelta | None):
    server = serve(said("429 Too Many Requests", header))
    receipts = send(Slack(post(server.url)), many=5)
    assert {receipt.retry_at for receipt in receipts} == {wait and NOW + wait}
    assert len(server.stop().requests) == (5 if wait is None else 1)


def test_a_receiver_that_breaks_ten_times_in_a_row_is_left_alone(serve: Serve):
    server = serve(said("500 Internal Server Error"))
    receipts = send(webhook(server.url), many=25)
    assert len(server.stop().requests) < 15
    assert receipts[-1].code == "untried"


def test_a_redirect_is_never_followed_and_a_proxy_of_the_environment_gets_nothing(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
):
    stranger = serve(said("200 OK"))
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(variable, stranger.url)
    server = serve(said("302 Found", f"Location: {stranger.url}/"))
    assert send(webhook(server.url))[0].code == "redirect"
    assert stranger.stop().connections == 0


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"], ["10.0.0.5"], ["169.254.169.254"], ["::1"], ["::ffff:10.0.0.1"], ["64:ff9b::a00:1"],
        ["93.184.215.14", "10.0.0.5"],  # one of several is enough: another look might give that
        ["93.184.215.14", "::1"], ["no address"], ["fe80::1%eth0"],
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_is_not_connected_to(found: Sequence[str]):
    through = webhook(f"https://{NAME}/", loopback=False, resolve=lambda _host, _port: found)
    receipt = send(through)[0]
    assert (receipt.outcome, receipt.code) == (Outcome.STOPPED, "private address")


def test_a_name_that_leads_nowhere_stops_the_target():
    def nowhere(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    for resolve in (nowhere, lambda _host, _port: []):
        receipt = send(webhook(f"https://{NAME}/", resolve=resolve))[0]
        assert (receipt.outcome, receipt.code) == (Outcome.STOPPED, "dns")


@dataclass
class Rebinding:
    """A resolver in the hands of an attacker: this machine at first, as the test allows it, then somebody else's."""

    then: str
    asked: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return ["127.0.0.1"] if len(self.asked) == 1 else [self.then]


@contextmanager
def tls_receiver(folder: Path) -> Iterator[tuple[int, ssl.SSLContext, list[tuple[str | None, bytes]]]]:
    """A receiver with a certificate for `NAME`: its port, who trusts it, and what it saw: SNI and request."""
    key, seen, now = ec.generate_private_key(ec.SECP256R1()), [], datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    trust = ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())

    def serve(listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return  # closed: the test is over
            try:
                with context.wrap_socket(connection, server_side=True) as line:
                    request = b""
                    while not request.endswith(b"}"):  # whole, or closing would reset what we have answered
                        request += line.recv(65536) or b"}"
                    seen.append((names[-1], request))
                    line.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            except OSError:
                seen.append((names[-1] if names else None, b""))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield int(listening.getsockname()[1]), trust, seen
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def on_port(port: int, through: Pinned) -> Pinned:
    """The settings allow 443 only; the receiver of a test has another port."""
    object.__setattr__(through, "_url", through._url.copy_with(port=port))
    return through


def test_the_name_is_looked_up_once_and_certificate_and_host_are_the_name_s(tmp_path: Path):
    resolver = Rebinding(then="10.0.0.5")
    with tls_receiver(tmp_path) as (port, trust, seen):
        through = on_port(port, post(f"https://{NAME}/in", resolve=resolver, trust=trust))
        receipts = Webhook(through, [b"k" * 32]).send(words(3), claim=Unguarded(), in_flight=1)
    assert [receipt.outcome for receipt in receipts] == [Outcome.ACCEPTED] * 3
    assert resolver.asked == [(NAME, port)]
    assert {name for name, _ in seen} == {NAME}
    assert all(f"\r\nHost: {NAME}:{port}\r\n".encode() in request for _, request in seen)


def test_a_certificate_for_another_name_is_refused_before_anything_is_said(tmp_path: Path):
    with tls_receiver(tmp_path) as (port, trust, seen):
        through = on_port(port, post("https://other.example.com/in", resolve=lambda *_: ["127.0.0.1"], trust=trust))
        [receipt] = Webhook(through, [b"k" * 32]).send(words(), claim=Unguarded(), in_flight=1)
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "tls")
    assert b"" in {request for _, request in seen}
    assert len(seen) == 1
