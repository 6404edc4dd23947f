"""What the hook for provider events takes: signed posts to the real web application in a process of its own.

`python -m benchmarks.events --seconds 60`; `./aftercare bench events` calls it with checked options. First as fast as
they are taken, beside a bare loop that only verifies and inserts; then at a fixed rate, every event counted afterwards.
"""

import argparse
import asyncio
import json
import os
import socket
import sys
import tempfile
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from benchmarks.event_load import PER_POST, Result, Sender
from cli.fault import Fault
from cli.parts import Part, stop_all, wait_until_ready
from config.settings import Settings, read_settings
from models.schema import ensure_schema
from models.store import Store
from models.tables import messages, provider_events

RATE = 5_000
BURST_S = 10.0
_MOST_PER_S = 30_000
"""Events: mails are prepared for so many, and no machine of ours takes more."""
_STOP_WITHIN_S = 12.0
_AT = "2026-01-05 09:00:00.000000+00:00"

_FILL = (
    "INSERT INTO services (id, source, external_id, closing, body_sha256, received_at, closed_at, kind, department,"
    " branch, region, timezone, channels, tags)"
    " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :mails)"
    " SELECT i, 'bench', i, 1, '', :at, :at, 'job completed', 'Heating', 'Berlin', 'DE-BE', 'Europe/Berlin', '', ''"
    " FROM n",
    "INSERT INTO cases (id, service_id, stage, opened_at, policy_version, kind, department, branch, region, timezone,"
    " recipient_timezone, email_key, preferred, ladder, rung, closed_at, contact_not_before_at, contact_due_at,"
    " next_at, contacted_at, contact_channel, reminders)"
    " SELECT id, id, 'asked', :at, '', kind, department, branch, region, timezone, timezone, printf('%064x', id), 1,"
    " 'email,phone', 0, :at, :at, :at, :at, :at, 'email', 0 FROM services",
    "INSERT INTO messages (id, ref, key, case_id, purpose, channel, note, owed_at, due_at, state, attempts, code,"
    " provider_id, settled_at, possible_duplicate)"
    " SELECT id, printf('%032x', id), 'survey ' || id, id, 'survey', 'email', '{}', :at, :at, 'accepted', 1, '202',"
    " 'm' || id, :at, 0 FROM cases",
)
"""One statement per table: a hundred thousand surveys that the provider took stand there in a few seconds."""


class Lost(Exception):
    """Not everything that was acknowledged is there, or not as it should be: then no figure means anything."""


@dataclass(frozen=True, slots=True)
class Site:
    """An application in a process of its own, over a store of its own."""

    store: Store
    sender: Sender


@contextmanager
def serving(folder: Path, module: str, mails: int) -> Any:
    """A `Site` whose store holds `mails` surveys that the provider took."""
    folder.mkdir()
    port = _free_port()
    sender = Sender(port)
    settings = _surroundings(folder, port, sender.public_key)
    store = Store(settings.store_url)
    ensure_schema(store)
    with store.write() as db:
        for statement in _FILL:
            db.execute(text(statement), {"mails": mails, "at": _AT})
    part = Part("web application", [sys.executable, "-P", "-m", module], folder / "web.log", {})
    part.start()
    try:
        wait_until_ready(part, f"http://127.0.0.1:{port}/healthz")
        yield Site(store, sender)
    finally:
        stop_all([part], within_s=_STOP_WITHIN_S)
        store.close()


def _surroundings(folder: Path, port: int, key: str) -> Settings:
    """An environment in which nothing of the caller's installation is read or written; the bell reaches nobody."""
    for name in [name for name in os.environ if name.startswith(("AFTERCARE_", "PREFECT_"))]:
        del os.environ[name]
    os.environ |= {
        "AFTERCARE_HOME": str(folder),
        "AFTERCARE_WEB_PORT": str(port),
        "AFTERCARE_PREFECT_PORT": str(_free_port()),
        "AFTERCARE_SENDGRID_EVENT_KEYS": key,
    }
    return read_settings()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def check(site: Site, acknowledged: int, *, merged: bool) -> dict[str, int]:
    """Every event that was acknowledged is a row, once; `merged`: and every mail stands where its events put it."""
    with site.store.read() as db:
        rows = db.execute(select(func.count()).select_from(provider_events)).scalar_one()
        by_state = select(messages.c.state, func.count()).group_by(messages.c.state)
        states: dict[str, int] = dict(db.execute(by_state).tuples().all())
    if rows != acknowledged:
        raise Lost(f"{acknowledged} events were acknowledged, but {rows} are there")
    told = site.sender.mails - PER_POST // 2  # of the last ones only that they were processed
    if merged and states.get("delivered", 0) + states.get("failed", 0) != told:
        raise Lost(f"of {told} mails the ending was told, but: {states}")
    return states


def measure(folder: Path, seconds: float, rate: int) -> dict[str, Any]:
    """Measure, print, and return what goes into the JSON file."""
    burst, found = int(_MOST_PER_S * BURST_S / 2), {}
    for name, module in (("bare", "benchmarks.bare_events"), ("ours", "web")):
        with serving(folder / f"{name}-burst", module, burst) as site:
            result = asyncio.run(site.sender.run(seconds=BURST_S, per_second=None))
            check(site, result.acknowledged, merged=name == "ours")
            found[name] = _told(f"{name}, as fast as they are taken", result)
    with serving(folder / "sustained", "web", int(rate * seconds / 2) + PER_POST) as site:
        result = asyncio.run(site.sender.run(seconds=seconds, per_second=rate / PER_POST))
        states = check(site, result.acknowledged, merged=True)
        found["sustained"] = _told(f"ours, at {rate} events/s for {seconds:g} s", result)
    ratio = found["ours"]["events_per_s"] / found["bare"]["events_per_s"]
    held = found["sustained"]["events_per_s"] / rate
    print(f"{'ours / bare loop':40} {ratio:9.2f}")
    print(f"{'of the demanded rate':40} {held:9.2f}  ({'held' if held > 0.99 else 'missed'})")
    print(f"{'acknowledged events that are missing':40} {0:9d}  (rows counted; mails by state: {states})")
    print(f"{'load of the machine, 1 and 5 minutes':40} {os.getloadavg()[0]:9.2f} {os.getloadavg()[1]:.2f}")
    return found | {"ratio": ratio, "held": held, "processors": os.cpu_count(), "load": os.getloadavg()}


def _told(name: str, result: Result) -> dict[str, Any]:
    p50, p99 = result.percentile_ms(0.5), result.percentile_ms(0.99)
    line = f"{name:40} {result.rate:9.0f} events/s, a post waits {p50:.0f} ms (p50), {p99:.0f} ms (p99)"
    print(line + (f", {result.refused} posts refused" if result.refused else ""), flush=True)
    return {"events_per_s": result.rate, "acknowledged": result.acknowledged, "refused": result.refused,
            "seconds": result.seconds, "p50_ms": p50, "p99_ms": p99}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure the hook for provider events: docs/benchmarks.md")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
            found = measure(Path(folder), options.seconds, options.rate)
    except KeyboardInterrupt:
        print("Stopped.")
        return 130
    except (Fault, Lost) as fault:
        print(f"aftercare: {fault}", file=sys.stderr)
        return 2
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
