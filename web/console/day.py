"""My day: what is mine and due, by its deadline; and what the roles that somebody holds are asked to look after."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from casework.call_hours import call_hours
from casework.stages import stages_seen
from config.stages import deployed_stages
from models import my_day
from models.call_queue import Queue, claimed, queued
from models.people import listed, stands_in_for
from models.replies import count_waiting, waiting
from models.unreachable import waiting_requests
from vocabulary import Permission
from web.console.alarms import PATH as ALARMS
from web.console.alarms import to_call
from web.console.day_figures import MonthSoFar
from web.console.day_items import LONGEST, SHORT, Item, Section, call, case, concern, item, runs_for, section, subtask
from web.console.doors import HOME, Desk, Door, Page, Visit
from web.console.scope import addresses_of
from web.console.times import left, moment, zone_text

_MOST = 50
_NOTHING_MINE = "Nothing of yours is due. A concern that is given to you, or a call that you take, appears here."


class Day:
    """Whoever adds something that can be due adds it to `_mine`, or a section to `_SECTIONS`."""

    def __init__(self, desk: Desk) -> None:
        self._rules = desk.rules
        self._month_so_far = MonthSoFar(desk.rules)

    def doors(self) -> tuple[Door, ...]:
        return (Door(path=HOME, handler=self.show),)

    def show(self, visit: Visit) -> Page:
        today = visit.now.astimezone(visit.person.zone)
        sections = _dangers(visit)
        sections += [self._mine(visit)] if visit.may(Permission.CONCERNS) or visit.may(Permission.CALLS) else []
        sections += [make(self, visit) for needs, make in _SECTIONS if visit.may(needs)]
        return Page(template="day", values={
            "sections": sections, "zone": zone_text(visit.now, visit.person.zone),
            "today": f"{today:%A}, {today.day} {today:%B %Y}",
        })  # fmt: skip

    def _mine(self, visit: Visit) -> Section:
        """Everything that waits for this person alone, whatever it is."""
        found = [*self._concerns(visit), *self._subtasks(visit), *self._claimed(visit)]
        items = [one for _, one in sorted(found, key=lambda pair: pair[0])]
        return section("Mine, by deadline", items, nothing=_NOTHING_MINE)

    def _concerns(self, visit: Visit) -> Iterator[tuple[datetime, Item]]:
        if not visit.may(Permission.CONCERNS):
            return
        absent = {one.email: one.name for one in stands_in_for(visit.db, visit.person.id, visit.now)}
        for row in my_day.concerns_owned(visit.db, {visit.person.email, *absent}, most=_MOST):
            name = absent.get(row.owner_email.lower())
            whose = f"; you stand in for {name}" if name else ""
            yield runs_for(row, visit.now)[0], concern(row, visit, warned_from=self._warned_from(row), whose=whose)

    def _subtasks(self, visit: Visit) -> Iterator[tuple[datetime, Item]]:
        if visit.may(Permission.CONCERNS):
            for row in my_day.subtasks_owned(visit.db, addresses_of(visit), most=_MOST):
                yield row.due_at, subtask(row, visit)

    def _claimed(self, visit: Visit) -> Iterator[tuple[datetime, Item]]:
        if visit.may(Permission.CALLS):
            for row in claimed(visit.db, visit.person.email, visit.now):
                yield row.due_to, call(row, visit)

    def _supervised(self, visit: Visit) -> Section:
        absent = stands_in_for(visit.db, visit.person.id, visit.now)
        rows = my_day.concerns_in_danger(
            visit.db, {visit.person.email, *(one.email for one in absent)}, visit.now,
            received_until=visit.now - self._warned_after(), most=_MOST,
        )  # fmt: skip
        items = [concern(row, visit, warned_from=self._warned_from(row), whose=f"; {row.owner} has it") for row in rows]
        return section("Supervised, late or in warning", items,
                       nothing="No concern that you supervise is late or in warning.")  # fmt: skip

    def _asked(self, visit: Visit) -> Section:
        departments = visit.departments(Permission.CONCERNS)
        rows = my_day.subtasks_asked(visit.db, departments, but=addresses_of(visit), most=SHORT + 1)
        return section("Asked of your departments", [subtask(row, visit) for row in rows[:SHORT]],
                       more=_and_more(len(rows)), nothing="Nothing is asked of your departments.")  # fmt: skip

    def _signatures(self, visit: Visit) -> Section:
        rows = my_day.to_sign(visit.db, visit.departments(Permission.SIGN), most=SHORT + 1)
        asked = waiting_requests(visit.db, visit.departments(Permission.SIGN), most=SHORT + 1)
        items = [
            item(
                f"/console/concerns/{row.escalation_id}/clock",
                f"Concern {row.escalation_id}: {row.department}",
                f"{row.asked_by} asks to close it: the customer cannot be reached",
            )
            for row in asked
        ]
        items += [case(row, "the customer could not be reached: everything was tried?") for row in rows]
        return section("To be signed", items[:SHORT], more=_and_more(len(items)),
                       nothing="No signature is asked for. A customer who cannot be reached appears here.")  # fmt: skip

    def _calls(self, visit: Visit) -> Section:
        hours = call_hours(visit.db, Queue(departments=visit.departments(Permission.CALLS)), visit.now, self._rules)
        rows = queued(visit.db, hours.now, visit.now, most=_MOST)
        free = [row for row in rows if row.claimed_until is None or row.claimed_until <= visit.now]
        items = [call(row, visit) for row in free[:SHORT]]
        opens = moment(hours.opens_at, visit.now, visit.person.zone)["text"] if hours.opens_at else None
        nothing = f"No calls now. The next window opens {opens}." if opens else "No calls now, and none are planned."
        more = f"{hours.count} calls are to be made now." if hours.count > SHORT else ""
        return section("Calls to be made now", items, nothing=nothing, more=more, path="/console/calls",
                       label="To the calls")  # fmt: skip

    def _replies(self, visit: Visit) -> Section:
        departments = visit.departments(Permission.REPLIES)
        rows = waiting(visit.db, departments, most=SHORT + 1)
        count = count_waiting(visit.db, departments) if len(rows) > SHORT else 0
        return section("Replies to review", [self._reply(row, visit) for row in rows[:SHORT]],
                       nothing="No replies to review. What a program does not understand for certain appears here.",
                       more=f"{count} replies to review." if count else "", path="/console/replies",
                       label="All replies")  # fmt: skip

    def _reply(self, row: Row[Any], visit: Visit) -> Item:
        """The most urgent stand first: they are listed by deadline."""
        begins = " ".join(row.text.split())
        title = (begins if len(begins) <= LONGEST else begins[: LONGEST - 1] + "…") or "(no text)"
        why = json.loads(row.detail or "{}").get("to a person")
        came = f"received {moment(row.received_at, visit.now, visit.person.zone)['text']}"
        due = row.read_by
        return item(
            f"/console/replies/{row.id}", title, f"{came}; needs review: {why}" if why else came,
            due=moment(due, visit.now, visit.person.zone) if due else None,
            time_left=left(due, visit.now, soon_from=self._warned_from(row)) if due else None,
        )  # fmt: skip

    def _records(self, visit: Visit) -> Section:
        rows = my_day.incomplete(visit.db, visit.departments(Permission.LOG), most=SHORT + 1)
        items = [case(row, f"the record lacks: {row.missing}") for row in rows[:SHORT]]
        return section("Records that lack something", items, more=_and_more(len(rows)),
                       nothing="Every record is complete. One that cannot be sealed appears here.",
                       path="/console/log", label="To the log")  # fmt: skip

    def _runs(self, visit: Visit) -> Section:
        seen = stages_seen(visit.db, visit.now, self._rules.runs, deployed_stages())
        items = [
            item(None, f"{stage.name.replace('-', ' ')}: {stage.standing}", stage.description,
                 due=moment(stage.last.started_at, visit.now, visit.person.zone) if stage.last else None)
            for stage in seen if stage.standing.alarms
        ]  # fmt: skip
        new = all(stage.last is None for stage in seen)
        nothing = "No stage has run yet. The command “up” starts them." if new else "No stage is late or failed."
        return section("Stages", items, nothing=nothing, path="/console/runs", label="To the runs")

    def _people(self, visit: Visit) -> Section:
        """Owners and supervisors of the policy who could not do in the console what they are told to by mail."""
        known, everybody = my_day.addresses_known(visit.db), listed(visit.db)
        held = {(person.email.lower(), person.name): route.department
                for route in self._rules.escalation.routes for person in (route.owner, route.supervisor)}  # fmt: skip
        items = [item(None, f"{name} cannot sign in", f"the policy gives them concerns of {_everywhere(department)}")
                 for (address, name), department in held.items() if address not in known]  # fmt: skip
        away = sum(person.is_away(visit.now) for person in everybody)
        facts = [{"label": "People", "value": str(len(everybody))}, {"label": "Away today", "value": str(away)}]
        return section("People", items, facts=facts, nothing="Everybody whom the policy gives concerns can sign in.")

    def _setup(self, visit: Visit) -> Section:
        items = [
            item("/console/settings", f"Channel {row.channel} is stopped ({row.code})", "the settings say what to do",
                 due=moment(row.stopped_at, visit.now, visit.person.zone))
            for row in my_day.stopped_channels(visit.db)
        ]  # fmt: skip
        return section("Set-up", items, nothing="Every channel runs.", path="/console/settings",
                       label="To the settings")  # fmt: skip

    def _month(self, visit: Visit) -> Section:
        return self._month_so_far(visit)

    def _warned_after(self) -> timedelta:
        rules = self._rules.escalation
        return timedelta(hours=rules.deadline_hours) * min(rules.warn_percent, default=100) / 100

    def _warned_from(self, row: Row[Any]) -> datetime:
        started: datetime = row.received_at
        return started + self._warned_after()


_SECTIONS: tuple[tuple[Permission, Callable[[Day, Visit], Section]], ...] = (
    (Permission.CONCERNS, Day._asked),
    (Permission.SIGN, Day._supervised),
    (Permission.SIGN, Day._signatures),
    (Permission.CALLS, Day._calls),
    (Permission.REPLIES, Day._replies),
    (Permission.LOG, Day._records),
    (Permission.REPORTS, Day._month),
    (Permission.RUNS, Day._runs),
    (Permission.PEOPLE, Day._people),
    (Permission.SETTINGS, Day._setup),
)
"""In the order in which they are shown, each for those who have the permission."""


def _dangers(visit: Visit) -> list[Section]:
    """Before everything else, and not there at all while there are none."""
    items = to_call(visit)
    return [section("Dangers: call now", items, nothing="", path=ALARMS, label="All alarms")] if items else []


def _and_more(found: int) -> str:
    return "There are more." if found > SHORT else ""


def _everywhere(department: str) -> str:
    return "all other departments" if department == "*" else department
