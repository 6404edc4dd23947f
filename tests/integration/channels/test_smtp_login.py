"""SMTP with STARTTLS and a password: shown to nobody but the relay, and only when that can be checked."""

import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Literal

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from channels.claims import Unguarded
from channels.protocol import Mail, Outcome
from channels.smtp import Smtp
from tests.integration.channels.desk import Desk
from tests.integration.channels.faulty_server import PATIENCE_S

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def smtp(port: int, starttls: Literal["required", "off"] = "off", **options: Any) -> Smtp:
    return Smtp("127.0.0.1", port, starttls=starttls, timeout_s=PATIENCE_S, now=lambda: NOW, **options)


@pytest.fixture
def mails(mails: list[Mail]) -> list[Mail]:
    return mails[:4]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 and its key in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = tmp_path_factory.mktemp("tls") / "relay.pem"
    path.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    return path


@pytest.fixture
def tls(certificate: Path) -> dict[str, Any]:
    """Options of a relay that offers STARTTLS and asks for the password "right" of the user "care"."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    def check(server: Any, session: Any, envelope: Any, mechanism: str, login: LoginPassword) -> AuthResult:
        assert threading.current_thread() is not threading.main_thread()
        return AuthResult(success=login == LoginPassword(b"care", b"right"), handled=False)

    return {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": check}


def test_a_password_goes_over_a_checked_and_encrypted_connection(
    mails: list[Mail], relay: Callable[..., tuple[Desk, int]], tls: dict[str, Any], certificate: Path
) -> None:
    desk, port = relay(**tls)
    trust = ssl.create_default_context(cafile=str(certificate))
    provider = smtp(port, "required", username="care", password=SecretStr("right"), trust=trust)
    receipts = provider.send(mails, claim=Unguarded(), in_flight=1)
    assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED}
    assert len(desk.taken) == 4
    assert "right" not in repr(provider) + str(vars(provider))


def test_a_refused_password_stops_the_channel(
    mails: list[Mail], relay: Callable[..., tuple[Desk, int]], tls: dict[str, Any], certificate: Path
) -> None:
    desk, port = relay(**tls)
    trust = ssl.create_default_context(cafile=str(certificate))
    provider = smtp(port, "required", username="care", password=SecretStr("wrong"), trust=trust)
    receipts = provider.send(mails, claim=Unguarded(), in_flight=1)
    assert {(receipt.outcome, receipt.code) for receipt in receipts} == {(Outcome.STOPPED, "535")}
    assert (desk.connections, desk.taken) == (2, []), "EHLO before and after STARTTLS of one connection"


def test_a_certificate_that_nobody_vouches_for_is_later(
    mails: list[Mail], relay: Callable[..., tuple[Desk, int]], tls: dict[str, Any]
) -> None:
    desk, port = relay(**tls)
    receipts = smtp(port, "required").send(mails, claim=Unguarded(), in_flight=1)
    assert {(receipt.outcome, receipt.code) for receipt in receipts} == {(Outcome.LATER, "tls")}
    assert desk.seen == []


def test_a_relay_without_starttls_gets_nothing_when_it_is_required(
    mails: list[Mail], relay: Callable[..., tuple[Desk, int]]
) -> None:
    desk, port = relay()
    receipts = smtp(port, "required").send(mails, claim=Unguarded(), in_flight=1)
    assert {(receipt.outcome, receipt.code) for receipt in receipts} == {(Outcome.LATER, "tls")}
    assert (desk.connections, desk.seen) == (1, []), "one try for the burst"


def test_a_relay_without_login_stops_the_channel_when_there_is_a_user(
    mails: list[Mail], relay: Callable[..., tuple[Desk, int]]
) -> None:
    desk, port = relay()
    receipts = smtp(port, username="care", password=SecretStr("x")).send(mails, claim=Unguarded(), in_flight=1)
    assert {(receipt.outcome, receipt.code) for receipt in receipts} == {(Outcome.STOPPED, "auth")}
    assert desk.seen == []


def test_a_set_up_that_would_show_the_password_is_refused() -> None:
    with pytest.raises(ValueError, match="unencrypted"):
        Smtp("smtp.example.com", 25, username="care", starttls="off", timeout_s=1, now=lambda: NOW)
    with pytest.raises(ValueError, match="ASCII") as fault:
        Smtp("smtp.example.com", 587, username="care", password=SecretStr("pässwort"), timeout_s=1, now=lambda: NOW)
    assert "sswort" not in str(fault.value)
