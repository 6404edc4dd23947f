"""A day on which one text is written everywhere where people and systems can write something, by the real ways in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, cycle
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Table, func, select

from models.people import by_email
from models.tables import alarms, calls, subtasks
from tasks.concerns import judge_answers
from tests import seed
from tests.console import Staff, at_browser, hidden_in, sign_in
from tests.hostile import word
from tests.replies import phone_of, send_text
from tests.web_site import Site
from vocabulary import Role
from web.console.doors import Kind
from web.console.rooms import desk_of, doors

CONCERNS, CALLS, PEOPLE, ON_CALL = (f"/console/{page}" for page in ("concerns", "calls", "people", "on-call"))
_NUMBERS = count(1)
_FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class HostileDay:
    """`text`, all of `texts`, in every long field, and in short ones as much of it as they take, each time the next.

    `numbers`: by kind those of what was made; `pages`: those that a refused form showed.
    """

    site: Site
    texts: Sequence[str]
    text: str = field(init=False)
    numbers: dict[Kind, list[int]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    staff: Staff = field(init=False)

    def __post_init__(self) -> None:
        # Some of these texts read like a danger or an opt-out, and then pages say so: so all are both.
        self.text = " ".join(["I smell gas. I don't know where this message will end up.", *self.texts])
        self._words = cycle(self.texts)
        self.staff = self._somebody()
        self.do(ON_CALL, department="All others", name=word(next(self._words), 80), email="on.call@staff.example.com",
                phone="+31 6 12345678", starts="2026-03-01T08:00", ends="2027-03-01T08:00")  # fmt: skip
        self.numbers["concern"] = [self._open_concern(), self._resolved_concern(), self._unreachable_concern()]
        self.numbers["call"] = [self._recorded_call(), self._call_in_hand()]
        self.numbers["reply"] = [self._reply(), self._reply(), self._reviewed_reply()]
        self.numbers["alarm"] = [self._alarm(), self._ended_alarm()]
        ineligible = seed.planned(self.site.place, **self._service(kind=word(next(self._words))))
        self.numbers["case"].append(ineligible.case_id)
        self._refused_forms()

    def send(self, path: str, page: str | None = None, **fields: str) -> Any:
        """As `Staff.send`, but any text can be in a field, also one that cannot be written in UTF-8."""
        shown = self.staff.open(page or path)
        assert shown.status_code == 200, (page or path, shown.status_code)
        given = {**hidden_in(shown.text), **fields}
        body = urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in given.items()})
        return self.staff.client.post(path, content=body, headers=_FORM, follow_redirects=False)

    def do(self, path: str, page: str | None = None, **fields: str) -> None:
        answer = self.send(path, page, **fields)
        assert answer.status_code == 303, (path, answer.status_code)

    def _somebody(self) -> Staff:
        """Let in by an administrator under this name, for departments of this name, with every role."""
        self.staff = sign_in(self.site, *Role)
        address = f"person.{next(_NUMBERS)}@staff.example.com"
        roles = "&".join(f"roles={role.value}" for role in Role)
        hidden = hidden_in(self.staff.open(f"{PEOPLE}/new").text)
        departments = f"*\n{word(next(self._words))}"
        fields = {**hidden, "email": address, "name": word(next(self._words), 80), "departments": departments,
                  "timezone": "Europe/Berlin"}  # fmt: skip
        body = urlencode({name: value.encode() for name, value in fields.items()}) + f"&{roles}"
        answer = self.staff.client.post(f"{PEOPLE}/new", content=body, headers=_FORM, follow_redirects=False)
        assert answer.status_code == 303
        with self.site.store.read() as db:
            person = by_email(db, address)
        assert person is not None
        self.numbers["person"] = [person.id]
        return at_browser(self.site, person)

    def _service(self, **more: Any) -> dict[str, Any]:
        fields = ("department", "branch", "agent", "customer_ref", "customer_name")
        sent = {name: word(next(self._words)) for name in fields}
        return {
            **sent,
            "external_id": f"{next(_NUMBERS)} {word(next(self._words), 180)}",
            "tags": (word(next(self._words)),),
            **more,
        }

    def _raised(self, **more: Any) -> int:
        """A concern from an answer that somebody gave on the survey's page."""
        case = seed.asked(self.site.place, **self._service(**more))
        page = self.site.open(case.survey)
        fields = {**hidden_in(page), "rating": "1", "comment": self.text}
        body = urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()})
        answer = self.site.client.post(f"/s/{case.survey}", content=body, headers=_FORM)
        assert answer.status_code == 200
        self.site.clock.tick(minutes=11)
        judge_answers.fn([case.case_id], self.site.clock())
        self.numbers.setdefault("case", []).append(case.case_id)
        with self.site.store.read() as db:
            return seed.open_escalations(db, [case.case_id])[case.case_id].id

    def _open_concern(self) -> int:
        one = f"{CONCERNS}/{(number := self._raised())}"
        later = f"{self.site.clock() + timedelta(days=1):%Y-%m-%dT%H:%M}"
        self.do(f"{one}/acknowledge", one)
        self.do(f"{one}/comment", one, comment=self.text)
        self.do(f"{one}/contact", one, how="called the customer", contact=self.text)
        self.do(f"{one}/clock/pause", f"{one}/clock", code="third party", note=self.text)
        self.do(f"{one}/clock/resume", f"{one}/clock")
        asked = {"subtask_department": "Plumbing", "what": self.text, "due": later}
        for _ in range(3):
            self.do(f"{one}/subtask", one, **asked)
        last = self._last(subtasks)
        self.numbers["subtask"] = [last - 2, last - 1, last]
        self.do(f"/console/subtasks/{last}/done", f"/console/subtasks/{last}", result=self.text)
        self.do(f"/console/subtasks/{last - 1}/withdraw", f"/console/subtasks/{last - 1}", reason=self.text)
        self.do(f"{one}/reassign", one, owner="tom.okafor@staff.example.com", why=self.text)
        self.do(f"{one}/acknowledge", one)
        self.do(f"/console/cases/{self.numbers['case'][-1]}/comment", f"/console/cases/{self.numbers['case'][-1]}",
                comment=self.text)  # fmt: skip
        return number

    def _resolved_concern(self) -> int:
        one = f"{CONCERNS}/{(number := self._raised())}"
        self.do(f"{one}/acknowledge", one)
        self.do(f"{one}/resolve", one, root_cause="parts", action=self.text)
        self.do(f"{one}/cause", None, was="parts", root_cause="workmanship", reason=self.text)
        return number

    def _unreachable_concern(self) -> int:
        """One signature is declined, the second given: by another person, so it ends."""
        one = f"{CONCERNS}/{(number := self._raised(email=None, channels=['phone']))}"
        self.do(f"{one}/acknowledge", one)
        for _ in range(3):
            self.do(f"{one}/clock/called", f"{one}/clock", outcome="no answer")
        start, mine = self.site.clock.now, self.staff
        self.site.clock.tick(days=8)
        self.staff = at_browser(self.site, mine.person)
        asked = {"root_cause": "parts", "action": self.text}
        self.do(f"{one}/clock/unreachable", f"{one}/clock", **asked)
        self.do(f"{one}/clock/decline", f"{one}/clock", reason=self.text)
        self.do(f"{one}/clock/unreachable", f"{one}/clock", **asked)
        self.staff = sign_in(self.site, *Role, name="Marek Novak")
        self.do(f"{one}/clock/sign", f"{one}/clock")
        self.site.clock.now = start
        self.staff = at_browser(self.site, mine.person)
        return number

    def _recorded_call(self) -> int:
        number = seed.to_be_called(self.site.place, at=self.site.clock(), **self._service())
        self.do(f"{CALLS}/{number}/claim", f"{CALLS}/{number}")
        self.do(f"{CALLS}/{number}", None, outcome="concern", rating="2", comment=self.text)
        with self.site.store.read() as db:
            self.numbers["case"].append(db.execute(select(calls.c.case_id).where(calls.c.id == number)).scalar_one())
        return number

    def _call_in_hand(self) -> int:
        number = seed.to_be_called(self.site.place, at=self.site.clock(), **self._service())
        self.do(f"{CALLS}/{number}/claim", f"{CALLS}/{number}")
        return number

    def _reply(self) -> int:
        """Waits for a person, whatever it says."""
        number = seed.asked(self.site.place, **self._service()).case_id
        sent = self.text.encode("utf-8", "replace").decode()
        return seed.reply(self.site.place, number, sent, at=self.site.clock())

    def _last(self, of: Table) -> int:
        with self.site.store.read() as db:
            return int(db.execute(select(func.max(of.c.id))).scalar_one())

    def _reviewed_reply(self) -> int:
        """It is answered, handed over and done, each with words."""
        number = self._reply()
        one = f"/console/replies/{number}"
        words = " ".join(self.text.split("://"))  # without addresses of pages, which are refused
        self.do(f"{one}/write", one, channel="email", message=" ".join(words.split("www."))[:3000])
        self.do(f"{one}/hand-over", one, department="Plumbing", why=self.text[:4000])
        self.do(one, None, how="noted", reason=self.text[:4000])
        return number

    def _alarm(self) -> int:
        case, sent = seed.asked(self.site.place, **self._service()), self.text.encode("utf-8", "replace").decode()
        assert send_text(self.site, phone_of(self.site, case), sent).status_code == 200
        return self._last(alarms)

    def _ended_alarm(self) -> int:
        one = f"/console/alarms/{(number := self._alarm())}"
        self.do(f"{one}/take", one)
        self.do(f"{one}/end", one, outcome=self.text[:4000])
        return number

    def _refused_forms(self) -> None:
        """What was written into a form that is not taken stands in it again."""
        one, call, text = f"{CONCERNS}/{self.numbers['concern'][0]}", f"{CALLS}/{self.numbers['call'][1]}", self.text
        case, subtask = self.numbers["case"][-1], self.numbers["subtask"][0]
        person, reply = f"{PEOPLE}/{self.numbers['person'][0]}", f"/console/replies/{self.numbers['reply'][0]}"
        alarm = f"/console/alarms/{self.numbers['alarm'][0]}"
        forms: dict[str, tuple[str, str | None, dict[str, str]]] = {
            "resolve": (f"{one}/resolve", one, {"action": text, "root_cause": text}),
            "write": (f"{one}/write", one, {"message": text, "channel": text}),
            "contact": (f"{one}/contact", one, {"contact": text, "how": text}),
            "comment": (f"{one}/comment", one, {"comment": text + "x" * 4000}),
            "reassign": (f"{one}/reassign", one, {"why": text, "owner": text, "department": text}),
            "subtask": (f"{one}/subtask", one, {"what": text, "due": text, "subtask_department": text}),
            "attach": (f"{one}/attach", one, {"attach_why": text, "other": text}),
            "pause": (f"{one}/clock/pause", f"{one}/clock", {"note": text, "code": text, "until": text}),
            "cause": (f"{CONCERNS}/{self.numbers['concern'][1]}/cause", None, {"reason": text, "root_cause": text}),
            "case": (f"/console/cases/{case}/comment", f"/console/cases/{case}", {"comment": text + "x" * 4000}),
            "sub-task": (f"/console/subtasks/{subtask}/done", f"/console/subtasks/{subtask}",
                         {"result": text + "x" * 4000}),
            "call": (call, None, {"comment": text, "outcome": text, "rating": text, "call_back_at": text}),
            "reply": (reply, None, {"comment": text, "how": text, "reason": text}),
            "reply, written to": (f"{reply}/write", reply, {"message": text, "channel": text}),
            "reply, handed over": (f"{reply}/hand-over", reply, {"why": text, "department": text}),
            "opt-out": (f"{reply}/opt-out", f"{reply}/opt-out", {"what": text, "until": text, "reason": text}),
            "alarm": (f"{alarm}/end", alarm, {"outcome": text + "x" * 4000}),
            "shift": (ON_CALL, None, {"department": text, "name": word(text), "email": word(text), "phone": word(text),
                                      "starts": word(text), "ends": word(text)}),
            "shifts of a calendar": (f"{ON_CALL}/import", ON_CALL, {"for": text, "calendar": text}),
            "shift to remove": (f"{ON_CALL}/remove", ON_CALL, {"shift": text}),
            "me": ("/console/me", None, {"timezone": text, "away_from": text, "away_until": text, "stand_in": text}),
            "new person": (f"{PEOPLE}/new", None, {"email": text, "name": text, "departments": text, "roles": text,
                                                   "timezone": text}),
            "person": (person, None, {"name": text, "departments": text, "roles": text, "timezone": text}),
        }  # fmt: skip
        for name, (path, page, fields) in forms.items():
            answer = self.send(path, page, **fields)
            assert answer.status_code == 409, (name, answer.status_code)
            self.pages[f"refused: {name}"] = answer.text

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Every page of the console: what it is called here, and its address for each thing that was made."""
        site = self.site
        for door in doors(desk_of(site.place.settings, site.store, site.clock, site.place.policy.rules)):
            if door.method != "GET" or door.is_file:  # files have tests of their own
                continue
            if door.of is None:
                yield door.path, door.path
            for at, number in enumerate(self.numbers[door.of] if door.of else ()):
                yield f"{door.path} {at}", door.path.format(number=number)
