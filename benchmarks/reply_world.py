"""A company with as many customers as there are replies: real stages, real web application, one store, our clock."""

import asyncio
import base64
import hashlib
import hmac
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
from sqlalchemy import event, select

from benchmarks import bare
from benchmarks.reply_cases import Asked, ReplyCase
from benchmarks.reply_mails import REPLY_DOMAIN, Ours, mail_fields, read_mail, read_text, said
from benchmarks.steps import WrongResult
from cli.stages import StageName
from models.answers import Said, record
from models.escalations import open_escalations, resolve
from models.inbox import receive
from models.report import ClosedService
from models.tables import cases, messages, services
from tasks.place import Place, leave_places, place
from vocabulary import Channel, Purpose
from web.app import create_app
from web.bell import Silent

CLOSED = datetime(2026, 10, 5, 7, 0, tzinfo=UTC)
"""A Monday morning, 09:00 in Berlin."""
OPENED = CLOSED + timedelta(hours=1)
ASKED = datetime(2026, 10, 5, 12, 30, tzinfo=UTC)
_REPLY_AFTER = timedelta(hours=1)
_HOURS = (7, 11, 15)
"""When the stages run on a day that is lived on: UTC, within the contact window of Berlin."""
_LIVED_ON = timedelta(days=20)
_TWILIO_SIGNS = "a token of the benchmark's"
_PARSED_AT = "b3n7c2h5m4r6k3r7e2p5l4i6e3s7f2d4"
_SMS_PATH, _MAIL_PATH = "/hooks/twilio/sms", f"/hooks/sendgrid/inbound/{_PARSED_AT}"
_STAGES = (
    StageName.SCHEDULE_CONTACT,
    StageName.SEND_SURVEY,
    StageName.AWAIT_RESPONSE,
    StageName.ESCALATE,
    StageName.DELIVER_MESSAGES,
)
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Customer:
    """Whose reply a case is, and what they were asked with."""

    case: ReplyCase
    case_id: int
    email: str
    phone: str
    ours: Ours = field(repr=False)


@contextmanager
def a_world(folder: Path) -> Iterator["World"]:
    """In a folder of its own; nothing of the caller's installation is read or written."""
    for name in [name for name in os.environ if name.startswith(("AFTERCARE_", "PREFECT_"))]:
        del os.environ[name]
    os.environ |= {
        "AFTERCARE_HOME": str(folder),
        "AFTERCARE_OPERATIONS_FILE": str(Path(__file__).with_name("operations.toml")),
        "AFTERCARE_SMS": "outbox",
        "AFTERCARE_REPLY_DOMAIN": REPLY_DOMAIN,
        "AFTERCARE_INBOUND_SECRET": _PARSED_AT,
        "AFTERCARE_TWILIO_AUTH_TOKEN": _TWILIO_SIGNS,
    }
    here = place()
    event.listen(here.store.engine, "connect", lambda made, _: made.execute("PRAGMA synchronous = OFF"))
    here.store.engine.dispose()  # nobody pulls the plug of a benchmark, so nothing has to reach the disk
    try:
        yield World(here)
    finally:
        leave_places()


class World:
    """`now` is the clock of the web application and of every stage."""

    def __init__(self, here: Place) -> None:
        self.here = here
        self.now = OPENED
        self.refused: dict[int, int] = {}
        """Status codes by case, of posts that were not taken."""
        self.company = here.policy.rules.company.name
        self._work = bare.work_of(here)
        self._app = create_app(here.settings, here.store, lambda: self.now, Silent())

    def ask(self, replies: Sequence[ReplyCase], asked: Asked) -> list[Customer]:
        """Each case's customer is served and asked; for the recovery question, they are unhappy first."""
        self._serve(replies)
        self._sweep(OPENED)
        self._sweep(ASKED)
        if asked is Asked.RECOVERY:
            self._ask_whether_it_was_put_right()
        elif asked is Asked.OVER:
            self.live_on(ASKED + _LIVED_ON)
            self._work[StageName.DOCUMENT](self.now)
        purpose = Purpose.RECOVERY_SURVEY if asked is Asked.RECOVERY else Purpose.SURVEY
        customers = list(self._customers(replies, purpose))
        self.now += _REPLY_AFTER
        return customers

    def reply(self, customers: Sequence[Customer]) -> None:
        """Every customer's reply comes in through its hook; then the stages run once."""
        asyncio.run(self._post_all(customers))
        self._sweep(self.now + timedelta(minutes=1))

    def live_on(self, until: datetime | None = None) -> None:
        """Twenty days pass, or the time until then; nobody reads or does anything."""
        until = until or self.now + _LIVED_ON
        day = self.now.replace(hour=0, minute=0, second=0)
        while day < until:
            for hour in _HOURS:
                if self.now < day + timedelta(hours=hour) < until:
                    self._sweep(day + timedelta(hours=hour))
            day += timedelta(days=1)

    def _sweep(self, at: datetime) -> None:
        self.now = at
        for stage in _STAGES:
            self._work[stage](at)

    def _serve(self, replies: Sequence[ReplyCase]) -> None:
        reports = [_report(number, case) for number, case in enumerate(replies)]
        for first in range(0, len(reports), _CHUNK):
            with self.here.store.write() as db:
                faults = receive(db, reports[first : first + _CHUNK], at=OPENED).faults
            if faults:
                raise WrongResult(f"the services were not taken: {faults[0]}")

    def _ask_whether_it_was_put_right(self) -> None:
        """A low rating, which is a concern; it is resolved a day later; two days later we ask."""
        rules = self.here.policy.rules
        with self.here.store.write() as db:
            ids = list(db.execute(select(cases.c.id)).scalars())
            for case_id in ids:
                low = Said(nonce=f"low {case_id}", channel=Channel.EMAIL, rating=1, comment=None, contact_me=False)
                record(db, case_id, low, at=self.now, change_for=timedelta(hours=rules.survey.change_hours))
        self._sweep(self.now + timedelta(minutes=10))
        self.now += timedelta(days=1)
        with self.here.store.write() as db:
            for concern in open_escalations(db, ids).values():
                resolve(
                    db,
                    concern.id,
                    by="Petra Lindqvist",
                    root_cause=rules.escalation.root_causes[0],
                    action="The valve was replaced.",
                    known_causes=rules.escalation.root_causes,
                    ask_after=timedelta(hours=rules.escalation.recovery_hours),
                    at=self.now,
                )
        self._sweep(self.now + timedelta(hours=rules.escalation.recovery_hours, minutes=10))

    def _customers(self, replies: Sequence[ReplyCase], purpose: Purpose) -> Iterator[Customer]:
        sent = (
            select(services.c.external_id, messages.c.case_id, messages.c.channel, messages.c.provider_id)
            .join_from(messages, cases, cases.c.id == messages.c.case_id)
            .join(services, services.c.id == cases.c.service_id)
            .where(messages.c.purpose == purpose, messages.c.provider_id.is_not(None))
        )
        with self.here.store.read() as db:
            found = {(row.external_id, row.channel): row for row in db.execute(sent)}
        for number, case in enumerate(replies):
            row = found.get((f"reply-{number}", case.channel))
            if row is None:
                raise WrongResult(f"{case.name}: its customer was not sent the {purpose} by {case.channel}")
            file = self.here.settings.outbox / row.provider_id
            ours = read_mail(file) if case.channel is Channel.EMAIL else read_text(file)
            yield Customer(case, row.case_id, _email(number), _phone(number), ours)

    async def _post_all(self, customers: Sequence[Customer]) -> None:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            for number, customer in enumerate(customers, 1):
                answer = await self._post(client, number, customer)
                if answer.status_code != 200:
                    self.refused[customer.case_id] = answer.status_code

    async def _post(self, client: httpx.AsyncClient, number: int, customer: Customer) -> httpx.Response:
        case = customer.case
        if case.channel is Channel.EMAIL:
            fields = mail_fields(case, customer.ours, self.company, number, customer.email)
            return await client.post(_MAIL_PATH, files=[(name, (None, value)) for name, value in fields.items()])
        form = {
            "MessageSid": f"SM{number:032x}",
            "From": customer.phone,
            "To": "+4915112345678",
            "Body": said(case, customer.ours, self.company),
            "AccountSid": f"AC{1:032x}",
        }
        signed = _signature(self.here.settings.web_url + _SMS_PATH, form)
        headers = {"x-twilio-signature": signed, "content-type": "application/x-www-form-urlencoded"}
        return await client.post(_SMS_PATH, content=urlencode(form), headers=headers)


def _report(number: int, case: ReplyCase) -> ClosedService:
    return ClosedService.model_validate(
        {
            "source": "field",
            "external_id": f"reply-{number}",
            "closed_at": CLOSED,
            "kind": "job completed",
            "department": "Heating",
            "branch": "Berlin",
            "region": "DE-BE",
            "timezone": "Europe/Berlin",
            "customer_name": "Ann Example",
            "email": _email(number),
            "phone": _phone(number),
            "language": case.language,
            "channels": [case.channel, Channel.SMS if case.channel is Channel.EMAIL else Channel.EMAIL],
            "contact_basis": "existing customer",
        }
    )


def _email(number: int) -> str:
    return f"ann.{number}@example.com"


def _phone(number: int) -> str:
    """A mobile number of Germany's plan."""
    return f"+491511{2_000_000 + number}"


def _signature(url: str, form: dict[str, str]) -> str:
    """As Twilio signs, made independently of our verifier."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(_TWILIO_SIGNS.encode(), text.encode(), hashlib.sha1).digest()).decode()
