"""The people of the demonstration: those whom the policy names and some more, with one password that is no secret."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.notes import Author
from models.passwords import hash_password
from models.people import NewPerson, Person, add, by_email
from models.store import Store
from policy.escalation_rules import EscalationRules
from vocabulary import Role

PASSWORD = "demonstration copper kettle"  # noqa: S105 - it opens invented people only
"""Of everybody, printed at the end. Only in a marked home, and only for this machine: `command` sees to both."""
_ZONE = "Europe/Berlin"
_EVERYWHERE = "*"
_MORE = (
    ("Lena Fischer", "lena.fischer", Role.SERVICE_TEAM),
    ("Sam Rivera", "sam.rivera", Role.SERVICE_TEAM),
    ("Noor de Vries", "noor.devries", Role.QA),
    ("Alex Kim", "alex.kim", Role.ADMIN),
)
"""Who makes the calls, who keeps the log, and who lets people in: the policy does not name them."""


@dataclass(frozen=True, slots=True)
class Company:
    """Everybody, in the order in which they are shown."""

    people: Sequence[Person]

    @property
    def callers(self) -> Sequence[Person]:
        """Who makes calls all day."""
        addresses = {_address(local) for _, local, role in _MORE if role is Role.SERVICE_TEAM}
        return [person for person in self.people if person.email in addresses]

    def at(self, address: str) -> Person:
        return next(person for person in self.people if person.email == address.lower())


def author(person: Person) -> Author:
    return Author(name=person.name, email=person.email)


def let_in(store: Store, rules: EscalationRules, departments: Collection[str], at: datetime) -> Company:
    """Owners work in the department that they answer for, supervisors and heads above them, the others everywhere.

    `departments`: of all services; the fallback route answers for those that have no route of their own.
    """
    routed = {route.department for route in rules.routes} - {_EVERYWHERE}
    others = sorted(set(departments) - routed)
    wanted: dict[str, NewPerson] = {}
    kept = hash_password(PASSWORD)
    for route in rules.routes:
        theirs = {route.handled_by, *(others if route.department == _EVERYWHERE else (route.department,))}
        for one, role in ((route.owner, Role.SERVICE_TEAM), (route.supervisor, Role.SERVICE_MANAGER)):
            _put(wanted, one.name, one.email, role, theirs, kept)
        _put(wanted, route.head.name, route.head.email, Role.SERVICE_MANAGER, {_EVERYWHERE}, kept)
    _put(wanted, rules.management.name, rules.management.email, Role.MANAGEMENT, {_EVERYWHERE}, kept)
    for name, local, role in _MORE:
        _put(wanted, name, _address(local), role, {_EVERYWHERE}, kept)
    with store.write() as db:
        for person in wanted.values():
            add(db, person, at=at)
        found = [by_email(db, address) for address in wanted]
    return Company([person for person in found if person is not None])


def _put(
    wanted: dict[str, NewPerson], name: str, email: str, role: Role, departments: Collection[str], kept: str
) -> None:
    """Who stands in several routes is one person with all of their departments and roles."""
    before = wanted.get(email.lower())
    known = set(before.departments) if before else set()
    roles = set(before.roles) if before else set()
    wanted[email.lower()] = NewPerson(email=email, name=name, roles=roles | {role}, timezone=_ZONE,
                                      departments=sorted(known | set(departments)), password_hash=kept)  # fmt: skip


def _address(local: str) -> str:
    return f"{local}@staff.example.com"
