"""The month's figures so far, and the newest review: what management looks at first."""

from typing import Any

from models.figures import Group, Scale, whole
from models.month import Month, closed_in
from models.reviews import newest_review
from policy.rules import Rules
from web.console.day_items import Section, section
from web.console.doors import Visit
from web.console.times import moment


def month_so_far(visit: Visit, rules: Rules) -> Section:
    """Of the services that were closed in this month, as the reader's calendar has it."""
    today = visit.now.astimezone(visit.person.zone)
    month = Month(today.year, today.month)
    scale = Scale(low_max=rules.survey.low_max, satisfied_min=rules.survey.satisfied_min)
    group = whole(visit.db, closed_in(visit.db, month), scale)
    review = newest_review(visit.db)
    if review is None:
        written = "none yet: the first is written after the end of a month"
    else:
        at = moment(review.written_at, visit.now, visit.person.zone)["text"]
        written = f"{Month.of(review.month).title}, version {review.version}, written {at}"
    facts = [*_facts(group, rules.review.percentages_from), {"label": "Newest review", "value": written}]
    return section(f"{month.title} so far", [], facts=facts, nothing="")


def _facts(group: Group, least: int) -> list[dict[str, Any]]:
    of_followed = _share(group.contacted, group.followed_up, least)
    of_contacted = _share(group.answered, group.contacted, least)
    of_rated = _share(group.satisfied, group.rated, least)
    return [
        {"label": "Services followed up", "value": f"{group.followed_up} of {group.cases}"},
        {"label": "Customers contacted", "value": f"{group.contacted}{of_followed}"},
        {"label": "Answers", "value": f"{group.answered}{of_contacted}"},
        {"label": "Satisfied", "value": f"{group.satisfied} of {group.rated} ratings{of_rated}"},
        {"label": "Concerns", "value": str(group.concerns)},
    ]


def _share(part: int, of: int, least: int) -> str:
    """A percentage from so many on; below, the count alone says what there is to say."""
    return f" ({part / of:.0%})" if of >= least else ""
