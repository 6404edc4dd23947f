"""Playing recorded visitors against the real application, on a clock that keeps their pace."""

import json
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from models.due import unjudged_cases
from tasks.concerns import judge_answers
from tests.asgi import Reply, request
from tests.web_site import Site

FOLDER = Path(__file__).parent
SCANNERS = sorted((FOLDER / "scanners").glob("*.jsonl"))
PEOPLE = sorted((FOLDER / "people").glob("*.jsonl"))
_ORIGIN = "http://127.0.0.1:8000"
_NONCE = re.compile(r'name="(?:nonce|again)" value="([^"]+)"')
_BELL = timedelta(seconds=5)
"""So long after an answer the sweep that judges it starts (schedule_after in prefect.yaml)."""


@dataclass(frozen=True, slots=True)
class Step:
    at_ms: float
    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str] | None


@dataclass
class Played:
    """What was done, by kind, and the last rating that was sent."""

    kinds: Counter[str] = field(default_factory=Counter)
    rating: int | None = None


def read(file: Path) -> list[Step]:
    rows: list[dict[str, Any]] = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [Step(row["at_ms"], row["method"], row["path"], row["headers"], row.get("form")) for row in rows]


def jittered(steps: list[Step], chance: random.Random) -> list[Step]:
    """The same at another pace: up to a twelfth faster or slower."""
    pace = 1 + chance.uniform(-1, 1) / 12
    return [Step(step.at_ms * pace, step.method, step.path, step.headers, step.form) for step in steps]


def returning(steps: list[Step]) -> list[Step]:
    """The same, and then each of the visitors that it knows tries to take back the opt-out, with two presses."""
    steps = list(steps)
    for headers in list({str(step.headers): step.headers for step in steps}.values()):
        at, path = steps[-1].at_ms, "/u/{unsubscribe}"
        steps.append(Step(at + 1000, "POST", path, headers, {"stop": "nothing"}))
        second = {"stop": "nothing", "again": f"{{nonce:{len(steps)}}}"}
        steps.append(Step(at + 4000, "POST", path, headers, second))
    return steps


def play(site: Site, steps: list[Step], survey: str, unsubscribe: str) -> Played:
    """From the delivery of the mail, which is now, until an hour after the last request; judging what comes in."""
    delivered, played, pages = site.clock.now, Played(), {}
    texts = {"survey": survey, "SURVEY": survey.upper(), "unsubscribe": unsubscribe, "origin": _ORIGIN}
    for number, step in enumerate(steps, start=1):
        at = delivered + timedelta(milliseconds=step.at_ms)
        if at - site.clock.now > _BELL:
            judge(site, site.clock.now + _BELL)
        site.clock.now = max(at, site.clock.now)
        reply = _send(site, step, texts, pages)
        pages[number] = reply.body.decode()
        _count(played, step, reply)
    for _ in range(4):
        site.clock.tick(minutes=15)
        judge(site, site.clock.now)
    return played


def judge(site: Site, now: datetime) -> None:
    for batch in unjudged_cases(site.store, now, size=100):
        judge_answers.fn(batch, now)


def _send(site: Site, step: Step, texts: dict[str, str], pages: dict[int, str]) -> Reply:
    path, _, query = _filled(step.path, texts).partition("?")
    headers = [(name.encode(), _filled(value, texts).encode()) for name, value in step.headers.items()]
    body = b""
    if step.form is not None:
        body = urlencode({name: _nonce(value, pages) for name, value in step.form.items()}).encode()
    return request(site.app, step.method, path.encode(), query.encode(), headers, body)


def _filled(text: str, texts: dict[str, str]) -> str:
    for name, value in texts.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _nonce(value: str, pages: dict[int, str]) -> str:
    """`{nonce:3}` is that of the form which line 3 was answered with."""
    line = re.fullmatch(r"\{nonce:(\d+)\}", value)
    if line is None:
        return value
    found = _NONCE.search(pages[int(line[1])])
    return unescape(found[1]) if found else ""


def _count(played: Played, step: Step, reply: Reply) -> None:
    assert reply.status < 500, step
    kinds = {
        step.method: True,
        "rating opened": step.method == "GET" and "r=" in step.path,
        "hidden link": step.path.endswith("/v"),
        "way out opened": step.path.startswith("/u/") and step.method != "POST",
        "way out pressed": step.path.startswith("/u/") and step.method == "POST",
        "thanked": step.method == "POST" and b"Thank you" in reply.body,
        "asked once more": step.method == "POST" and reply.status == 422,
    }
    played.kinds.update(kind for kind, done in kinds.items() if done)
    if kinds["thanked"] and step.form:
        played.rating = int(step.form["rating"]) if "rating" in step.form else None
