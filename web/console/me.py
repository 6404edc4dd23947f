"""One's own account: the clock that times are shown by, absences, and the password."""

from datetime import date

from models.passwords import hash_password, is_password
from models.people import PersonError, listed, password_of, set_own, set_password
from models.sign_ins import forget_failures, try_once
from web.console.doors import SIGN_IN, Desk, Done, Door, Page, Visit

_PATH = "/console/me"

_MOST_GUESSES = 5
"""Of the password that somebody has now, within a quarter of an hour: a browser may have been left open."""


class Me:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> tuple[Door, ...]:
        return (
            Door(path=_PATH, handler=self.show),
            Door(path=_PATH, method="POST", handler=self.keep, again=self.show),
            Door(path=f"{_PATH}/password", method="POST", handler=self.change_password, again=self.show),
        )

    def show(self, visit: Visit) -> Page:
        person, wrote = visit.person, visit.form
        others = [{"id": other.id, "name": other.name} for other in listed(visit.db) if other.id != person.id]
        stand_in = wrote.get("stand_in", str(person.stand_in_id or ""))
        return Page(template="me", values={
            "email": person.email,
            "roles": [role.replace("_", " ") for role in sorted(person.roles)],
            "departments": sorted(person.departments - {"*"}),
            "timezone": wrote.get("timezone", person.zone.key),
            "away_from": wrote.get("away_from", _day(person.away_from)),
            "away_until": wrote.get("away_until", _day(person.away_until)),
            "people": [{**other, "chosen": str(other["id"]) == stand_in} for other in others],
            "has_password": person.has_password,
        })  # fmt: skip

    def keep(self, visit: Visit) -> Done:
        form = visit.form
        set_own(
            visit.db, visit.person.id,
            timezone=form.get("timezone", ""),
            away_from=_read_day(form.get("away_from", "")),
            away_until=_read_day(form.get("away_until", "")),
            stand_in_id=_chosen(form.get("stand_in", "")),
            at=visit.now, by=visit.person.name,
        )  # fmt: skip
        return Done(to=_PATH, note="own")

    def change_password(self, visit: Visit) -> Done:
        """Everywhere else, and here too, the person signs in anew."""
        form, person = visit.form, visit.person
        if form.get("new", "") != form.get("repeated", ""):
            raise PersonError("the new password and its repetition are not the same")
        count = f"password of {person.id}"
        if not try_once(visit.db, {count: _MOST_GUESSES}, at=visit.now):
            raise PersonError("too many attempts: wait a quarter of an hour")
        known = password_of(visit.db, person.email)
        if not is_password(known[1] if known else None, form.get("now", "")):
            return Done(to=_PATH, note="password-wrong")  # not refused: the attempt is to stay counted
        forget_failures(visit.db, {count})
        changed = hash_password(form.get("new", ""), [person.email, person.name, self._desk.rules.company.name])
        set_password(visit.db, person.id, changed, at=visit.now, by=person.name)
        return Done(to=SIGN_IN, note="password")


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise PersonError("that is no date; write it as 2026-11-30") from None


def _chosen(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
