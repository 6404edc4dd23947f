"""Replies to review: read by a person, one key each, and done once (clause 4.5)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from casework.reply_handing import hand_over_reply
from casework.replying import customers_day, settle_reply
from casework.writing import answer_reply
from models.lost_answers import lost_answers, see_to
from models.optouts import Refusal
from models.replies import ReplyError, Settlement, count_waiting, find, waiting
from models.reply_queue import next_to_read
from policy.telling import sentence
from vocabulary import Channel, Delivery, Event, Permission, Purpose
from web.bell import Sound
from web.console.concern_forms import author
from web.console.doors import Desk, Done, Door, Page, Visit
from web.console.opt_outs import undo_of
from web.console.reply_page import PATH, line, opt_out_values, page_values
from web.console.times import moment, zone_text
from web.console.writing import writing_in

_ONE = f"{PATH}/{{number}}"
_MOST = 50
_JUDGED = (Settlement.ANSWER, Settlement.CONCERN, Settlement.CONFIRMED, Settlement.NOT_CONFIRMED)
_EVERYTHING = "everything"
_DIGITS = 10


class Replies:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> tuple[Door, ...]:
        shown: tuple[tuple[str, Callable[[Visit], Page]], ...] = (("", self.show), ("/opt-out", self.ask))
        forms: tuple[tuple[str, Callable[[Visit], Done], Callable[[Visit], Page]], ...] = (
            ("", self.review, self.show), ("/opt-out", self.leave, self.ask), ("/write", self.write, self.show),
            ("/hand-over", self.hand_over, self.show),
        )  # fmt: skip
        needs = Permission.REPLIES
        return (
            Door(path=PATH, handler=self.show_list, needs=needs),
            Door(path=f"{PATH}/lost", method="POST", handler=self.see_to, needs=needs, again=self.show_list),
            *(Door(path=f"{_ONE}{name}", handler=handler, needs=needs, of="reply") for name, handler in shown),
            *(Door(path=f"{_ONE}{name}", method="POST", handler=handler, needs=needs, of="reply", again=again)
              for name, handler, again in forms),
        )  # fmt: skip

    def show_list(self, visit: Visit) -> Page:
        departments = visit.departments(Permission.REPLIES)
        rows = waiting(visit.db, departments, most=_MOST)
        count = count_waiting(visit.db, departments) if len(rows) == _MOST else len(rows)
        return Page(template="replies", values={
            "rows": [line(row, visit) for row in rows],
            "lost": [_lost(row, visit) for row in lost_answers(visit.db, departments, most=_MOST)],
            "first": f"{PATH}/{rows[0].id}" if rows else None,
            "more": count - len(rows),
            "zone": zone_text(visit.now, visit.person.zone),
            "clause": self._desk.rules.clauses["4.5"],
        })  # fmt: skip

    def see_to(self, visit: Visit) -> Done:
        """An answer did not arrive, and somebody does something about it."""
        text = visit.form.get("message", "")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else 0
        see_to(visit.db, number, visit.departments(Permission.REPLIES), by=visit.person.name, at=visit.now)
        return Done(to=PATH, note="seen-to")

    def show(self, visit: Visit) -> Page:
        values = page_values(self._desk, visit)
        row = find(visit.db, visit.number)
        undo = None if row.settled_at is None or row.case_id is None else undo_of(visit, row.case_id)
        return Page(template="reply", values={**values, "undo": undo})

    def ask(self, visit: Visit) -> Page:
        """What the customer refuses, before an opt-out is recorded."""
        return Page(template="reply_opt_out", values=opt_out_values(self._desk, visit))

    def review(self, visit: Visit) -> Done:
        form = visit.form
        name, _, rating = form.get("how", "").partition(":")
        how = _settlement(name)
        if how is Settlement.OPT_OUT:
            raise ReplyError("say on the page of the opt-out what the customer refuses")
        settle_reply(visit.db, visit.number, how, by=visit.person.name, at=visit.now,
                     rating=_rating(rating or form.get("rating", "")), comment=form.get("comment") or None,
                     reason=form.get("reason"))  # fmt: skip
        return _next(visit, ring=Sound.ANSWER_RECEIVED if how in _JUDGED else None)

    def leave(self, visit: Visit) -> Done:
        settle_reply(visit.db, visit.number, Settlement.OPT_OUT, by=visit.person.name, at=visit.now,
                     refusal=_refusal(visit), reason=visit.form.get("reason"))  # fmt: skip
        if find(visit.db, visit.number).case_id is None:
            return _next(visit)
        return Done(to=f"{PATH}/{visit.number}", note="opted-out-reply")  # where it can be undone

    def write(self, visit: Visit) -> Done:
        """Answers the customer; the reply is done with it only where the person says so."""
        answer_reply(visit.db, visit.number, writing_in(visit.form), rules=self._desk.rules,
                     in_use=self._desk.writes_on, by=author(visit), at=visit.now)  # fmt: skip
        if visit.form.get("then") != "done":
            return Done(to=f"{PATH}/{visit.number}", note="answered")
        settle_reply(visit.db, visit.number, Settlement.NOTED, by=visit.person.name, at=visit.now)
        return _next(visit, note="answered-done")

    def hand_over(self, visit: Visit) -> Done:
        form = visit.form
        hand_over_reply(visit.db, visit.number, form.get("department", ""), form.get("why", ""), by=visit.person.name,
                        at=visit.now, rules=self._desk.rules)  # fmt: skip
        return _next(visit, note="reply-handed-over")


def _lost(row: Row[Any], visit: Visit) -> dict[str, Any]:
    """An answer that did not arrive: the same sentence as in the story of its case."""
    return {
        "id": row.id,
        "path": f"/console/cases/{row.case_id}",
        "label": f"Case {row.case_id}, {row.customer_name or 'name not known'}",
        "what": sentence(_LOST[row.state], {}, {"purpose": Purpose.ANSWER_TO_REPLY, **row._mapping}),
        "at": moment(row.owed_at, visit.now, visit.person.zone),
    }


_LOST = {
    Delivery.FAILED: Event.MESSAGE_FAILED,
    Delivery.REJECTED: Event.MESSAGE_REJECTED,
    Delivery.UNKNOWN: Event.MESSAGE_UNKNOWN,
    Delivery.WITHDRAWN: Event.MESSAGE_WITHDRAWN,
}


def _next(visit: Visit, *, note: str = "next-reply", ring: Sound | None = None) -> Done:
    """On to the next reply at once; to the list when there is none."""
    done = find(visit.db, visit.number)
    number = next_to_read(visit.db, visit.departments(Permission.REPLIES), after=done)
    if number is None:
        return Done(to=PATH, note="settled" if note == "next-reply" else note, ring=ring)
    return Done(to=f"{PATH}/{number}", note=note, ring=ring)


def _settlement(text: str) -> Settlement:
    try:
        return Settlement(text)
    except ValueError:
        raise ReplyError("choose what the reply is") from None


def _rating(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) == 1):
        raise ReplyError("a rating is a number from 1 to 5")
    return int(text) if text else None


def _refusal(visit: Visit) -> Refusal:
    what, day = visit.form.get("what", ""), visit.form.get("until", "")
    if what != _EVERYTHING and what not in set(Channel):
        raise ReplyError("choose what the customer refuses")
    return Refusal(channel=None if what == _EVERYTHING else Channel(what), until=_day(visit, day) if day else None)


def _day(visit: Visit, text: str) -> datetime:
    try:
        return customers_day(visit.db, visit.number, date.fromisoformat(text), otherwise=visit.person.zone)
    except (ValueError, OverflowError):
        raise ReplyError("give the day as year, month and day: 2026-11-30") from None
