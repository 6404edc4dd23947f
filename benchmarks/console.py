"""What the console's pages take over a large store, beside the same pages over one of a hundredth of its size.

`python -m benchmarks.console --cases 100000`; `./aftercare bench console` calls it with checked options. Server time:
the application is called in this process, so that no network and no browser is measured.
"""

import argparse
import json
import os
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx
from sqlalchemy import text

from benchmarks.console_store import fill
from config.settings import read_settings
from models import sign_ins
from models.people import NewPerson, add
from models.schema import ensure_schema
from models.store import Store
from vocabulary import Role
from web.app import create_app
from web.bell import Silent

_SMALLER = 100
_ROUNDS = 15
BAR_PAGE_MS = 200.0
"""Of a page, at 100,000 cases."""
BAR_SEARCH_MS = 300.0
"""Of a search, at 1,000,000 cases."""
BAR_NEXT_MS = 150.0
"""From the press of a key to the next reply, at 10,000 that wait."""
BAR_KB = 100.0
_NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

_PAGES = {
    "my day": "/console",
    "calls": "/console/calls",
    "a call": "/console/calls/1",
    "concerns": "/console/concerns",
    "a concern": "/console/concerns/1",
    "a case": "/console/cases/{old}",
    "replies": "/console/replies",
    "a reply": "/console/replies/{reply}",
    "replies, a department with few": "/console/replies",
    "a reply is reviewed, and the next": "/console/replies/{reply}",
    "runs": "/console/runs",
    "people": "/console/people",
    "log": "/console/log",
    "log, far back": "/console/log?after={middle}",
    "log, a rare event": "/console/log?event=record_incomplete",
    "log, an event that none has": "/console/log?event=review_written",
    "log, a department": "/console/log?department=Heating",
    "log, a department with few cases": "/console/log?department=Lifts",
    "log, a rare event of a department": "/console/log?event=record_incomplete&department=Heating",
    "log, a day long ago": "/console/log?from=2026-02-01&until=2026-02-01",
    "log, an event of a month": "/console/log?event=answer_judged&from=2026-02-01&until=2026-02-28",
}
_OF_FEW = "replies, a department with few"
_REVIEWED = "a reply is reviewed, and the next"
_SEARCHES = {
    "newest cases": "",
    "a page far back": "after={middle}",
    "a department": "department=Heating",
    "department and branch": "department=Heating&branch=Branch+7",
    "a rare outcome": "disposition=unreachable",
    "a rare outcome of a branch": "disposition=unreachable&branch=Branch+7",
    "an outcome that none has": "disposition=opted+out",
    "a stage that few have": "stage=recovering",
    "a month long ago": "from=2026-02-01&until=2026-02-28&disposition=no+answer",
    "a rare name": "text=last4711",
    "a common name": "text=anna",
    "a name and a word": "text=anna+last4711",
    "half a name, in a department": "text=las&department=Plumbing",
    "a ticket": "text=ticket77",
    "nothing that is there": "text=zzz",
}


@dataclass(frozen=True, slots=True)
class Timed:
    what: str
    ms: float
    """The middle of all rounds."""
    worst_ms: float
    kb: float


def measure(cases: int, folder: Path) -> list[Timed]:
    """All pages and searches over a new store with so many cases."""
    os.environ["AFTERCARE_HOME"] = str(folder)
    os.environ["AFTERCARE_PREFECT_PORT"] = "9"  # nobody answers there: the page of the runs says so at once
    settings = read_settings()
    store = Store(settings.store_url, settings.announced_to)
    ensure_schema(store)
    started = time.perf_counter()
    fill(store, cases)
    print(f"{cases} cases written in {time.perf_counter() - started:.1f} s", flush=True)
    app = create_app(settings, store, lambda: _NOW, Silent())
    tokens = _signed_in(store), _signed_in(store, "Lifts")
    transport = httpx.ASGITransport(app=app)
    try:
        import asyncio

        return asyncio.run(_all(transport, tokens, cases, _waiting(store)))
    finally:
        store.close()


async def _all(transport: httpx.ASGITransport, tokens: tuple[str, str], cases: int, waiting: list[int]) -> list[Timed]:
    middle = f"{int(datetime(2026, 6, 1, tzinfo=UTC).timestamp() * 1_000_000)}_{cases // 2}"
    known = {"old": cases // 2, "middle": middle, "reply": waiting[len(waiting) // 2]}
    named = {what: path.format(**known) for what, path in _PAGES.items() if what != _REVIEWED}
    named |= {what: f"/console/cases?{query.format(middle=middle)}" for what, query in _SEARCHES.items()}
    everything, few = (_client(transport, token) for token in tokens)
    async with everything, few:
        timed = [await _timed(few if what == _OF_FEW else everything, what, path) for what, path in named.items()]
        return [*timed, await _reviewed(everything, waiting)]


def _client(transport: httpx.ASGITransport, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", cookies={"aftercare": token})


async def _reviewed(client: httpx.AsyncClient, waiting: list[int]) -> Timed:
    """From the press of a button to the page of the next reply: two requests, as a browser makes them."""
    spent = []
    page = await client.get(f"/console/replies/{waiting[0]}")
    for _ in range(_ROUNDS):
        how = "answer:4" if 'value="answer:4"' in page.text else "noted"
        fields = dict(_HIDDEN.findall(page.text)) | {"how": how}
        started = time.perf_counter()
        page = await client.post(page.url.path, data=fields, follow_redirects=True)
        spent.append((time.perf_counter() - started) * 1000)
        if page.status_code != 200 or "next-reply" not in str(page.url):
            raise SystemExit(f"{_REVIEWED}: {page.url} answered {page.status_code}")
    return Timed(_REVIEWED, median(spent[1:]), max(spent[1:]), len(page.content) / 1024)


_ADDRESSES = {"*": "bench@example.com", "Lifts": "lifts@example.com"}
_HIDDEN = re.compile(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">')


async def _timed(client: httpx.AsyncClient, what: str, path: str) -> Timed:
    spent, size = [], 0
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        answer = await client.get(path)
        spent.append((time.perf_counter() - started) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{what}: {path} answered {answer.status_code}")
        size = len(answer.content)
    return Timed(what, median(spent[1:]), max(spent[1:]), size / 1024)


def _waiting(store: Store) -> list[int]:
    """The replies that wait for a person, by deadline."""
    wanted = "SELECT id FROM replies WHERE settled_at IS NULL ORDER BY read_by, id"
    with store.read() as db:
        return list(db.execute(text(wanted)).scalars())


def _signed_in(store: Store, department: str = "*") -> str:
    """Somebody who may see every page, of this department."""
    token = secrets.token_urlsafe(32)
    with store.write() as db:
        person = add(
            db,
            NewPerson(email=_ADDRESSES[department], name="Bench", roles=tuple(Role), departments=[department]),
            at=_NOW,
        )
        sign_ins.begin(db, person, token, at=_NOW)
        db.execute(text("UPDATE sign_ins SET seen_at = since"))
    return token


def _lines(large: Sequence[Timed], small: Sequence[Timed], cases: int) -> list[str]:
    lines = [f"{'page':30} {'ms':>8} {'worst':>8} {'KB':>7} {f'x{_SMALLER} cases':>11}"]
    for one, before in zip(large, small, strict=True):
        grown = f"{one.ms / before.ms:.2f} times"
        lines.append(f"{one.what:30} {one.ms:8.1f} {one.worst_ms:8.1f} {one.kb:7.1f} {grown:>11}")
    for name, bar, held in (("pages", BAR_PAGE_MS, _PAGES), ("searches", BAR_SEARCH_MS, _SEARCHES)):
        slowest = max((one for one in large if one.what in held), key=lambda one: one.ms)
        verdict = "reached" if slowest.ms < bar else "missed"
        lines.append(
            f"slowest of the {name} at {cases} cases: {slowest.what}, {slowest.ms:.1f} ms (under {bar:g}: {verdict})"
        )
    reviewed = next(one for one in large if one.what == _REVIEWED)
    verdict = "reached" if reviewed.ms < BAR_NEXT_MS else "missed"
    lines.append(f"{_REVIEWED}, {cases // 10} waiting: {reviewed.ms:.1f} ms (under {BAR_NEXT_MS:g}: {verdict})")
    largest = max(large, key=lambda one: one.kb)
    verdict = "reached" if largest.kb < BAR_KB else "missed"
    lines.append(f"largest page: {largest.what}, {largest.kb:.1f} KB (under {BAR_KB:g}: {verdict})")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, required=True)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        small, large = (_in(Path(folder) / str(size), size) for size in (given.cases // _SMALLER, given.cases))
    print("\n".join(_lines(large, small, given.cases)))
    if given.json:
        given.json.write_text(json.dumps([asdict(one) for one in large], indent=1) + "\n")


def _in(folder: Path, cases: int) -> list[Timed]:
    folder.mkdir()
    return measure(cases, folder)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
