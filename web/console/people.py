"""People: who may come in, as what, and what becomes of somebody's work when they leave."""

from typing import Any

from casework.leaving import Leaving, let_go, open_work
from models import people
from models.passwords import hash_password
from models.people import NewPerson, Person, PersonError
from policy.own_names import as_in_policy
from vocabulary import Permission, Role
from web.console.doors import Desk, Done, Door, Page, Visit

PATH = "/console/people"
_NEEDS = Permission.PEOPLE
_WORDS = {
    Role.SERVICE_TEAM: "Service team: makes the calls, takes and resolves concerns",
    Role.SERVICE_MANAGER: "Supervisor: reassigns, signs, lets clocks stand still",
    Role.QA: "QA: reads the log and the reviews, corrects root causes",
    Role.MANAGEMENT: "Management: reads the reviews and the runs",
    Role.ADMIN: "Administrator: people and settings",
}
_SAID = {**dict.fromkeys(("email", "name", "roles", "departments"), ""), "timezone": "UTC"}


class People:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> tuple[Door, ...]:
        one = f"{PATH}/{{number}}"
        return (
            Door(path=PATH, needs=_NEEDS, handler=self.listed),
            Door(path=f"{PATH}/new", needs=_NEEDS, handler=self.new),
            Door(path=f"{PATH}/new", method="POST", needs=_NEEDS, handler=self.add, again=self.new),
            Door(path=one, needs=_NEEDS, of="person", handler=self.show),
            Door(path=one, method="POST", needs=_NEEDS, of="person", handler=self.change, again=self.show),
            Door(path=f"{one}/password", method="POST", needs=_NEEDS, of="person", handler=self.set_password,
                 again=self.show),
            Door(path=f"{one}/shut-out", method="POST", needs=_NEEDS, of="person", handler=self.shut_out,
                 again=self.show),
            Door(path=f"{one}/let-in", method="POST", needs=_NEEDS, of="person", handler=self.let_in, again=self.show),
        )  # fmt: skip

    def listed(self, visit: Visit) -> Page:
        rows = [_row(person, visit) for person in people.listed(visit.db, everybody=True)]
        return Page(template="people", values={"rows": rows})

    def new(self, visit: Visit) -> Page:
        return Page(template="person_new", values=self._choices({**_SAID, **visit.form}))

    def add(self, visit: Visit) -> Done:
        form = visit.form
        given = form.get("password", "")
        new = NewPerson(
            email=form.get("email", ""), name=form.get("name", ""), roles=_roles(form.get("roles", "")),
            departments=self._departments(form.get("departments", "")), timezone=form.get("timezone", ""),
            password_hash=self._hashed(given, form.get("email", ""), form.get("name", "")) if given else None,
        )  # fmt: skip
        added = people.add(visit.db, new, at=visit.now, by=visit.person.name)
        return Done(to=f"{PATH}/{added}", note="person-added")

    def show(self, visit: Visit) -> Page:
        person = people.find(visit.db, visit.number)
        said = {"name": person.name, "roles": "\n".join(person.roles), "timezone": person.zone.key,
                "departments": "" if "*" in person.departments else "\n".join(sorted(person.departments)),
                **visit.form}  # fmt: skip
        work = open_work(visit.db, person, visit.now)
        others = [other for other in people.listed(visit.db) if other.id != person.id]
        return Page(template="person", values={
            **self._choices({"email": person.email, **said}),
            "path": f"{PATH}/{person.id}",
            "shut_out": person.disabled_at is not None,
            "is_me": person.id == visit.person.id,
            "concerns": [{"id": number, "path": f"/console/concerns/{number}"} for number in work.concerns],
            "stands_in_for": [other.name for other in work.stands_in_for],
            "people": [{"id": other.id, "name": other.name} for other in others],
        })  # fmt: skip

    def change(self, visit: Visit) -> Done:
        form = visit.form
        people.change(
            visit.db, visit.number, name=form.get("name", ""), roles=_roles(form.get("roles", "")),
            departments=self._departments(form.get("departments", "")), timezone=form.get("timezone", ""),
            at=visit.now, by=visit.person.name,
        )  # fmt: skip
        return Done(to=f"{PATH}/{visit.number}", note="person-changed")

    def _departments(self, text: str) -> list[str]:
        """One to a line, spelled as in the policy and so in cases; none means all."""
        names = (name for name in text.split("\n") if name.strip())
        return [as_in_policy(name, "department", self._desk.rules) for name in names] or ["*"]

    def set_password(self, visit: Visit) -> Done:
        person = people.find(visit.db, visit.number)
        kept = self._hashed(visit.form.get("password", ""), person.email, person.name)
        people.set_password(visit.db, person.id, kept, at=visit.now, by=visit.person.name)
        return Done(to=f"{PATH}/{person.id}", note="person-password")

    def shut_out(self, visit: Visit) -> Done:
        if visit.number == visit.person.id:
            raise PersonError("you cannot shut yourself out; another administrator can")
        leaving = Leaving(concerns=visit.form.get("concerns", ""), successor=visit.form.get("successor", ""))
        let_go(visit.db, visit.number, leaving, by=visit.person, at=visit.now)
        return Done(to=f"{PATH}/{visit.number}", note="person-out")

    def let_in(self, visit: Visit) -> Done:
        people.enable(visit.db, visit.number, at=visit.now, by=visit.person.name)
        return Done(to=f"{PATH}/{visit.number}", note="person-in")

    def _hashed(self, password: str, *about: str) -> str:
        return hash_password(password, [*about, self._desk.rules.company.name])

    def _choices(self, said: dict[str, str]) -> dict[str, Any]:
        known = dict.fromkeys(name for route in self._desk.rules.escalation.routes for name in (route.handled_by,))
        chosen = set(said["roles"].split("\n"))
        roles = [{"name": role.value, "words": words, "chosen": role in chosen} for role, words in _WORDS.items()]
        return {"said": {name: said[name] for name in _SAID}, "roles": roles, "known": list(known)}


def _row(person: Person, visit: Visit) -> dict[str, Any]:
    state = "shut out" if person.disabled_at else "away" if person.is_away(visit.now) else "may sign in"
    return {
        "path": f"{PATH}/{person.id}",
        "name": person.name,
        "email": person.email,
        "roles": [role.replace("_", " ") for role in sorted(person.roles)],
        "departments": "all" if "*" in person.departments else ", ".join(sorted(person.departments)),
        "state": state,
    }


def _roles(text: str) -> list[Role]:
    try:
        return [Role(name) for name in text.split("\n") if name]
    except ValueError:
        raise PersonError("there is no such role; choose from those on the page") from None
