"""The tables. Unique constraints carry the promises; instants are UTC; words are stored by their value.

A column that names a person or an address is marked *Identity*: the purge empties those, and nothing else leaves a row.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Table
from sqlmodel import SQLModel

from models.tables.closing import Pause, UnreachableRequest
from models.tables.concern import Answer, Escalation, Judgement, Note, Subtask
from models.tables.contact import (
    Call,
    ChannelState,
    InvalidAddress,
    Link,
    Message,
    ProviderEvent,
    Reply,
    Suppression,
)
from models.tables.danger import Alarm, DutyShift
from models.tables.followup import Case, CaseContactWord, CaseWord, Service
from models.tables.holding import Hold
from models.tables.outbound import Announcement, TargetState
from models.tables.record import Entry, PolicyVersion, Review, Run
from models.tables.staff import FailedSignIn, Person, SignIn, Submission

METADATA = SQLModel.metadata


def columns(table: Table, *names: str) -> Sequence[Column[Any]]:
    """Columns by name, for a `select` or `returning` of many."""
    return [table.c[name] for name in names]


def _table(model: type[SQLModel]) -> Table:
    table = model.__dict__["__table__"]
    assert isinstance(table, Table)  # noqa: S101 - says to the type checker what SQLModel made
    return table


case_words, case_contact_words = _table(CaseWord), _table(CaseContactWord)
services, cases, messages, links = _table(Service), _table(Case), _table(Message), _table(Link)
answers, judgements, escalations, calls = _table(Answer), _table(Judgement), _table(Escalation), _table(Call)
entries, suppressions, channel_states = _table(Entry), _table(Suppression), _table(ChannelState)
provider_events, replies, invalid_addresses = _table(ProviderEvent), _table(Reply), _table(InvalidAddress)
policy_versions, reviews, runs = _table(PolicyVersion), _table(Review), _table(Run)
escalation_pauses, unreachable_requests = _table(Pause), _table(UnreachableRequest)
announcements, target_states = _table(Announcement), _table(TargetState)
alarms, duty_shifts = _table(Alarm), _table(DutyShift)
notes, subtasks, holds = _table(Note), _table(Subtask), _table(Hold)
people, sign_ins = _table(Person), _table(SignIn)
failed_sign_ins, submissions = _table(FailedSignIn), _table(Submission)
