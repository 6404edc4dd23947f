"""The month's figures so far, and the newest review: what management looks at first."""

from datetime import datetime, timedelta
from typing import Any

from models.figures import Group, Scale, whole
from models.month import Month, closed_in
from models.reviews import newest_review
from policy.rules import Rules
from web.console.day_items import Section, section
from web.console.doors import Visit
from web.console.times import moment


class MonthSoFar:
    """Counting a month of 100,000 services takes a blink, and many look: what was counted is shown for a while."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._counted: dict[Month, tuple[datetime, Group]] = {}

    def __call__(self, visit: Visit) -> Section:
        """Of the services that were closed in this month, as the reader's calendar has it."""
        today = visit.now.astimezone(visit.person.zone)
        month = Month(today.year, today.month)
        counted_at, group = self._count(visit, month)
        facts = [
            *_facts(group, self._rules.review.percentages_from),
            {"label": "Counted", "value": moment(counted_at, visit.now, visit.person.zone)["text"]},
            {"label": "Newest review", "value": _newest_review(visit)},
        ]
        return section(f"{month.title} so far", [], facts=facts, nothing="", path="/console/reviews",
                       label="To the reviews")  # fmt: skip

    def _count(self, visit: Visit, month: Month) -> tuple[datetime, Group]:
        known = self._counted.get(month)
        if known is not None and known[0] <= visit.now < known[0] + _SHOWN_FOR:
            return known
        survey = self._rules.survey
        scale = Scale(low_max=survey.low_max, satisfied_min=survey.satisfied_min)
        counted = visit.now, whole(visit.db, closed_in(visit.db, month), scale)
        self._counted = {month: counted}
        return counted


_SHOWN_FOR = timedelta(minutes=5)


def _newest_review(visit: Visit) -> str:
    review = newest_review(visit.db)
    if review is None:
        return "none yet: the first is written after the end of a month"
    at = moment(review.written_at, visit.now, visit.person.zone)["text"]
    return f"{Month.of(review.month).title}, version {review.version}, written {at}"


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
