"""The monthly review: a month is counted, written down as a version of its own, and owed to staff as a bulletin."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed
from sqlalchemy import Connection

from models.log import NewEntry, append
from models.month import Month
from models.owed import OwedMessage, owe_messages
from models.policies import keep_policy
from models.report import address_key
from models.reviews import NewReview, add_review, latest_review
from policy.file import Policy
from policy.findings import findings
from tasks.month_figures import count_before, count_month, facts
from tasks.place import place
from tasks.review_report import Review, bulletin, draw_charts, report, summary
from tasks.runs import note_counts
from tasks.tally import Tally
from vocabulary import Clause, Event, Purpose


class NoReview(ValueError):
    """The month cannot be reviewed. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a review: counts and names only. `tally` is empty when there was nothing new."""

    month: str
    version: int
    report: str
    summary: str
    tally: Tally


def month_to_review(month: str | None, now: datetime) -> str:
    """The month that was asked for, or else the last one that is over; as "2026-10"."""
    return month if month is not None else str(Month.last_before(now))


@task(cache_policy=NO_CACHE)
def write_review(month: str, now: datetime) -> Written:
    """Count the month, which changes nothing; then one transaction, if there is anything that its last version lacks.

    Raises ValueError for what is not a month, and for a month that is not over.
    """
    here, wanted = place(), Month.of(month)
    if now < wanted.after.begins("UTC"):
        first = wanted.after.begins("UTC")
        raise NoReview(f"{wanted.title} is not over: review it from {first:%Y-%m-%d} on, or name an earlier month")
    policy = here.policy
    with here.store.read() as db:
        review = _count(db, wanted, now, policy)
        latest = latest_review(db, month)
    figures = _figures_text(review)
    told, version = summary(review, policy.rules), 1 if latest is None else latest.version + 1
    if latest is not None and latest.figures == figures:
        return Written(month, latest.version, latest.report, told, Tally())
    drawn = draw_charts(review, policy.rules)
    row = NewReview(month=month, version=version, written_at=now, policy_version=policy.version, figures=figures,
                    report=f"review-{month}-v{version}.html")  # fmt: skip
    with here.store.write() as db:
        tally = _keep(db, row, review, policy, here.settings.reviews, drawn)
    return Written(month, version, row.report, told, tally)


def _count(db: Connection, month: Month, now: datetime, policy: Policy) -> Review:
    counted = count_month(db, month, now, policy.rules)
    before = count_before(db, month, now, policy.rules)
    found = findings(facts(counted, before, month), policy.rules.review)
    return Review(month=month, counted=counted, before=before, findings=found)


def _figures_text(review: Review) -> str:
    """JSON. Two reviews with the same text say the same; it holds nothing that changes with the clock alone."""
    found = {"month": str(review.month), "figures": asdict(review.counted), "before": asdict(review.before),
             "findings": [asdict(finding) for finding in review.findings]}  # fmt: skip
    return json.dumps(found, ensure_ascii=False, sort_keys=True)


def _keep(
    db: Connection, row: NewReview, review: Review, policy: Policy, folder: Path, drawn: Mapping[str, str]
) -> Tally:
    """Row, file, entry and bulletins; nothing, when somebody else wrote this version in the meantime."""
    review_id = add_review(db, row)
    if review_id is None:
        return Tally()
    keep_policy(db, policy.version, policy.text, row.written_at)
    html = report(review, policy, version=row.version, now=row.written_at, drawn=drawn)
    _write_file(folder / row.report, html)  # before the commit: no row without its file
    append(db, [_entry(row, review, review_id)])
    account, path = review.counted.account, f"{folder.name}/{row.report}"
    note = bulletin(review, policy.rules, version=row.version, report=path)
    told = owe_messages(db, _bulletins(row, note, policy) if account.reported else [], at=row.written_at)
    return Tally({"services": account.reported, "accounted for": account.accounted,
                  "findings": len(review.findings), "bulletins owed": told})  # fmt: skip


def _write_file(path: Path, text: str) -> None:
    """Whole or not at all: whoever opens the file while it is written again sees the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _entry(row: NewReview, review: Review, review_id: int) -> NewEntry:
    account = review.counted.account
    detail: dict[str, Any] = {"month": row.month, "version": row.version, "report": row.report,
                              "services": account.reported, "accounted for": account.accounted}  # fmt: skip
    return NewEntry(event=Event.REVIEW_WRITTEN, at=row.written_at, clause=Clause.REVIEW, ref_id=review_id,
                    policy_version=row.policy_version, detail=detail)  # fmt: skip


def _bulletins(row: NewReview, note: Mapping[str, Any], policy: Policy) -> list[OwedMessage]:
    return [
        OwedMessage(
            key=f"review:{row.month}:{row.version}:{address_key(address)[:16]}",
            purpose=Purpose.MONTHLY_BULLETIN,
            clause=Clause.REVIEW,
            due_at=row.written_at,
            to_address=address,
            note=note,
        )
        for address in policy.rules.review.bulletin_to
    ]


def publish_review(written: Written) -> State[Any]:
    """The run's end: the month in one line, and a page of counts. Nothing about a person leaves the store."""
    month, told = written.month, written.summary
    note_counts(written.tally)
    if not written.tally:
        return Completed(name="Nothing new", message=f"{month} stands as in {written.report}: {told}")
    counts = "\n".join(f"| {what} | {count} |" for what, count in written.tally.items())
    page = (
        f"## Review of {month}, version {written.version}\n\n{told}\n\n| what | count |\n|---|---|\n{counts}\n\n"
        f"Report: `{written.report}` in the reviews folder. A person reads and signs it (SOP 4.6)."
    )
    create_markdown_artifact(page, key="monthly-review", description=f"{month}: {told}")
    return Completed(name="Reviewed", message=f"{written.summary}; {written.report}")
