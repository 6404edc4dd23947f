"""Staff at the console, as tests need them: let in with a role, signed in without typing a password."""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from html import unescape
from typing import Any

from starlette.testclient import TestClient

from models import sign_ins
from models.passwords import hash_password
from models.people import NewPerson, Person, add, find
from tests.web_site import BROWSER, Site
from vocabulary import Role

PASSWORD = "seven quiet rivers under glass"
COOKIE = "aftercare"


@dataclass
class Staff:
    """Somebody at a browser of their own."""

    person: Person
    client: TestClient
    token: str

    def open(self, path: str) -> Any:
        return self.client.get(path, follow_redirects=False)

    def send(self, path: str, page: str | None = None, **fields: Any) -> Any:
        """Open `page` (or the path itself), fill in the fields, press the button of the form that goes to `path`."""
        shown = self.open(page or path)
        assert shown.status_code == 200, shown.status_code
        return self.press(path, hidden_in(shown.text), **fields)

    def press(self, path: str, hidden: dict[str, str], **fields: Any) -> Any:
        return self.client.post(path, data={**hidden, **fields}, follow_redirects=False)


def let_in(site: Site, *roles: Role, name: str = "Robin Weaver", email: str | None = None,
           departments: Collection[str] = ("*",), password: str | None = None) -> Person:  # fmt: skip
    """A person with these roles."""
    address = email or f"{name.split()[0].lower()}.{secrets.token_hex(3)}@staff.example.com"
    kept = hash_password(password) if password else None
    with site.store.write() as db:
        new = NewPerson(email=address, name=name, roles=roles, departments=departments, password_hash=kept)
        return find(db, add(db, new, at=site.clock()))


def sign_in(site: Site, *roles: Role, **who: Any) -> Staff:
    """A person with these roles, signed in. `who`: as for `let_in`."""
    return at_browser(site, let_in(site, *roles, **who))


def at_browser(site: Site, person: Person) -> Staff:
    """Somebody who is signed in, on one more browser."""
    token = secrets.token_urlsafe(32)
    with site.store.write() as db:
        sign_ins.begin(db, person.id, token, at=site.clock())
    return Staff(person, TestClient(site.app, headers=BROWSER, cookies={COOKIE: token}), token)


def hidden_in(page: str) -> dict[str, str]:
    """The fields that nobody sees, of the last form: those of the guard are the same in all of a page's forms."""
    return {name: unescape(value) for name, value in
            re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', page)}  # fmt: skip
