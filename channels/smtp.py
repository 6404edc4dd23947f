"""Mail through an SMTP relay: one connection for a burst, opened again when it drops."""

import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from enum import IntEnum, auto
from typing import Literal

from pydantic import SecretStr

from channels.burst import Brake, stays_here, word_for
from channels.claims import InTurn
from channels.letter import letter
from channels.protocol import Claim, Mail, MessageFault, Outcome, Receipt

UNAVAILABLE = 421
"""The relay closes the connection (RFC 5321, 3.8): nothing more will go through it now."""
AUTH_REFUSED = frozenset({530, 534, 535, 538})


class Step(IntEnum):
    """How far a mail has come. Only from `CONTENT` on may the relay have taken it."""

    OPEN = auto()
    SENDER = auto()
    RECIPIENT = auto()
    DATA = auto()
    CONTENT = auto()


def meaning(step: Step, status: int) -> Outcome:
    """What the reply `status` means at `step`, for a reply that is not the one which leads on to the next step."""
    if step is Step.CONTENT and 200 <= status < 300:
        return Outcome.ACCEPTED
    if status in AUTH_REFUSED:
        return Outcome.STOPPED
    if 500 <= status < 600:
        return Outcome.REJECTED if step >= Step.RECIPIENT else Outcome.STOPPED
    if step is Step.CONTENT and not 400 <= status < 500:
        return Outcome.UNKNOWN
    return Outcome.LATER


class Smtp:
    """Hands mails to a relay. Raises ValueError for a set-up that would show the password to the network.

    `timeout_s` bounds each wait for the relay, not a whole mail. `trust` replaces the system's certificates.
    """

    name = "smtp"

    def __init__(
        self,
        host: str,
        port: int,
        *,
        username: str | None = None,
        password: SecretStr | None = None,
        starttls: Literal["required", "off"] = "required",
        timeout_s: float,
        now: Callable[[], datetime],
        trust: ssl.SSLContext | None = None,
    ) -> None:
        if username and starttls == "off" and not stays_here(host):
            raise ValueError("the password would cross the network unencrypted: require STARTTLS")
        if not ((username or "") + (password.get_secret_value() if password else "")).isascii():
            raise ValueError("user name and password for SMTP must be ASCII")
        self._host, self._port, self._timeout_s = host, port, timeout_s
        self._username, self._password = username, password
        self._starttls, self._trust = starttls, trust
        self._now = now

    def send(self, mails: Sequence[Mail], *, claim: Claim, in_flight: int) -> list[Receipt]:
        """As in `Provider`, one mail after the other: `in_flight` means nothing here.

        No connection, a refused login, a STOPPED or a 421 ends the burst: the rest gets the same outcome untried.
        """
        brake, line, turn = Brake(), _Line(self._open), InTurn(claim)
        try:
            receipts = [turn.note(self._receipt(line, brake, mail, turn)) for mail in mails]
            turn.settle()
            return receipts
        finally:
            line.hang_up()

    def _receipt(self, line: "_Line", brake: Brake, mail: Mail, turn: InTurn) -> Receipt:
        return brake.untried(mail) or brake.note(self._deliver(line, brake, mail, turn))

    def _deliver(self, line: "_Line", brake: Brake, mail: Mail, turn: InTurn) -> Receipt:
        try:
            content = letter(mail, at=self._now())
        except MessageFault as fault:
            return Receipt(ref=mail.ref, outcome=Outcome.REJECTED, code=fault.code)
        while True:
            reused = line.is_open
            try:
                link = line.link()
                if not turn.may_go(mail):
                    return Receipt(ref=mail.ref, outcome=Outcome.WITHHELD, code="withheld")
                status = _transact(link, mail, content)
                return Receipt(ref=mail.ref, outcome=Outcome.ACCEPTED, code=str(status))
            except _Refused as refused:
                receipt = Receipt(ref=mail.ref, outcome=refused.outcome, code=refused.code)
                if refused.status == UNAVAILABLE or refused.step is Step.OPEN:
                    brake.end(receipt)
                if not (refused.is_orderly and line.reset()):
                    line.drop()
                if refused.status is None and reused and receipt.outcome is Outcome.LATER:
                    continue  # the relay had closed a connection that it no longer wanted: once more on a new one
                return receipt

    def _open(self) -> smtplib.SMTP:
        """A connection that is ready for mails. Raises `_Refused` at `Step.OPEN`."""
        try:
            link = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        except OSError as error:
            raise _Refused.by(error, Step.OPEN) from None
        try:
            if self._starttls == "required":
                self._encrypt(link)
            link.ehlo_or_helo_if_needed()
            if self._username:
                self._log_in(link, self._username)
        except OSError as error:
            link.close()
            raise _Refused.by(error, Step.OPEN) from None
        except _Refused:
            link.close()
            raise
        return link

    def _encrypt(self, link: smtplib.SMTP) -> None:
        """Raises OSError, or `_Refused` LATER when the relay does not offer STARTTLS: somebody may be in between."""
        try:
            link.starttls(context=self._trust or ssl.create_default_context())
        except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException):
            raise _Refused(Step.OPEN, Outcome.LATER, code="tls") from None

    def _log_in(self, link: smtplib.SMTP, username: str) -> None:
        try:
            link.login(username, self._password.get_secret_value() if self._password else "")
        except smtplib.SMTPNotSupportedError:
            raise _Refused(Step.OPEN, Outcome.STOPPED, code="auth") from None


class _Line:
    """The connection of one burst: there or not."""

    def __init__(self, dial: Callable[[], smtplib.SMTP]) -> None:
        self._dial = dial
        self._link: smtplib.SMTP | None = None

    @property
    def is_open(self) -> bool:
        return self._link is not None

    def link(self) -> smtplib.SMTP:
        if self._link is None:
            self._link = self._dial()
        return self._link

    def reset(self) -> bool:
        """Make the relay forget a mail that it refused; False when it cannot be asked any more."""
        try:
            return self._link is not None and self._link.rset()[0] == 250
        except OSError:
            return False

    def drop(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = None

    def hang_up(self) -> None:
        if self._link is not None:
            with suppress(OSError):  # a courtesy: every outcome is known by now
                self._link.quit()
        self.drop()


def _transact(link: smtplib.SMTP, mail: Mail, content: bytes) -> int:
    """Give one mail to the relay; the status with which it was taken. Raises `_Refused`."""
    step = Step.SENDER
    try:
        _expect(2, step, link.docmd("MAIL", f"FROM:<{mail.sender}>"))
        step = Step.RECIPIENT
        _expect(2, step, link.docmd("RCPT", f"TO:<{mail.to}>"))
        step = Step.DATA
        _expect(3, step, link.docmd("DATA"))
        step = Step.CONTENT
        link.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
        return _expect(2, step, link.getreply())
    except OSError as error:
        raise _Refused.by(error, step) from None


def _expect(hundreds: int, step: Step, reply: tuple[int, bytes]) -> int:
    status = reply[0]
    if status // 100 != hundreds:
        raise _Refused(step, meaning(step, status), code=str(status), status=status)
    return status


class _Refused(Exception):
    """The mail went no further than `step`. `status` is the relay's reply, None when there was none."""

    def __init__(self, step: Step, outcome: Outcome, *, code: str, status: int | None = None) -> None:
        super().__init__(code)
        self.step, self.outcome, self.code, self.status = step, outcome, code, status

    @property
    def is_orderly(self) -> bool:
        """Whether the relay said no in its own words and stays on the line."""
        return self.status is not None and 400 <= self.status < 600 and self.status != UNAVAILABLE

    @classmethod
    def by(cls, error: OSError, step: Step) -> "_Refused":
        """From what smtplib raised: no connection, a reply that nobody can read, or a refused greeting or login."""
        if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError | smtplib.SMTPAuthenticationError):
            return cls(step, meaning(step, error.smtp_code), code=str(error.smtp_code), status=error.smtp_code)
        outcome = Outcome.UNKNOWN if step is Step.CONTENT else Outcome.LATER
        return cls(step, outcome, code=word_for(error, otherwise="lost" if step > Step.OPEN else "connect"))
