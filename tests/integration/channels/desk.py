"""The handler of a real relay that takes mails, or refuses and drops as the test says."""

from asyncio import WriteTransport
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session

DROP = "drop"
OK = "250 OK"


@dataclass
class Desk:
    """The relay's handler: takes mails, or does what `faults` says for the n-th MAIL, RCPT or DATA (content)."""

    faults: dict[tuple[str, int], str] = field(default_factory=dict)
    taken: list[Envelope] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    """The faults that really happened."""
    connections: int = 0

    async def ehlo(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def mail(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        reply = self._reply(server, "MAIL")
        if reply == OK:
            envelope.mail_from = address
        return reply

    async def rcpt(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        reply = self._reply(server, "RCPT")
        if reply == OK:
            envelope.rcpt_tos.append(address)
        return reply

    async def data(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        reply = self._reply(server, "DATA")
        if reply in (OK, DROP):
            self.taken.append(envelope)
        return reply

    handle_EHLO, handle_MAIL, handle_RCPT, handle_DATA = ehlo, mail, rcpt, data  # noqa: N815 - aiosmtpd's names

    def _reply(self, server: SMTP, verb: str) -> str:
        self.seen.append(verb)
        fault = self.faults.get((verb, self.seen.count(verb)))
        if fault is None:
            return OK
        self.done.append(fault)
        if fault == DROP:
            transport = server.transport
            assert isinstance(transport, WriteTransport)
            transport.abort()
        return fault
