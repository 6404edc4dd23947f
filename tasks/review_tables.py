"""The tables of the monthly review: words and counts in rows. A share is shown from the policy's smallest count on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from models.figures import Deadline, Ending, Group, Spread
from policy.rules import Rules
from policy.statistics import Share
from policy.texts import interval_text, percent
from tasks.month_figures import Counted, answered, kept, satisfied

NO_SHARE = "–"
Row = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    head: Sequence[str]
    rows: Sequence[Row]
    """Numbers stand to the right; the first cell is the name of its row."""
    total: Row = ()


def tables(counted: Counted, rules: Rules) -> dict[str, Table]:
    """By the name under which the template shows each. One without rows is not shown."""
    least = rules.review.percentages_from
    return {
        "account": _account(counted),
        "sources": Table("As reported, by source", ("Source", "Services"), _rows(counted.account.sources),
                         ("All sources", counted.account.reported)),
        "funnel": Table("From service to rating", ("Step", "Services", "Of the step before"), _funnel(counted, least)),
        "excluded": Table("Not followed up, and why", ("Disposition", "Reason", "Clause", "Cases"),
                          [_ending(ending) for ending in counted.not_followed_up]),
        "deadlines": Table("Deadlines", ("Deadline", "Within", "Clause", "Kept", "Late", "Not yet due", "Share kept"),
                           _deadlines(counted, rules)),
        "hours": _hours(counted),
        "ratings": _ratings(counted, rules, least),
        "concerns": Table("Concerns", ("Concerns", "Count"), _concerns(counted)),
        "severities": Table("Severity", ("Severity", "Concerns"), _rows(counted.concerns.severities)),
        "outcomes": Table("Outcome", ("Closed as", "Concerns"), _rows(counted.concerns.outcomes)),
        "causes": Table("Root causes", ("Root cause", "Concerns"), _rows(counted.concerns.root_causes)),
        "sent": _sent(counted),
        "calls": Table("Calls to customers", ("Outcome", "Calls"), _rows(counted.calls)),
        "unconfirmed": Table("Answers that no person has confirmed", ("Unconfirmed answers", "Count"),
                             _rows(counted.unconfirmed) if any(counted.unconfirmed.values()) else ()),
        "words_low": _words(counted, low=True),
        "words_high": _words(counted, low=False),
        "policies": Table("Policy versions of the month's cases", ("Version", "Cases"), _rows(counted.policies)),
    }  # fmt: skip


def group_tables(counted: Counted, rules: Rules) -> list[Table]:
    head = ("Cases", "Contacted", "Answered", "Response", "Rated", "Satisfied", "Satisfaction", "Interval", "Concerns")
    least = rules.review.percentages_from
    return [Table(f"By {kind}", (kind.capitalize(), *head), [_group(group, least) for group in groups])
            for kind, groups in counted.groups.items() if groups]  # fmt: skip


def share_cell(share: Share, least: int) -> str:
    return percent(share) if share.whole >= least else NO_SHARE


def _account(counted: Counted) -> Table:
    account = counted.account
    rows: list[Row] = [_ending(ending) for ending in account.endings]
    rows += [("still open", f"stage: {stage}", NO_SHARE, count) for stage, count in account.open.items()]
    rows += [("still open", "reported, not taken up yet", NO_SHARE, account.waiting)] if account.waiting else []
    head = ("Disposition", "Reason", "Clause", "Services")
    total = ("Accounted for", f"of {account.reported} reported", "", account.accounted)
    return Table("Every service of the month, by how its case ended", head, rows, total)


def _ending(ending: Ending) -> Row:
    return (ending.disposition, ending.reason, ending.clause, ending.count)


def funnel_steps(counted: Counted) -> list[tuple[str, int]]:
    whole = counted.whole
    return [("Reported", counted.account.reported), ("Followed up", whole.followed_up), ("Contacted", whole.contacted),
            ("Answered", whole.answered), ("Rated", whole.rated)]  # fmt: skip


def _funnel(counted: Counted, least: int) -> list[Row]:
    steps = funnel_steps(counted)
    rows: list[Row] = [(*steps[0], NO_SHARE)]
    rows += [(step, count, share_cell(Share(count, before), least)) for (_, before), (step, count) in pairwise(steps)]
    return rows


def deadlines(counted: Counted) -> dict[str, Deadline]:
    """By the short names that the chart has room for."""
    found = counted.concerns
    return {"First contact": counted.contact, "Concern, 24 hours": found.handed_over,
            "Concern, target": found.acknowledged, "Resolution, target": found.resolved}  # fmt: skip


def _deadlines(counted: Counted, rules: Rules) -> list[Row]:
    escalation = rules.escalation
    limits = [
        ("First contact", f"{rules.contact.due_business_days} business days", "4.1"),
        ("Concern acknowledged", f"{escalation.deadline_hours} hours at most", "4.4"),
        ("Concern acknowledged", f"{escalation.acknowledge_business_hours} business hours, the target", "4.4"),
        ("Concern resolved", f"{escalation.resolve_days} days, the target", "4.4"),
    ]
    return [(*limit, of.kept, of.late, of.not_yet_due, share_cell(kept(of), rules.review.percentages_from))
            for limit, of in zip(limits, deadlines(counted).values(), strict=True)]  # fmt: skip


def _hours(counted: Counted) -> Table:
    spreads = {
        "From closing to first contact": counted.hours_to_contact,
        "From concern to acknowledgement": counted.concerns.hours_to_acknowledge,
        "From concern to resolution": counted.concerns.hours_to_resolve,
    }
    head = ("Elapsed hours", "Measured", "Half took at most", "Nine of ten at most")
    rows = [(name, of.count, *_spread(of)) for name, of in spreads.items() if of.count]
    return Table("Times", head, rows)


def _spread(spread: Spread) -> tuple[str, str]:
    return (f"{spread.median:.1f} h", f"{spread.ninetieth:.1f} h")


def _ratings(counted: Counted, rules: Rules, least: int) -> Table:
    words, rated = rating_words(rules), counted.whole.rated
    rows = [(f"{n}, {words[n]}", counted.ratings[n], share_cell(Share(counted.ratings[n], rated), least))
            for n in sorted(counted.ratings, reverse=True)]  # fmt: skip
    return Table("Ratings", ("Rating", "Answers", "Share"), rows if rated else (), ("All", rated, ""))


def rating_words(rules: Rules) -> dict[int, str]:
    """What the policy calls each rating."""
    low, high = rules.survey.low_max, rules.survey.satisfied_min
    return {n: "low" if n <= low else "satisfied" if n >= high else "neutral" for n in range(1, 6)}


def _group(group: Group, least: int) -> Row:
    share = satisfied(group)
    interval = interval_text(share) if share.whole >= least else NO_SHARE
    return (group.name, group.cases, group.contacted, group.answered, share_cell(answered(group), least), group.rated,
            group.satisfied, share_cell(share, least), interval, group.concerns)  # fmt: skip


def _concerns(counted: Counted) -> list[Row]:
    found = counted.concerns
    counts = {
        "Opened": found.opened,
        "Said again while open": found.repeated,
        "Opened again after a resolution": found.reopened,
        "Still open": found.still_open,
        "Settled on the phone, so not opened": found.solved_on_the_phone,
    }
    return list(counts.items()) if found.opened or found.solved_on_the_phone else []


def _sent(counted: Counted) -> Table:
    head = ("Purpose", "Sent", "Of these delivered", "Failed", "Refused", "Of these because of our sender",
            "Unknown", "Withdrawn", "Waiting", "Possible second copies")  # fmt: skip
    rows: list[Row] = [(of.purpose.replace("_", " "), of.sent, of.delivered, of.failed, of.refused, of.barred,
                        of.unknown, of.withdrawn, of.waiting, of.possible_duplicates)
                       for of in counted.sent]  # fmt: skip
    return Table("Messages about the month's services", head, rows)


def _words(counted: Counted, *, low: bool) -> Table:
    words = counted.words
    head = ("Word", f"In {words.low_comments} comments with low ratings", f"In {words.high_comments} with high ratings")
    side, name = (words.of_low, "low") if low else (words.of_high, "high")
    return Table(f"Words that mark {name} ratings", head, [(word.text, word.low, word.high) for word in side])


def _rows(counts: Mapping[Any, int]) -> list[Row]:
    return [(str(name), count) for name, count in counts.items()]
