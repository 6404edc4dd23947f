"""Days of a company that runs Aftercare: services are reported, time passes, customers answer, people do their work.

Everything is real but the clock: the store, the tasks, the mails in the outbox folder with their links.
"""

import email
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy as email_policy
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select

from casework.call_script import call_script
from casework.calling import report_call
from models.alarms import due_alarms
from models.answers import Said, open_link, record
from models.calls import CallReport
from models.due import due_cases, due_escalations, due_replies, open_calls, unjudged_cases, waiting_services
from models.escalations import acknowledge, resolve
from models.failures import lost_messages
from models.following import followers
from models.inbox import receive, reopen
from models.optouts import opt_out
from models.report import ClosedService, ReopenedService
from models.tables import alarms, calls, cases, entries, escalations, messages, replies, services
from tasks.alarms import pass_dangers_on
from tasks.ask import owe_surveys
from tasks.concerns import judge_answers
from tasks.following import follow_attached
from tasks.ladder import work_ladder
from tasks.look_up import look_up_unknown
from tasks.open_cases import cancel_reopened, open_cases
from tasks.outbox import claim_batch, send_claimed, tidy_outbox
from tasks.place import Place, place
from tasks.records import check_records
from tasks.silence import settle_silence
from tasks.tally import Tally
from tasks.undelivered import follow_failures, unknown_wait
from tasks.unread import warn_of_replies
from vocabulary import CallOutcome, Channel, Delivery, Event, LinkPurpose, Purpose, Stage

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
ANSWERABLE = (LinkPurpose.SURVEY, LinkPurpose.RECOVERY)


def berlin(text: str) -> datetime:
    """An instant by the clocks of Berlin, in UTC: `berlin("2026-10-05 10:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@dataclass(frozen=True)
class Letter:
    """A mail as its reader has it."""

    row: Row[Any] = field(repr=False)
    """Of the message."""
    at: datetime
    to: str
    text: str = field(repr=False)

    @property
    def purpose(self) -> str:
        return str(self.row.purpose)

    def token(self, page: str) -> str:
        """Of the first link to a page of ours: "s" for the survey, "u" for the opt-out."""
        found = re.search(rf"/{page}/([a-z2-7]{{32}})", self.text)
        assert found, f"no link /{page}/ in:\n{self.text}"
        return found[1]


@dataclass
class Days:
    """`lag`: how late a sweep comes after what it is for."""

    now: datetime
    lag: timedelta = timedelta(minutes=1)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def here(self) -> Place:
        return place()

    def script(self, call_id: int) -> str:
        """What is to be said on a call."""
        with self.here.store.read() as db:
            return call_script(db, call_id, self.now, offered=self.here.policy.rules.languages)

    # What the source system says.

    def report(self, external_id: str = "J-1", *, closed: datetime | None = None, **more: Any) -> None:
        """A service was closed in Berlin, now or at `closed`, and is reported now."""
        told: dict[str, Any] = {
            "source": "crm", "external_id": external_id, "closed_at": closed or self.now, "kind": "job completed",
            "department": "Heating", "branch": "Berlin", "region": "DE-BE", "timezone": "Europe/Berlin",
            "customer_name": "Ann Example", "contact_basis": "consent", "email": "ann@example.com", "channels": "email",
        }  # fmt: skip
        self.receive([ClosedService(**(told | more))])

    def receive(self, reports: Sequence[ClosedService]) -> None:
        with self.here.store.write() as db:
            assert receive(db, reports, at=self.now).faults == ()

    def report_reopened(self, external_id: str = "J-1") -> None:
        with self.here.store.write() as db:
            reopen(db, ReopenedService(source="crm", external_id=external_id, reopened_at=self.now))

    # Time.

    def sweep(self) -> Tally:
        """Every stage once, at this instant, in the order of the procedure."""
        tally = Tally(cancel_reopened.fn(self.now)) + self.open_and_ask()
        tally += self._work(settle_silence, due_cases, Stage.ASKED)
        tally += self._work(judge_answers, unjudged_cases)
        for batch in lost_messages(self.here.store, self.now, wait=unknown_wait(), size=500):
            tally += follow_failures.fn(batch, self.now)
        tally += self._work(work_ladder, due_escalations) + self._work(pass_dangers_on, due_alarms)
        tally += self._work(warn_of_replies, due_replies)
        tally += self._work(follow_attached, lambda store, _now, size: followers(store, size=size))
        return tally + self.deliver() + self._work(check_records, due_cases, Stage.ENDED)

    def open_and_ask(self) -> Tally:
        """Cases are opened and messages owed; nothing is sent yet."""
        return self._work(open_cases, waiting_services) + self._work(owe_surveys, due_cases, Stage.PLANNED)

    def _work(self, task: Any, find: Callable[..., Iterator[list[int]]], *of: Stage) -> Tally:
        tally = Tally()
        for batch in find(self.here.store, *of, self.now, size=self.here.policy.rules.batches.size):
            tally += task.fn(batch, self.now)
        return tally

    def deadlines_first(self) -> None:
        """The ladder is worked before the answers that came in meanwhile are judged: stages may overtake each other."""
        for batch in due_escalations(self.here.store, self.now, size=500):
            work_ladder.fn(batch, self.now)

    def deliver(self) -> Tally:
        """What is unknown is asked for; then the outbox is tidied and emptied, batch by batch."""
        tally = look_up_unknown.fn(self.now) + tidy_outbox.fn(self.now)
        while (owner := claim_batch.fn(self.now)) is not None:
            tally += send_claimed.fn(owner, self.now)
        return tally

    def live(
        self, until: datetime | None = None, meanwhile: Callable[[], None] = lambda: None, **length: float
    ) -> None:
        """Time passes from one date on which something happens to the next; after each, people do what they do.

        What a sweep leaves although it is due waits for something else: it is tried again, ever more seldom.
        """
        until, blocked = until or self.now + timedelta(**length), self.lag / 2
        while True:
            self.sweep()
            meanwhile()
            coming = self._next_date()
            if coming is None or coming >= until:
                break
            blocked = min(2 * blocked, HOUR) if coming <= self.now else self.lag
            self.now = max(coming, self.now) + blocked
        self.now = max(self.now, until)
        self.sweep()

    def _next_date(self) -> datetime | None:
        queries = (
            select(func.min(services.c.closed_at)).where(services.c.taken_at.is_(None)),
            select(func.min(cases.c.next_at)).where(cases.c.stage.in_([Stage.PLANNED, Stage.ASKED, Stage.ENDED])),
            select(func.min(cases.c.judge_at)),
            select(func.min(escalations.c.next_at)),
            select(func.min(alarms.c.next_at)),
            select(func.min(replies.c.next_at)).where(replies.c.settled_at.is_(None)),
            select(func.min(messages.c.due_at)).where(messages.c.state == Delivery.DUE),
            select(func.min(messages.c.lease_until)).where(messages.c.state == Delivery.CLAIMED),
        )
        wait = timedelta(minutes=self.here.policy.rules.batches.unknown_minutes)
        parked = select(func.min(messages.c.settled_at)).where(messages.c.state == Delivery.UNKNOWN)
        with self.here.store.read() as db:
            found = [db.execute(query).scalar() for query in queries]
            silent = db.execute(parked.where(messages.c.settled_at > self.now - wait)).scalar()
        return min((at for at in (*found, silent and silent + wait) if at), default=None)

    # What customers do.

    def letters(self, purpose: Purpose | None = None, to: str | None = None) -> list[Letter]:
        """What lies in the outbox folder, oldest first."""
        with self.here.store.read() as db:
            rows = {row.ref: row for row in db.execute(select(messages))}
        found = [
            Letter(rows[path.stem.partition("-")[2]], *_read(path)) for path in self.here.settings.outbox.glob("*.eml")
        ]
        found.sort(key=lambda mail: (mail.at, mail.row.id))
        return [mail for mail in found if purpose in (None, mail.purpose) and to in (None, mail.to)]

    def answer(self, letter: Letter, rating: int | None = None, comment: str | None = None, **more: Any) -> bool:
        """Through the link of the mail, as the survey page does it. False when the link is not good any more."""
        nonce = f"n{next(self._numbers)}"
        more = {"contact_me": False} | more
        with self.here.store.write() as db:
            link = open_link(db, letter.token("s"), ANSWERABLE, self.now, hold=True)
            if link is None:
                return False
            said = Said(nonce=nonce, channel=Channel(link.channel), rating=rating, comment=comment, **more)
            hours = timedelta(hours=self.here.policy.rules.survey.change_hours)
            record(db, link.case_id, said, at=self.now, change_for=hours, escalation_id=link.escalation_id)
        return True

    def opt_out(self, letter: Letter) -> None:
        with self.here.store.write() as db:
            link = open_link(db, letter.token("u"), [LinkPurpose.UNSUBSCRIBE], self.now)
            assert link is not None
            opt_out(db, link.case_id, at=self.now, source="link in a mail")

    # What staff do.

    def calls(self) -> Sequence[Row[Any]]:
        """The list of calls to be made now."""
        with self.here.store.read() as db:
            return open_calls(db, self.now)

    def call(self, outcome: CallOutcome, call_id: int | None = None, **said: Any) -> None:
        """The most urgent call of the list was made, or that one."""
        with self.here.store.write() as db:
            number = call_id or open_calls(db, self.now)[0].id
            report = CallReport(outcome=outcome, by="Tim Caller", **said)
            report_call(db, number, report, in_force=self.here.policy.rules, at=self.now)

    def acknowledge(self, escalation_id: int = 1) -> None:
        with self.here.store.write() as db:
            acknowledge(db, escalation_id, by="Petra Lindqvist", at=self.now)

    def resolve(
        self, escalation_id: int = 1, cause: str = "workmanship", action: str = "The valve was replaced."
    ) -> None:
        rules = self.here.policy.rules.escalation
        wait, known = timedelta(hours=rules.recovery_hours), rules.root_causes
        with self.here.store.write() as db:
            resolve(db, escalation_id, by="Petra Lindqvist", root_cause=cause, action=action, known_causes=known,
                    ask_after=wait, at=self.now)  # fmt: skip

    # What the store knows.

    def case(self, case_id: int = 1) -> Row[Any]:
        return next(row for row in self.rows(cases) if row.id == case_id)

    def escalation(self, escalation_id: int = 1) -> Row[Any]:
        return next(row for row in self.rows(escalations) if row.id == escalation_id)

    def entries(self, event: Event | None = None, case_id: int | None = None) -> list[Row[Any]]:
        return [row for row in self.rows(entries) if event in (None, row.event) and case_id in (None, row.case_id)]

    def rows(self, table: Any) -> list[Row[Any]]:
        with self.here.store.read() as db:
            return list(db.execute(select(table).order_by(*table.primary_key.columns)))

    def calls_made(self) -> list[Row[Any]]:
        return [call for call in self.rows(calls) if call.done_at is not None]


@cache
def _read(path: Path) -> tuple[datetime, str, str]:
    """When it was sent, to whom, and its text."""
    mail = email.message_from_bytes(path.read_bytes(), policy=email_policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    at = datetime.strptime(path.name.partition("-")[0], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    return at, mail["To"].addresses[0].addr_spec, body.get_content()
