"""The story that every variant lives through: who is served, when, and what they answer. The same for every run."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from models.answers import Said
from vocabulary import Channel

CLOSED = datetime(2026, 10, 5, 7, 0, tzinfo=UTC)
"""A Monday morning; services are closed during the hour that begins here."""
SCHEDULED = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)
ASKED = datetime(2026, 10, 5, 12, 30, tzinfo=UTC)
"""After the pause of four business hours, in the customers' contact window."""
ANSWERED = datetime(2026, 10, 5, 13, 0, tzinfo=UTC)
JUDGED = datetime(2026, 10, 5, 13, 30, tzinfo=UTC)
DOCUMENTED = datetime(2026, 10, 9, 9, 0, tzinfo=UTC)
"""When no answer may be changed any more."""

_SECONDS = 3600
_BRANCHES = (
    ("Berlin", "DE-BE", "Europe/Berlin"),
    ("Munich", "DE-BY", "Europe/Berlin"),
    ("Vienna", "AT-9", "Europe/Vienna"),
    ("Milan", "IT-MI", "Europe/Rome"),
)
_DEPARTMENTS = ("Heating", "Plumbing", "Electrical")
_KINDS = ("job completed", "ticket resolved", "order delivered")
_RATINGS = (5, 4, 5, 3, 5)
_COMMENTS = ("Quick and friendly, thank you.", None, None, "On time and very clean work.", None)
CONCERN_EVERY = 20
"""One answer in so many is a concern."""


def reports(first: int, count: int) -> Iterator[dict[str, object]]:
    """Closed services as a source system reports them, made one by one so that their number costs no memory."""
    for number in range(first, first + count):
        branch, region, zone = _BRANCHES[number % len(_BRANCHES)]
        yield {
            "source": "field-service",
            "external_id": f"job-{number}",
            "closed_at": (CLOSED + timedelta(seconds=number % _SECONDS)).isoformat(),
            "kind": _KINDS[number % len(_KINDS)],
            "department": _DEPARTMENTS[number % len(_DEPARTMENTS)],
            "branch": branch,
            "region": region,
            "timezone": zone,
            "agent": f"agent {number % 40}",
            "customer_ref": f"C-{number}",
            "customer_name": f"Alex Example {number}",
            "email": f"customer{number}@mail{number % 50}.example.com",
            "phone": f"+4930{20_000_000 + number}",
            "channels": ["email"],
            "contact_basis": "existing customer",
        }


def said(number: int) -> Said:
    """What the customer with this number answers."""
    concern = number % CONCERN_EVERY == 0
    return Said(
        nonce=token_hex(16),
        channel=Channel.EMAIL,
        rating=2 if concern else _RATINGS[number % len(_RATINGS)],
        comment="It is not what we had agreed." if concern else _COMMENTS[number % len(_COMMENTS)],
        contact_me=False,
    )
