"""Emptying the outbox: many surveys are owed at once, and what is measured is how long it takes to be rid of them."""

from time import perf_counter

from sqlalchemy import func, select

from benchmarks import bare, story
from benchmarks.memory import peak_kb
from benchmarks.steps import Work, WrongResult, take_in
from channels.claims import Unguarded
from channels.protocol import Mail, Outcome
from cli.stages import StageName
from models.tables import messages
from tasks.mail_channel import sendgrid
from tasks.place import Place
from templates.render import render_message
from templates.samples import MESSAGE_SAMPLES
from vocabulary import Delivery, Purpose

FIRST = 500
"""Sent before the clock starts, one batch: a worker that has sent is what is measured, not its first imports."""


def drain(here: Place, work: Work, count: int) -> float:
    """Seconds for `count` mails, by the stage that `work` has for it."""
    deliver = work[StageName.DELIVER_MESSAGES]
    _owe(here, FIRST)
    deliver(story.ASKED)
    _owe(here, count, first=FIRST)
    began = perf_counter()
    deliver(story.ASKED)
    seconds = perf_counter() - began
    _check(here, FIRST + count)
    return seconds


def peaks(here: Place, count: int) -> dict[str, int]:
    """The highest memory so far after the imports, after one batch, and after draining `count` mails more."""
    deliver = bare.work_of(here)[StageName.DELIVER_MESSAGES]
    imports = peak_kb()
    _owe(here, FIRST)
    deliver(story.ASKED)
    batch = peak_kb()
    _owe(here, count, first=FIRST)
    deliver(story.ASKED)
    sweep = peak_kb()
    _check(here, FIRST + count)
    return {"imports_kb": imports, "batch_kb": batch, "sweep_kb": sweep, "mails": FIRST + count}


def http_only(here: Place, count: int) -> float:
    """Seconds for `count` mails that are written already, burst by burst through the same adapter, and nothing else."""
    batches = here.policy.rules.batches
    mails = _written(FIRST + count)
    _burst(here, mails[:FIRST], batches.in_flight)
    began = perf_counter()
    for first in range(FIRST, len(mails), batches.size):
        _burst(here, mails[first : first + batches.size], batches.in_flight)
    return perf_counter() - began


def _owe(here: Place, count: int, first: int = 0) -> None:
    work = bare.work_of(here)
    take_in(here.store, first, count)
    work[StageName.SCHEDULE_CONTACT](story.SCHEDULED)
    work[StageName.SEND_SURVEY](story.ASKED)


def _check(here: Place, count: int) -> None:
    with here.store.read() as db:
        counted = select(messages.c.state, func.count()).group_by(messages.c.state)
        states = dict(db.execute(counted).tuples().all())
    if states != {Delivery.ACCEPTED: count}:
        raise WrongResult(f"{count} messages should be accepted, but: {states}")


def _burst(here: Place, mails: list[Mail], in_flight: int) -> None:
    provider = sendgrid(here.settings, story.ASKED)
    receipts = provider.send(mails, claim=Unguarded(), in_flight=in_flight)
    if any(receipt.outcome is not Outcome.ACCEPTED for receipt in receipts):
        raise WrongResult("the provider did not take every mail")


def _written(count: int) -> list[Mail]:
    sample = next(each for each in MESSAGE_SAMPLES if each.purpose is Purpose.SURVEY)
    written = render_message(sample.purpose, sample.values)
    return [
        Mail(
            ref=f"m{number}", to=f"customer{number}@example.com", to_name="Alex Example", sender="service@example.com",
            sender_name="Example Home Services", subject=written.subject, text=written.text, html=written.html,
            unsubscribe_url=str(sample.values["unsubscribe_url"]),
        )
        for number in range(count)
    ]  # fmt: skip
