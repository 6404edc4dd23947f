"""The textbook way, as tutorials teach it: one flow run per customer, one task per stage, one session per task.

It does less than ours: no calendar, no template, no log, no seal. The same provider gets the same number of requests.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter
from uuid import uuid4

import httpx
import sqlmodel  # sessions by their full name: the application itself opens none, here they are the point
from prefect import flow, task

from config.settings import read_settings

_SETTINGS = read_settings()
_URL = f"{_SETTINGS.sendgrid_url}/v3/mail/send"
_KEY = _SETTINGS.sendgrid_api_key.get_secret_value() if _SETTINGS.sendgrid_api_key else ""
_HEADERS = {"Authorization": f"Bearer {_KEY}"}
_AT_ONCE = 4
"""Coroutines under way. With 20 of them Prefect's SQLite makes runs wait for locks for seconds, or answers 503."""
engine = sqlmodel.create_engine(f"sqlite:///{_SETTINGS.home / 'textbook.db'}")


class FollowUp(sqlmodel.SQLModel, table=True):
    __tablename__ = "textbook_follow_ups"

    id: int | None = sqlmodel.Field(default=None, primary_key=True)
    name: str
    email: str
    state: str
    rating: int | None = None
    updated_at: datetime


def _scheduled(name: str, email: str) -> int:
    with sqlmodel.Session(engine) as session:
        row = FollowUp(name=name, email=email, state="scheduled", updated_at=datetime.now(UTC))
        session.add(row)
        session.commit()
        assert row.id is not None  # noqa: S101 - says to the type checker what a commit does
        return row.id


def _email(follow_up_id: int) -> dict[str, object]:
    with sqlmodel.Session(engine) as session:
        row = session.get_one(FollowUp, follow_up_id)
        to = {"to": [{"email": row.email, "name": row.name}], "custom_args": {"ac_send": uuid4().hex}}
        text = f"Hello {row.name}, how did we do?"
        return {"personalizations": [to], "from": {"email": "service@example.com"}, "subject": "How did we do?",
                "content": [{"type": "text/plain", "value": text}]}  # fmt: skip


def _updated(follow_up_id: int, state: str, rating: int | None = None) -> None:
    with sqlmodel.Session(engine) as session:
        row = session.get_one(FollowUp, follow_up_id)
        row.state, row.rating, row.updated_at = state, rating or row.rating, datetime.now(UTC)
        session.add(row)
        session.commit()


@task
def schedule(name: str, email: str) -> int:
    return _scheduled(name, email)


@task(retries=3, retry_delay_seconds=1)
def send(follow_up_id: int) -> None:
    httpx.post(_URL, json=_email(follow_up_id), headers=_HEADERS).raise_for_status()
    _updated(follow_up_id, "sent")


@task
def judge(follow_up_id: int, rating: int) -> None:
    _updated(follow_up_id, "escalated" if rating <= 2 else "fine", rating)


@task
def document(follow_up_id: int) -> None:
    _updated(follow_up_id, "closed")


@flow
def follow_up(name: str, email: str, rating: int) -> None:
    follow_up_id = schedule(name, email)
    send(follow_up_id)
    judge(follow_up_id, rating)
    document(follow_up_id)


@task
async def schedule_async(name: str, email: str) -> int:
    return _scheduled(name, email)


@task(retries=3, retry_delay_seconds=1)
async def send_async(follow_up_id: int) -> None:
    async with httpx.AsyncClient() as client:
        (await client.post(_URL, json=_email(follow_up_id), headers=_HEADERS)).raise_for_status()
    _updated(follow_up_id, "sent")


@task
async def judge_async(follow_up_id: int, rating: int) -> None:
    _updated(follow_up_id, "escalated" if rating <= 2 else "fine", rating)


@task
async def document_async(follow_up_id: int) -> None:
    _updated(follow_up_id, "closed")


@flow
async def follow_up_async(name: str, email: str, rating: int) -> None:
    follow_up_id = await schedule_async(name, email)
    await send_async(follow_up_id)
    await judge_async(follow_up_id, rating)
    await document_async(follow_up_id)


def one_after_the_other(count: int) -> float:
    return _timed(lambda first, last: [follow_up(*_customer(n)) for n in range(first, last)], count)


def gathered(count: int) -> float:
    async def all_of_them(first: int, last: int) -> None:
        free = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int) -> None:
            async with free:
                await follow_up_async(*_customer(number))

        await asyncio.gather(*(one(number) for number in range(first, last)))

    return _timed(lambda first, last: asyncio.run(all_of_them(first, last)), count)


def _timed(run: Callable[[int, int], object], count: int) -> float:
    """Seconds for `count` customers, after one more that is not counted: what is done once is not held against it."""
    sqlmodel.SQLModel.metadata.create_all(engine)
    run(0, 1)
    began = perf_counter()
    run(1, count + 1)
    seconds = perf_counter() - began
    with sqlmodel.Session(engine) as session:
        states = session.exec(sqlmodel.select(FollowUp.state)).all()
    if states != ["closed"] * (count + 1):
        raise RuntimeError(f"not every case was closed: {states}")
    return seconds


def _customer(number: int) -> tuple[str, str, int]:
    return f"Alex Example {number}", f"customer{number}@example.com", 2 if number % 20 == 0 else 5
