"""What a page of the console is made of: a door, a visit, and an answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from fastapi.responses import Response
from sqlalchemy import Connection

from config.settings import Settings
from models.people import Person
from models.store import Store
from policy.permissions import departments_for, permissions_of
from policy.rules import Rules
from vocabulary import Channel, Permission
from web.bell import Sound

HOME = "/console"
SIGN_IN = "/console/sign-in"
LARGEST_NUMBER = 2**31 - 1
"""Of a row, in PostgreSQL. What is larger in an address is nobody's number."""

Kind = Literal["case", "concern", "call", "reply", "subtask", "person", "review", "alarm"]
"""Whose number stands in an address. Who may see it is in `web.console.scope`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A template of `templates/console` and its values: plain ones only."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Something was done; the browser goes on to a page, which says so in the words of `web.console.notes`."""

    to: str
    note: str = ""
    ring: Sound | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of somebody who may make it. `db`: a transaction that reads, for a form one that writes."""

    db: Connection
    person: Person
    now: datetime
    path: str
    number: int = 0
    """The number in the address."""
    form: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    fault: str | None = None
    """Why a form was not taken, when the page is shown again. `form` is what it held."""

    def may(self, permission: Permission) -> bool:
        return permission in permissions_of(self.person.roles)

    def departments(self, permission: Permission) -> frozenset[str]:
        """Whose cases this person sees by a permission; "*" for all."""
        return departments_for(permission, self.person.roles, self.person.departments)


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence above every page, with where it leads. `grave`: nothing else matters as much."""

    text: str
    path: str | None = None
    grave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """An address of the console. `{number}` in `path` is the number of an `of`."""

    path: str
    handler: Callable[[Visit], Page | Done | Response]
    method: Literal["GET", "POST"] = "GET"
    needs: Permission | None = None
    """None: everybody who is signed in."""
    of: Kind | None = None
    again: Callable[[Visit], Page | Done | Response] | None = None
    """Of a form: the page that shows it again when it was refused."""
    is_file: bool = False
    """What is behind it is no page of the console, but a file for somebody to keep or read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What all pages work with. `rules`: the policy in force."""

    store: Store
    clock: Callable[[], datetime]
    rules: Rules
    settings: Settings
    public_url: str
    prefect_ui: str
    """The address under which people reach the Prefect UI."""
    key: bytes
    writes_on: tuple[Channel, ...] = ()
    """The channels on which customers are written to here."""
