"""The monthly review as a report for managers (an HTML file) and as a bulletin for staff (the values of a mail)."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from models.figures import Group
from models.month import Month
from policy.file import Policy
from policy.findings import Finding, Weight
from policy.rules import Rules
from policy.statistics import Share
from policy.texts import interval_text, of_text, percent
from tasks.month_figures import Before, Counted, answered, kept, satisfied
from tasks.review_tables import deadlines, funnel_steps, group_tables, rating_words, tables
from templates.render import render_document
from vocabulary import Clause

_MOST_DRAWN = 24
"""Groups in one chart; the table has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A month as it is reviewed: what was counted, what it is compared with and what it says."""

    month: Month
    counted: Counted
    before: Before
    findings: Sequence[Finding]


def headline(review: Review, rules: Rules) -> list[dict[str, str]]:
    """The figures that stand at the top of the report, and in the bulletin: label, value, note."""
    counted, account = review.counted, review.counted.account
    concerns, taken = counted.concerns, kept(counted.concerns.handed_over)
    note = f"{of_text(taken)} acknowledged within {rules.escalation.deadline_hours} hours" if taken.whole else ""
    found = f"{account.accounted} of {account.reported} accounted for"
    return [
        {"label": "Services reported", "value": str(account.reported), "note": found},
        _figure("Contacted before the deadline", kept(counted.contact), rules),
        _figure("Answered, of those contacted", answered(counted.whole), rules),
        _figure("Satisfied, of those who rated", satisfied(counted.whole), rules),
        {"label": "Concerns opened", "value": str(concerns.opened), "note": note},
    ]


def _figure(label: str, share: Share, rules: Rules) -> dict[str, str]:
    least = rules.review.percentages_from
    if share.whole < least:
        return {"label": label, "value": of_text(share), "note": f"a percentage needs {least}"}
    return {"label": label, "value": percent(share), "note": f"{of_text(share)}, interval {interval_text(share)}"}


def bulletin(review: Review, rules: Rules, *, version: int, report: str) -> dict[str, Any]:
    """The values of the mail to staff: counts and findings only."""
    whole, concerns = review.counted.whole, review.counted.concerns.opened
    again = f" (version {version})" if version > 1 else ""
    told = [f"{finding.topic}: {finding.text}" for finding in review.findings if finding.weight is not Weight.TOO_FEW]
    thanks = f"To everybody who contacted {whole.contacted} customers and took up {concerns} concerns: thank you."
    return {"month": review.month.title + again, "figures": headline(review, rules), "findings": told,
            "thanks": thanks, "review_path": report}  # fmt: skip


def summary(review: Review, rules: Rules) -> str:
    """ "312 services, 58% answered, 85% satisfied, 12 concerns" """
    least, counted = rules.review.percentages_from, review.counted
    shares = ((answered(counted.whole), "answered"), (satisfied(counted.whole), "satisfied"))
    told = [f"{percent(share) if share.whole >= least else of_text(share)} {word}" for share, word in shares]
    return ", ".join([f"{counted.account.reported} services", *told, f"{counted.concerns.opened} concerns"])


def report(review: Review, policy: Policy, *, version: int, now: datetime, drawn: Mapping[str, str]) -> str:
    """The report as HTML that needs no other file. `drawn`: charts as SVG elements, by name.

    The values of a template are plain text and are escaped, all of them, so charts are not among them: each is put in
    afterwards for a mark that nobody can know beforehand and that therefore stands in no value.
    """
    rules, mark = policy.rules, secrets.token_hex(16)
    values = {
        "company": asdict(rules.company),
        "document": asdict(rules.document) | {"effective": rules.document.effective.isoformat()},
        "clauses": [{"number": clause.value, "text": rules.clauses[clause]} for clause in Clause],
        "month": review.month.title,
        "before": review.month.before.title,
        "version": version,
        "written": f"{now:%Y-%m-%d %H:%M} UTC",
        "policy_version": policy.version,
        "headline": headline(review, rules),
        "findings": [_told(finding) for finding in review.findings],
        "complete": review.counted.account.accounted == review.counted.account.reported,
        "tables": {name: asdict(table) for name, table in tables(review.counted, rules).items()},
        "groups": [asdict(table) for table in group_tables(review.counted, rules)],
        "least": asdict(rules.review),
        "charts": {name: f"{mark}-{name}" if name in drawn else "" for name in _CHARTS},
    }
    html = render_document("review", values)
    for name, svg in drawn.items():
        html = html.replace(f"{mark}-{name}", svg)
    return html


def _told(finding: Finding) -> dict[str, str]:
    return {"topic": finding.topic, "text": finding.text, "clause": finding.clause.value,
            "weight": finding.weight.value, "kind": finding.weight.name.lower()}  # fmt: skip


_CHARTS = ("funnel", "deadlines", "ratings", "departments", "months")


def draw_charts(review: Review, rules: Rules) -> dict[str, str]:
    """Those charts that have something to show, as SVG elements. Takes a second; nothing is read or written."""
    from tasks import charts  # takes a second to import, which nobody should wait for who draws nothing

    counted, least = review.counted, rules.review.percentages_from
    rated = sum(counted.ratings.values())
    drawings = {
        "funnel": charts.funnel(funnel_steps(counted)) if counted.account.reported else None,
        "deadlines": charts.deadlines(deadlines(counted), at_least=least),
        "ratings": charts.ratings(counted.ratings, rating_words(rules)) if rated else None,
        "departments": charts.satisfaction(_most_rated(counted.groups["department"]), at_least=least),
        "months": charts.two_months(_rates(review), review.month.short, review.month.before.short, at_least=least),
    }
    return {name: charts.draw(drawing, name) for name, drawing in drawings.items() if drawing is not None}


def _most_rated(groups: Sequence[Group]) -> list[Group]:
    """In the order of their names: an order by figures would be a ranking."""
    chosen = sorted(groups, key=lambda group: -group.rated)[:_MOST_DRAWN]
    return [group for group in groups if group in chosen]


def _rates(review: Review) -> list[tuple[str, Share, Share]]:
    now, before = review.counted, review.before
    return [
        ("Contacted in time", kept(now.contact), kept(before.contact)),
        ("Answered", answered(now.whole), answered(before.whole)),
        ("Satisfied", satisfied(now.whole), satisfied(before.whole)),
    ]
