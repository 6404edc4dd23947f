"""A storm of provider events: repeated, out of order, split over posts, late, and among them forged ones.

Whatever the storm, the end must be that of the same events in their order, once each. The storm counts what it injects
and fails when something that it is for never happened: a harness that injects nothing proves nothing.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any

from sqlalchemy import insert, select

from models.store import Store
from models.tables import cases, invalid_addresses, messages, provider_events, services, suppressions
from tests import seed
from tests.providers import Providers
from tests.signing import SendGridKey, events_body
from vocabulary import Delivery, Stage

START = seed.ASKED_AT
_LONGEST_DELAY_S = 24 * 3600
_LATE = timedelta(hours=1)
_MOST_COPIES = 5
FORGERIES = ("unsigned", "another key", "another body", "another time", "too old", "digits moved")
CLASSES = ("repeated", "out of order", "split", "late", *(f"forged: {kind}" for kind in FORGERIES))

LIVES: dict[str, tuple[int, tuple[dict[str, Any], ...]]] = {
    "delivered": (40, ({"event": "processed"}, {"event": "delivered"})),
    "opened": (10, ({"event": "processed"}, {"event": "delivered"}, {"event": "open"}, {"event": "click"})),
    "delayed": (10, ({"event": "processed"}, {"event": "deferred"}, {"event": "deferred"}, {"event": "delivered"})),
    "dropped": (6, ({"event": "processed"}, {"event": "dropped", "reason": "Bounced Address"})),
    "bounced": (8, ({"event": "processed"}, {"event": "bounce", "type": "bounce", "status": "5.1.1"})),
    "bounced late": (6, ({"event": "processed"}, {"event": "delivered"},
                         {"event": "bounce", "status": "5.2.1", "sg_message_id": None})),
    "blocked": (6, ({"event": "processed"}, {"event": "bounce", "type": "blocked", "status": "5.7.1"})),
    "blocked, then delivered": (4, ({"event": "processed"}, {"event": "bounce", "type": "blocked"},
                                    {"event": "delivered"})),
    "called spam": (4, ({"event": "processed"}, {"event": "delivered"}, {"event": "spamreport"})),
    "unsubscribed": (3, ({"event": "processed"}, {"event": "delivered"}, {"event": "group_unsubscribe"})),
    "told in new words": (3, ({"event": "processed"}, {"event": "weighed"})),
}  # fmt: skip
"""What becomes of a mail: how many of a hundred, and what SendGrid tells of it."""
_STATES = [Delivery.ACCEPTED] * 7 + [Delivery.UNKNOWN] * 2 + [Delivery.CLAIMED]
"""Before anything is told: a receipt, none that says anything, or one that has not been written down yet."""


class NeverInjected(AssertionError):
    """The storm did not do what it is for."""


@dataclass
class Storm:
    """`injected` counts what was done; `accepted_forgeries` must stay 0."""

    mails: int
    seed: int = 1
    forged_share: float = 0.02
    injected: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    accepted_forgeries: int = 0

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        weights = [share for share, _ in LIVES.values()]
        lives = self._random.choices([*LIVES], weights, k=self.mails)
        self.events = sorted((event for mail, life in enumerate(lives, 1) for event in _life(mail, life)),
                             key=lambda event: (event["timestamp"], event["sg_event_id"]))  # fmt: skip
        self._other_key, self._forgeries = SendGridKey(), cycle(FORGERIES)

    def fill(self, store: Store) -> None:
        """A case and a survey for each mail."""
        states = Random(self.seed).choices(_STATES, k=self.mails)
        with store.write() as db:
            for number, state in enumerate(states, 1):
                taken = state is Delivery.ACCEPTED
                db.execute(insert(services), _service(number))
                db.execute(insert(cases), _case(number, START if taken else None))
                db.execute(insert(messages), _message(number, state))

    def in_order(self, providers: Providers) -> None:
        for start in range(0, len(self.events), 50):
            post = self.events[start : start + 50]
            providers.clock.now = _at(post[-1]) + timedelta(seconds=1)
            assert providers.tell(*post).status == 204

    def rage(self, providers: Providers) -> None:
        """Post every event one to five times, each copy up to a day late, and forgeries in between."""
        copies = sorted(self._copies(), key=lambda copy: copy[0])
        start, newest, posts_of = 0, START, {}
        while start < len(copies):
            post = copies[start : start + self._random.randint(1, 60)]
            start += len(post)
            providers.clock.now = post[-1][0]
            events = [event for _, event in post]
            assert providers.tell(*events).status == 204
            for at, event in post:
                newest = self._count(event, at, newest)
                posts_of.setdefault(event["ac_send"], set()).add(start)
            while self._random.random() < self.forged_share:
                self._forge(providers, events)
        self.injected["split"] = sum(len(posts) > 1 for posts in posts_of.values())

    def _copies(self) -> Iterator[tuple[datetime, dict[str, Any]]]:
        for event in self.events:
            copies = self._random.randint(1, _MOST_COPIES)
            self.injected["repeated"] += copies - 1
            for _ in range(copies):
                yield _at(event) + timedelta(seconds=1 + self._random.random() ** 4 * _LONGEST_DELAY_S), event

    def _count(self, event: dict[str, Any], at: datetime, newest: datetime) -> datetime:
        self.told[event["event"]] += 1
        self.injected["out of order"] += _at(event) < newest
        self.injected["late"] += at - _at(event) > _LATE
        return max(newest, _at(event))

    def _forge(self, providers: Providers, events: list[dict[str, Any]]) -> None:
        """A post that would change everything if it were believed."""
        kind = next(self._forgeries)
        lies = [event | {"event": "dropped", "sg_event_id": f"forged-{event['sg_event_id']}"} for event in events]
        body, now, key = events_body(lies), providers.clock.now, providers.key
        headers = key.headers(body, now)
        stamp, signature = "x-twilio-email-event-webhook-timestamp", "x-twilio-email-event-webhook-signature"
        match kind:
            case "unsigned":
                del headers[signature]
            case "another key":
                headers = self._other_key.headers(body, now)
            case "another body":
                body = body.replace(b"dropped", b"Dropped", 1)
            case "another time":
                headers[stamp] = str(int(headers[stamp]) - 1)
            case "too old":
                headers = key.headers(body, now - timedelta(hours=1))
            case "digits moved":
                headers[stamp], body = headers[stamp][:7], headers[stamp][7:].encode() + body
        reply = providers.post(b"/hooks/sendgrid/events", body, headers)
        self.injected[f"forged: {kind}"] += 1
        self.accepted_forgeries += reply.status != 401 or reply.body != b""

    def report(self) -> str:
        """What was injected; `NeverInjected` when a class or a kind of life is missing."""
        counts = {name: self.injected[name] for name in CLASSES}
        kinds = {event["event"] for _, life in LIVES.values() for event in life}
        missing = [name for name, count in counts.items() if not count] + sorted(kinds - self.told.keys())
        lines = [f"{self.told.total()} events of {len(self.events)} about {self.mails} mails", str(counts)]
        text = "\n".join([*lines, str(dict(self.told)), f"forgeries accepted: {self.accepted_forgeries}"])
        if missing:
            raise NeverInjected(f"{text}\nnever injected: {', '.join(missing)}")
        return text


def standing_of(store: Store) -> dict[str, Any]:
    """What is to be the same whatever the order: where every message, case and address stands, and every event."""
    wanted = {
        "messages": select(*(messages.c[name] for name in ("ref", "state", "code", "settled_at", "reported_at"))),
        "cases": select(*(cases.c[name] for name in ("id", "stage", "disposition", "contacted_at", "contact_channel"))),
        "events": select(*(provider_events.c[name] for name in ("event_id", "kind", "news", "message_id", "code"))),
        "invalid": select(invalid_addresses.c.address_key, invalid_addresses.c.channel, invalid_addresses.c.code),
        "suppressed": select(suppressions.c.address_key, suppressions.c.channel),
    }
    with store.read() as db:
        return {name: {tuple(row) for row in db.execute(statement)} for name, statement in wanted.items()}


def _at(event: dict[str, Any]) -> datetime:
    return START + timedelta(seconds=event["timestamp"] - START.timestamp())


def _life(mail: int, life: str) -> Iterator[dict[str, Any]]:
    begun = int(START.timestamp()) + 60 + mail % 600
    for step, told in enumerate(LIVES[life][1]):
        event = {"email": "ann@example.com", "timestamp": begun + 40 * step, "sg_event_id": f"e-{mail}-{step}",
                 "sg_message_id": f"m{mail}.recvd-1", "ac_send": f"{mail:032x}", **told}  # fmt: skip
        yield {name: value for name, value in event.items() if value is not None}


def _service(number: int) -> dict[str, Any]:
    return {"id": number, "source": "crm", "external_id": str(number), "closing": 1, "body_sha256": "",
            "received_at": START, "closed_at": START, "kind": "job completed", "department": "Heating",
            "branch": "Berlin", "region": "DE-BE", "timezone": "Europe/Berlin", "channels": "", "tags": ""}  # fmt: skip


def _case(number: int, contacted_at: datetime | None) -> dict[str, Any]:
    return {"id": number, "service_id": number, "stage": Stage.ASKED, "opened_at": START, "policy_version": "",
            "kind": "job completed", "department": "Heating", "branch": "Berlin", "region": "DE-BE",
            "timezone": "Europe/Berlin", "recipient_timezone": "Europe/Berlin", "email_key": f"key {number}",
            "preferred": 1, "ladder": "email,phone", "rung": 0, "closed_at": START, "contact_not_before_at": START,
            "contact_due_at": START, "next_at": START, "contacted_at": contacted_at, "reminders": 0,
            "contact_channel": "email" if contacted_at else None}  # fmt: skip


def _message(number: int, state: Delivery) -> dict[str, Any]:
    settled_at = None if state is Delivery.CLAIMED else START + timedelta(hours=2 * (state is Delivery.UNKNOWN))
    return {"id": number, "ref": f"{number:032x}", "key": str(number), "case_id": number, "purpose": "survey",
            "channel": "email", "note": "{}", "owed_at": START, "due_at": START, "state": state, "attempts": 1,
            "code": "202" if state is Delivery.ACCEPTED else "timeout", "settled_at": settled_at,
            "possible_duplicate": False}  # fmt: skip
