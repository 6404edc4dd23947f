"""A month counted: every figure of the review in one value, and the facts that its findings are drawn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from models.concern_figures import Concerns, Sent, calls_made, comments, concerns, sent, unconfirmed
from models.figures import (
    Account,
    Deadline,
    Ending,
    Group,
    Scale,
    Spread,
    account,
    first_contact,
    groups,
    not_followed_up,
    policies,
    ratings,
    whole,
)
from models.month import Month, closed_in
from models.tables import cases
from policy.findings import Facts, Rate
from policy.rules import Rules
from policy.statistics import Share
from policy.words import Words, telling_words

_GROUPS = {
    "department": cases.c.department,
    "branch": cases.c.branch,
    "kind of service": cases.c.kind,
    "channel of first contact": cases.c.contact_channel,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Counts, hours and names of departments and the like. It holds nothing about a person."""

    account: Account
    whole: Group
    not_followed_up: Sequence[Ending]
    ratings: Mapping[int, int]
    groups: Mapping[str, Sequence[Group]]
    """By what they group: department, branch, kind of service, channel of first contact."""
    contact: Deadline
    hours_to_contact: Spread
    concerns: Concerns
    sent: Sequence[Sent]
    calls: Mapping[str, int]
    unconfirmed: Mapping[str, int]
    policies: Mapping[str, int]
    words: Words


@dataclass(frozen=True, slots=True)
class Before:
    """Of the month before, what this one is compared with, as it stands now."""

    whole: Group
    contact: Deadline


def count_month(db: Connection, month: Month, now: datetime, rules: Rules) -> Counted:
    here, scale = closed_in(db, month), _scale(rules)
    deadline, hours = first_contact(db, here, now)
    return Counted(
        account=account(db, here),
        whole=whole(db, here, scale),
        not_followed_up=not_followed_up(db, here),
        ratings=ratings(db, here),
        groups={name: groups(db, here, column, scale) for name, column in _GROUPS.items()},
        contact=deadline,
        hours_to_contact=hours,
        concerns=concerns(db, here, now),
        sent=sent(db, here),
        calls=calls_made(db, here),
        unconfirmed=unconfirmed(db, here),
        policies=policies(db, here),
        words=telling_words(
            ((comment.rating, comment.text, comment.names) for comment in comments(db, here)),
            low_max=scale.low_max, satisfied_min=scale.satisfied_min, at_least=rules.review.comments_from,
        ),
    )  # fmt: skip


def count_before(db: Connection, month: Month, now: datetime, rules: Rules) -> Before:
    here = closed_in(db, month.before)
    return Before(whole(db, here, _scale(rules)), first_contact(db, here, now)[0])


def _scale(rules: Rules) -> Scale:
    return Scale(low_max=rules.survey.low_max, satisfied_min=rules.survey.satisfied_min)


def facts(counted: Counted, before: Before, month: Month) -> Facts:
    now, then = counted.whole, before.whole
    return Facts(
        month=month.title,
        before=month.before.title,
        reported=counted.account.reported,
        accounted=counted.account.accounted,
        still_open=sum(counted.account.open.values()) + counted.account.waiting,
        in_time=Rate(kept(counted.contact), kept(before.contact)),
        answered=Rate(answered(now), answered(then), (now.may_answer, then.may_answer)),
        satisfied=Rate(satisfied(now), satisfied(then)),
        departments={group.name: satisfied(group) for group in counted.groups["department"]},
        branches={group.name: satisfied(group) for group in counted.groups["branch"]},
        concerns=counted.concerns.opened,
        handed_over=kept(counted.concerns.handed_over),
        root_causes=counted.concerns.root_causes,
        words=counted.words,
    )


def kept(deadline: Deadline) -> Share:
    """Of those whose time is over or who were in time: what is still open and in time has not failed yet."""
    return Share(deadline.kept, deadline.kept + deadline.late)


def answered(group: Group) -> Share:
    return Share(group.answered, group.contacted)


def satisfied(group: Group) -> Share:
    return Share(group.satisfied, group.rated)
