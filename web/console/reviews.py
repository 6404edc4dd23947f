"""SOP 4.6: the monthly reviews as they were written, and the report of each as a file."""

import json
from pathlib import Path
from typing import Any, Final

from fastapi.responses import FileResponse, Response
from sqlalchemy import Row, select

from models.month import Month
from models.reviews import listed_reviews
from models.tables import reviews
from vocabulary import Permission
from web.console.doors import Desk, Door, Page, Visit
from web.console.times import moment, zone_text

PATH = "/console/reviews"
SHUT_IN: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                               "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "unsafe-none",
}  # fmt: skip
"""A report has its styles and drawings in itself and needs nothing else: no script, no network, no origin of ours.
Browsers refuse a sandbox that is also to be cut off from its opener."""


class Reviews:
    def __init__(self, desk: Desk) -> None:
        self._folder = desk.settings.reviews
        self._least = desk.rules.review.percentages_from

    def doors(self) -> tuple[Door, ...]:
        one, needs = f"{PATH}/{{number}}", Permission.REPORTS
        return (
            Door(path=PATH, needs=needs, handler=self.listed),
            Door(path=one, needs=needs, of="review", handler=self.report, is_file=True),
        )

    def listed(self, visit: Visit) -> Page:
        return Page(template="reviews", values={
            "rows": [self._row(row, visit) for row in listed_reviews(visit.db)],
            "zone": zone_text(visit.now, visit.person.zone),
        })  # fmt: skip

    def report(self, visit: Visit) -> Page | Response:
        row = visit.db.execute(select(reviews).where(reviews.c.id == visit.number)).one()
        file = report_file(self._folder, row.report)
        if file is None:
            return Page(template="report_missing", status=404, values={
                "title": title(row), "folder": str(self._folder), "command": f"./aftercare review {row.month}",
            })  # fmt: skip
        return FileResponse(file, media_type="text/html; charset=utf-8", headers=SHUT_IN)

    def _row(self, row: Row[Any], visit: Visit) -> dict[str, Any]:
        whole = json.loads(row.figures)["figures"]["whole"]
        return {
            "path": f"{PATH}/{row.id}",
            "title": title(row),
            "written": moment(row.written_at, visit.now, visit.person.zone),
            "policy": row.policy_version,
            "services": str(whole["cases"]),
            "contacted": self._of(whole["contacted"], whole["followed_up"]),
            "answered": self._of(whole["answered"], whole["contacted"]),
            "satisfied": self._of(whole["satisfied"], whole["rated"]),
            "concerns": str(whole["concerns"]),
        }

    def _of(self, part: int, whole: int) -> str:
        """A percentage from so many on, as in the report itself."""
        return f"{part} of {whole}" + (f" ({part / whole:.0%})" if whole >= self._least else "")


def title(row: Row[Any]) -> str:
    return f"{Month.of(row.month).title}, version {row.version}"


def report_file(folder: Path, name: str) -> Path | None:
    """The file of this name in the folder; None when it is not there, or is not in it, whatever the name says."""
    file = (folder / name).resolve()
    return file if file.parent == folder.resolve() and file.is_file() else None
