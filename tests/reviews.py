"""Monthly reviews in the store and in their folder, as pages need them."""

import json
from dataclasses import asdict

from models.figures import Group
from models.reviews import NewReview, add_review
from tests.web_site import Site

WHOLE = Group(name="", cases=40, followed_up=36, contacted=30, answered=20, rated=8, satisfied=7, low=1, may_answer=2,
              concerns=3)  # fmt: skip
REPORT = "<!doctype html><html lang='en'><title>Review</title><style>p { color: green }</style><p>40 services"


def make_review(site: Site, *, month: str = "2026-10", version: int = 1, report: str | None = REPORT,
                name: str | None = None) -> int:  # fmt: skip
    """A review's number. `report` None: its file is not there. `name`: of the file, when it is not the usual one."""
    figures = json.dumps({"month": month, "figures": {"whole": asdict(WHOLE)}, "findings": []})
    named = name or f"review-{month}-v{version}.html"
    folder = site.place.settings.reviews
    folder.mkdir(parents=True, exist_ok=True)
    if report is not None:
        (folder / named).write_text(report, encoding="utf-8")
    with site.store.write() as db:
        added = add_review(db, NewReview(month=month, version=version, written_at=site.clock(), policy_version="v",
                                         figures=figures, report=named))  # fmt: skip
    assert added is not None
    return added
