"""Replies that only a person understands: read, and settled as what they are (clause 4.5)."""

import json
from typing import Any

from sqlalchemy import Row

from casework.replying import settle_reply
from models.replies import ReplyError, Settlement, count_waiting, find, waiting
from vocabulary import Permission
from web.bell import Sound
from web.console.doors import Desk, Done, Door, Page, Visit
from web.console.times import length, moment, zone_text

_PATH = "/console/replies"
_ONE = f"{_PATH}/{{number}}"
_MOST = 50
_BEGINNING = 160
_LONGEST = 4000
_WHAT = (
    (Settlement.ANSWER, "An answer", "with the rating that the customer means, if there is one"),
    (Settlement.OPT_OUT, "An opt-out", "the customer is not asked again, anywhere"),
    (Settlement.NOTED, "Noted", "dealt with, and nothing to record"),
)
_RATINGS = range(1, 6)


class Replies:
    def __init__(self, desk: Desk) -> None:
        self._rules = desk.rules

    def doors(self) -> tuple[Door, ...]:
        needs = Permission.REPLIES
        return (
            Door(path=_PATH, handler=self.show_list, needs=needs),
            Door(path=_ONE, handler=self.show, needs=needs, of="reply"),
            Door(path=_ONE, method="POST", handler=self.settle, needs=needs, of="reply", again=self.show),
        )

    def show_list(self, visit: Visit) -> Page:
        departments = visit.departments(Permission.REPLIES)
        rows = waiting(visit.db, departments, most=_MOST)
        count = count_waiting(visit.db, departments) if len(rows) == _MOST else len(rows)
        return Page(template="replies", values={
            "rows": [_line(row, visit) for row in rows],
            "more": count - len(rows),
            "zone": zone_text(visit.now, visit.person.zone),
            "clause": self._rules.clauses["4.5"],
        })  # fmt: skip

    def show(self, visit: Visit) -> Page:
        row = find(visit.db, visit.number)
        wrote = visit.form if visit.fault is not None else {}
        return Page(template="reply", values={
            **_line(row, visit),
            "text": row.text,
            "customer": row.customer_name,
            "reach": [part for part in (row.email, row.phone) if part] if visit.may(Permission.CONTACT_DATA) else [],
            "attachments": row.attachments,
            "understood": row.understood,
            "settled": _settled(row, visit),
            "clause": self._rules.clauses["4.5"],
            "kinds": [
                {"value": how.value, "label": label, "hint": hint, "chosen": how.value == wrote.get("how", "")}
                for how, label, hint in _WHAT
                if row.case_id is not None or how is not Settlement.ANSWER
            ],
            "ratings": [{"value": one, "chosen": str(one) == wrote.get("rating", "")} for one in _RATINGS],
            "comment": wrote.get("comment", ""),
            "zone": zone_text(visit.now, visit.person.zone),
        })  # fmt: skip

    def settle(self, visit: Visit) -> Done:
        form, comment = visit.form, visit.form.get("comment", "")
        how = _settlement(form.get("how", ""))
        if len(comment) > _LONGEST:
            raise ReplyError(f"a comment has at most {_LONGEST} characters, and this one {len(comment)}: shorten it")
        settle_reply(visit.db, visit.number, how, by=visit.person.name, at=visit.now, in_force=self._rules,
                     rating=_rating(form.get("rating", "")), comment=comment or None)  # fmt: skip
        ring = Sound.ANSWER_RECEIVED if how is Settlement.ANSWER else None
        return Done(to=_PATH, note="settled", ring=ring)


def _line(row: Row[Any], visit: Visit) -> dict[str, Any]:
    begins = " ".join(row.text.split())
    about = f"{row.customer_name or 'Name not known'}: {row.kind}, {row.department}, {row.branch}"
    return {
        "number": row.id,
        "path": f"{_PATH}/{row.id}",
        "case": row.case_id,
        "about": about if row.case_id else "no case of ours",
        "received": moment(row.received_at, visit.now, visit.person.zone),
        "waits": length(visit.now - row.received_at),
        "by": {"email": "e-mail", "sms": "SMS"}.get(row.channel, row.channel),
        "why": json.loads(row.detail or "{}").get("to a person") or "",
        "begins": begins if len(begins) <= _BEGINNING else begins[: _BEGINNING - 1] + "…",
    }


def _settled(row: Row[Any], visit: Visit) -> str | None:
    if row.settled_at is None:
        return None
    at = moment(row.settled_at, visit.now, visit.person.zone)["text"]
    return f"This reply is settled as {row.settlement} by {row.settled_by}, {at}."


def _settlement(text: str) -> Settlement:
    try:
        return Settlement(text)
    except ValueError:
        raise ReplyError("choose what the reply is") from None


def _rating(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) == 1):
        raise ReplyError("a rating is a number from 1 to 5")
    return int(text) if text else None
