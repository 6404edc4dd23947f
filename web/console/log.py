"""SOP 4.5: the Customer Feedback Log for QA, in plain words on a page, and whole as a file or a workbook."""

import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import Response, StreamingResponse
from sqlalchemy import Row

from models.finding import to_choose_from
from models.listing import LOG_COLUMNS
from models.log_pages import PAGE, Wanted, are_more_than, entries_for_file, newest_entries
from models.timeline import Moment, moments_of
from policy.contact_words import without_contacts
from policy.telling import sentence, words_of
from templates.csv_out import line, lines
from templates.xlsx_out import write_workbook
from vocabulary import Event, Permission
from web.console.days_asked import day_in, midnight
from web.console.doors import Desk, Door, Page, Visit
from web.console.page_ends import end_at, end_in
from web.console.story import who
from web.console.times import moment, zone_text

PATH = "/console/log"
EXPORT, WORKBOOK = f"{PATH}/export", f"{PATH}/workbook"
_FILTERS = ("event", "department", "from", "until")
_LONGEST = 300
_MOST_IN_A_WORKBOOK = 50_000
"""A workbook is made whole before it is sent: so many entries take some seconds."""
_PIECE = 65_536
_MARK = "\ufeff"
"""At the beginning of a file: spreadsheets know by it that it is UTF-8."""
_LOG = logging.getLogger("aftercare.web")


class Log:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> tuple[Door, ...]:
        return (
            Door(path=PATH, needs=Permission.LOG, handler=self.listed),
            Door(path=EXPORT, needs=Permission.LOG, handler=self.export, is_file=True),
            Door(path=WORKBOOK, needs=Permission.LOG, handler=self.export_workbook, is_file=True),
        )

    def listed(self, visit: Visit) -> Page:
        return self._listed(visit, _wanted(visit, _asked(visit)))

    def _listed(self, visit: Visit, read: tuple[Wanted, list[str]]) -> Page:
        asked, (wanted, faults) = _asked(visit), read
        after = end_in(visit.query.get("after", ""), faults)
        found = [] if faults else newest_entries(visit.db, wanted, after=after)
        shown = found[:PAGE]
        told = moments_of(visit.db, shown)
        return Page(template="log", status=400 if faults else 200, values={
            "asked": asked,
            "faults": faults,
            "rows": [_row(row, one, visit) for row, one in zip(shown, told, strict=True)],
            "next": _next(asked, found),
            "first": after is None,
            "zone": zone_text(visit.now, visit.person.zone),
            "events": [{"name": event, "words": event.replace("_", " ")} for event in Event],
            "departments": to_choose_from(visit.db)[0],
            "export": _address(EXPORT, asked),
            "workbook": _address(WORKBOOK, asked),
            "most": f"{_MOST_IN_A_WORKBOOK:,}",
        })  # fmt: skip

    def export(self, visit: Visit) -> Page | Response:
        """Read while it is sent. An address that cannot be read gives the page that says so, and no file."""
        wanted, faults = _wanted(visit, _asked(visit))
        if faults:
            return self._listed(visit, (wanted, faults))
        return _file(visit, self._pieces(wanted), "csv", "text/csv; charset=utf-8")

    def export_workbook(self, visit: Visit) -> Page | Response:
        """The same entries as a workbook, which holds fewer."""
        wanted, faults = _wanted(visit, _asked(visit))
        if not faults and are_more_than(visit.db, wanted, _MOST_IN_A_WORKBOOK):
            faults.append(f"a workbook holds {_MOST_IN_A_WORKBOOK:,} entries: choose fewer days, or take the CSV file")
        if faults:
            return self._listed(visit, (wanted, faults))
        return _file(visit, self._workbook(wanted), "xlsx", _XLSX)

    def _pieces(self, wanted: Wanted) -> Iterator[str]:
        yield _MARK + line(LOG_COLUMNS)
        for rows in entries_for_file(self._desk.store, wanted):
            yield "".join(lines(map(_cells, rows)))

    def _workbook(self, wanted: Wanted) -> Iterator[bytes]:
        header = [f"{name} (UTC)" if name == "at" else name for name in LOG_COLUMNS]
        rows = (_cells(row) for rows in entries_for_file(self._desk.store, wanted) for row in rows)
        with tempfile.TemporaryFile() as file:
            write_workbook(file, "Customer Feedback Log", header, rows)
            file.seek(0)
            yield from iter(lambda: file.read(_PIECE), b"")


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(visit: Visit, content: Iterator[str] | Iterator[bytes], ending: str, media_type: str) -> Response:
    """Sent while it is read."""
    _LOG.info("The Customer Feedback Log is exported by person %d.", visit.person.id)
    name = f"customer-feedback-log-{visit.now.astimezone(visit.person.zone):%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(content, media_type=media_type, headers=headers)


def _cells(row: Row[Any]) -> list[Any]:
    """The columns of an entry, without what a customer's comment says of how to reach somebody."""
    return [without_contacts(row.comment) if name == "comment" and row.comment else row._mapping[name]
            for name in LOG_COLUMNS]  # fmt: skip


def _asked(visit: Visit) -> dict[str, str]:
    return {name: visit.query.get(name, "")[:200] for name in _FILTERS}


def _wanted(visit: Visit, asked: Mapping[str, str]) -> tuple[Wanted, list[str]]:
    """What the address asks for, and what of it cannot be read."""
    faults: list[str] = []
    zone = visit.person.zone
    first, last = (day_in(asked[name], name, faults) for name in ("from", "until"))
    if asked["event"] and asked["event"] not in set(Event):
        faults.append(f"there is no event “{asked['event']}”")
    return Wanted(
        event=asked["event"], department=asked["department"],
        from_=midnight(first, zone) if first else None,
        before=midnight(last + timedelta(days=1), zone) if last else None,
    ), faults  # fmt: skip


def _next(asked: Mapping[str, str], found: Sequence[Row[Any]]) -> str | None:
    """The address of the next page."""
    if len(found) <= PAGE:
        return None
    last = found[PAGE - 1]
    return _address(PATH, asked, after=end_at(last.at, last.id))


def _address(path: str, asked: Mapping[str, str], **more: str) -> str:
    given = {**{name: value for name, value in asked.items() if value}, **more}
    return f"{path}?{urlencode(given)}" if given else path


def _row(row: Row[Any], one: Moment, visit: Visit) -> dict[str, Any]:
    zone, words = visit.person.zone, without_contacts(words_of(one.event, one.about) or "")
    return {
        "id": row.id,
        "at": moment(one.at, visit.now, zone),
        "what": sentence(one.event, one.detail, one.about, zone),
        "words": words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…",
        "who": who(one.actor),
        "clause": one.clause,
        "case": row.case_id,
        "path": f"/console/cases/{row.case_id}" if row.case_id else None,
        "department": row.department,
    }
