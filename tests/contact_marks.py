"""Customers of three departments whose contact data can be told apart wherever they turn up, and how they are found."""

import io
import re
import zipfile
from dataclasses import dataclass
from html import unescape
from typing import Any

from sqlalchemy import select

from casework.subtasks import Asking, ask
from models.notes import Author
from models.replies import NewReply, keep
from models.tables import calls
from tests import seed
from tests.console import sign_in
from tests.reviews import make_review
from tests.web_site import Site
from vocabulary import Channel, Role

DEPARTMENTS = ("Heating", "Plumbing", "Roofing")
NOBODYS = "nobody's"
"""Of a reply that is about no case."""
_ZIP = b"PK"
Mark = tuple[str, str]
"""Whose it is, and what: "email", "phone", or what was "said" or "sent" in words."""

_OF = {"1": "Heating", "2": "Plumbing", "3": "Roofing", "4": NOBODYS}
_WHAT = {"1": "email", "2": "phone", "3": "said", "4": "sent"}
_ADDRESS = re.compile(r"q([1-4])([1-4])[a-z]*@customers\.example")
_NUMBER = re.compile(r"171[\s/]?39([1-4])([1-4])\d\d\d")


def address(of: int, what: int, more: str = "") -> str:
    return f"q{of}{what}{more}@customers.example"


def number(of: int, what: int, more: int = 0) -> str:
    return f"+4917139{of}{what}{more:03}"


def marks_in(content: bytes) -> set[Mark]:
    """The contact data in an answer, also inside of a workbook."""
    if content.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            content = b"\n".join(map(file.read, file.namelist()))
    text = unescape(content.decode())
    found = {*_ADDRESS.findall(text), *_NUMBER.findall(text)}
    return {(_OF[of], _WHAT[what]) for of, what in found}


@dataclass(frozen=True)
class World:
    """By kind of object and department, its number; of "reply" one more is nobody's."""

    numbers: dict[tuple[str, str], int]

    def of(self, kind: str) -> dict[str, int]:
        return {whose: number for (one, whose), number in self.numbers.items() if one == kind}


def make_world(site: Site) -> World:
    """A concern, a call, a reply, an alarm and a sub-task in each department, each of a customer of its own."""
    numbers: dict[tuple[str, str], int] = {}
    for of, department in enumerate(DEPARTMENTS, 1):
        numbers |= {(kind, department): found for kind, found in _of_department(site, of, department).items()}
    text = f"Who are you? {number(4, 4)} {address(4, 4)}"
    numbers["reply", NOBODYS] = _reply(site, None, text, sender=number(4, 2))
    review, person = make_review(site), sign_in(site, Role.QA).person.id
    numbers |= {("review", department): review for department in DEPARTMENTS}
    numbers |= {("person", department): person for department in DEPARTMENTS}
    return World(numbers)


def _of_department(site: Site, of: int, department: str) -> dict[str, int]:
    place, said = site.place, f"Ring 0171 39{of}3000 or write to {address(of, 3)}"
    concern = seed.escalated(place, **_customer(of, department, 1), comment=said)
    assert concern.escalation_id is not None
    called = seed.asked(place, **_customer(of, department, 2) | {"channels": ["phone"]})
    replied = seed.asked(place, **_customer(of, department, 3))
    asking = Asking(department="Customer Service", what="Send the invoice", due_at=seed.RESOLVED_AT)
    with site.store.write() as db:
        subtask = ask(db, concern.escalation_id, asking, by=Author(name="Robin"), at=seed.ANSWERED_AT)
        call = db.execute(select(calls.c.id).where(calls.c.case_id == called.case_id)).scalar_one()
    return {
        "case": concern.case_id, "concern": concern.escalation_id, "call": call, "subtask": subtask,
        "reply": _reply(site, replied.case_id, f"Gas? {number(of, 4)} {address(of, 4)}", sender=number(of, 2, 9)),
        "alarm": seed.alarm(place, replied.case_id, said=f"Gas! {number(of, 4)} {address(of, 4)}"),
    }  # fmt: skip


def _customer(of: int, department: str, more: int) -> dict[str, Any]:
    return {"department": department, "email": address(of, 1, "abc"[more - 1]), "phone": number(of, 2, more),
            "customer_name": "Anna Bergmann"}  # fmt: skip


def _reply(site: Site, case_id: int | None, text: str, *, sender: str) -> int:
    new = NewReply(channel=Channel.SMS, external_id=text, case_id=case_id, policy_version=None, from_key=sender,
                   text=text, raw=f"{text} (raw)", subject=text, sender=sender, understood="unclear",
                   to_person="is unclear")  # fmt: skip
    with site.store.write() as db:
        kept = keep(db, new, at=seed.ANSWERED_AT)
    assert kept is not None
    return kept
