"""The bare loop: the tasks' own functions over the same batches, without Prefect. The difference is what it costs."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from benchmarks.steps import Work
from cli.stages import StageName
from models.alarms import due_alarms
from models.due import due_cases, due_escalations, due_replies, unjudged_cases, waiting_services
from models.failures import lost_messages
from models.following import followers
from tasks.alarms import pass_dangers_on
from tasks.ask import owe_surveys
from tasks.concerns import judge_answers
from tasks.following import follow_attached
from tasks.ladder import work_ladder
from tasks.look_up import look_up_unknown
from tasks.open_cases import cancel_reopened, open_cases
from tasks.outbox import claim_batch, send_claimed, tidy_outbox
from tasks.place import Place
from tasks.records import check_records
from tasks.silence import settle_silence
from tasks.undelivered import follow_failures, unknown_wait
from tasks.unread import warn_of_replies
from vocabulary import Stage

# Each function is its flow's loop, line by line, with `.fn` where the flow calls the task.


def work_of(here: Place) -> Work:
    by_stage: dict[StageName, Callable[[Place, datetime], None]] = {
        StageName.SCHEDULE_CONTACT: _schedule_contact,
        StageName.SEND_SURVEY: _send_survey,
        StageName.DELIVER_MESSAGES: _deliver_messages,
        StageName.AWAIT_RESPONSE: _await_response,
        StageName.ESCALATE: _escalate,
        StageName.DOCUMENT: _document,
    }
    return {stage: partial(work, here) for stage, work in by_stage.items()}


def _schedule_contact(here: Place, now: datetime) -> None:
    cancel_reopened.fn(now)
    for batch in waiting_services(here.store, now, size=here.policy.rules.batches.size):
        open_cases.fn(batch, now)


def _send_survey(here: Place, now: datetime) -> None:
    for batch in due_cases(here.store, Stage.PLANNED, now, size=here.policy.rules.batches.size):
        owe_surveys.fn(batch, now)


def _deliver_messages(_here: Place, now: datetime) -> None:
    look_up_unknown.fn(now)
    tidy_outbox.fn(now)
    while (owner := claim_batch.fn(now)) is not None:
        send_claimed.fn(owner, now)


def _await_response(here: Place, now: datetime) -> None:
    for batch in due_cases(here.store, Stage.ASKED, now, size=here.policy.rules.batches.size):
        settle_silence.fn(batch, now)


def _escalate(here: Place, now: datetime) -> None:
    size = here.policy.rules.batches.size
    for batch in due_alarms(here.store, now, size=size):
        pass_dangers_on.fn(batch, now)
    for batch in unjudged_cases(here.store, now, size=size):
        judge_answers.fn(batch, now)
    for batch in lost_messages(here.store, now, wait=unknown_wait(), size=size):
        follow_failures.fn(batch, now)
    for batch in due_escalations(here.store, now, size=size):
        work_ladder.fn(batch, now)
    for batch in due_replies(here.store, now, size=size):
        warn_of_replies.fn(batch, now)
    for batch in followers(here.store, size=size):
        follow_attached.fn(batch, now)


def _document(here: Place, now: datetime) -> None:
    for batch in due_cases(here.store, Stage.ENDED, now, size=here.policy.rules.batches.size):
        check_records.fn(batch, now)
