"""Faults and kills: a provider that breaks in every way, and processes that are ended at named points.

`python -m benchmarks.faults --cases 2000 --kills 200`; `./aftercare bench faults` calls it with checked options.
docs/benchmarks.md says what is done and what is held against it.
"""

import argparse
import json
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from math import ceil
from pathlib import Path
from random import Random

from benchmarks.fault_account import Account, account
from benchmarks.fault_crew import Crew
from benchmarks.fault_customers import INTAKE_SECRET, Customers
from benchmarks.fault_plants import PLANTS
from benchmarks.fault_points import orders
from benchmarks.fault_provider import Provider
from benchmarks.fault_report import report_lines, total_lines
from benchmarks.fault_story import DEADLINE_S, FEEDING, SetUp, StoryClock, stops, write_policy
from benchmarks.fault_world import World
from cli.fault import Fault
from models.schema import ensure_schema
from models.store import Store

DATABASES = ("sqlite", "postgresql")
_LEAD = 0.05
"""Of the cases, so many are reported before the kill that they are for."""
_SKIPPED = 0.55
"""Of the occasions to report services: so the next one has a burst that outlasts a lease."""
_FEW = 4
_MORE_STOPS, _QUIET_STOPS = 7, 14
"""After the last kill the story goes on for so many stops of the clock with faults, and for so many without."""


@dataclass(frozen=True)
class Share:
    """What is to be done over one database."""

    cases: int
    kills: int
    seed: int
    plant: str | None


def live(world: World, share: Share) -> None:
    """All cases and all kills, one day more with faults, and two quiet ones."""
    lot, coming, began_s = Random(share.seed), _from_two(stops()), time.monotonic()
    for number, (name, at) in enumerate(coming):
        done, fed = world.crew.kills, len(world.customers.reported)
        if (fed >= share.cases and not world.crew.waiting) or number > 6 * share.kills + 60:
            break
        world.step(at, _portion(share, done, fed, lot) if name in FEEDING else 0)
        so_far = f"{len(world.customers.reported):5} cases  {world.crew.kills:4} kills"
        print(f"  {at:%a %d %b} {name}  {so_far}  {time.monotonic() - began_s:5.0f} s", flush=True)
    world.crew.disarm()
    for _ in range(_MORE_STOPS):
        world.step(next(coming)[1], 0)
    world.provider.calm = True
    for _ in range(_QUIET_STOPS):
        world.step(next(coming)[1], 0)


def _from_two(coming: Iterator[tuple[str, datetime]]) -> Iterator[tuple[str, datetime]]:
    """The story begins on its first day at two o'clock."""
    for name, at in coming:
        if name == FEEDING[0]:
            yield name, at
            break
    yield from coming


def _portion(share: Share, done: int, fed: int, lot: Random) -> int:
    """How many services are reported at this stop. Never none for long: some kill may wait for them."""
    if done >= share.kills:
        return min(100, share.cases - fed)
    wanted = ceil(share.cases * min(1.0, (done + 1) / share.kills + _LEAD)) - fed
    return max(_FEW, wanted) if fed == 0 or lot.random() >= _SKIPPED else 0


def live_over(database: str, url: str, folder: Path, share: Share, restart: Callable[[], None] | None) -> Account:
    """The whole story over one database."""
    began_s = time.monotonic()
    clock, port = StoryClock(folder / "clock"), _free_port()
    clock.set(next(_from_two(stops()))[1])
    provider = Provider(share.seed, clock)
    customers = Customers(provider, clock, port, share.seed)
    provider.start()
    environment = _environment(folder, url, port) | {
        "AFTERCARE_SENDGRID_URL": provider.url,
        "AFTERCARE_SENDGRID_EVENT_KEYS": customers.event_key,
    }
    rest, web = orders(share.kills, share.seed, restarts=restart is not None)
    setup = SetUp(environment, folder, clock, share.plant)
    crew = Crew(setup, 2 if database == "postgresql" else 1, rest, web, restart)
    store = Store(url)
    ensure_schema(store)
    with ExitStack() as stack:
        for end in (store.close, provider.stop, customers.stop, crew.stop):
            stack.callback(end)
        crew.start()
        customers.start()
        live(World(store, provider, customers, crew, clock), share)
        customers.stop()
        seconds = time.monotonic() - began_s
        return account(store, provider, customers, crew, clock(), database=database, kills_asked=share.kills,
                       seconds=seconds)  # fmt: skip


def _environment(folder: Path, url: str, port: int) -> dict[str, str]:
    write_policy(folder / "policy.toml")
    return {
        "AFTERCARE_HOME": str(folder / "home"),
        "AFTERCARE_DATABASE_URL": url,
        "AFTERCARE_POLICY_FILE": str(folder / "policy.toml"),
        "AFTERCARE_OPERATIONS_FILE": str(Path(__file__).with_name("operations.toml")),
        "AFTERCARE_WEB_PORT": str(port),
        "AFTERCARE_MAIL": "sendgrid",
        "AFTERCARE_SENDGRID_API_KEY": "SG.of-the-benchmark",
        "AFTERCARE_SEND_DEADLINE_S": str(DEADLINE_S),
        "AFTERCARE_INTAKE_SECRETS": INTAKE_SECRET,
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _database(name: str, folder: Path) -> Iterator[tuple[str, Callable[[], None] | None]]:
    """Its address, and how it is restarted, if it can be."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'aftercare.db'}", None
        return
    try:
        from benchmarks.postgres import SAFE, postgres_server

        with postgres_server(SAFE) as server:
            server.command("CREATE DATABASE faults")
            yield server.address("faults"), server.restart
    except ImportError:
        raise Fault(
            "PostgreSQL comes with the tests: `./aftercare test --checks` installs it, or take --database sqlite"
        ) from None


def measure(databases: Sequence[str], share: Share) -> list[Account]:
    """`share` is divided among the databases."""
    for name in [name for name in os.environ if name.startswith(("AFTERCARE_", "PREFECT_"))]:
        del os.environ[name]
    told, many = [], len(databases)
    with tempfile.TemporaryDirectory(prefix="aftercare-faults-") as root:
        os.environ["PREFECT_HOME"] = str(Path(root) / "prefect")
        for number, name in enumerate(databases):
            part = Share(share.cases // many, share.kills // many, share.seed + number, share.plant)
            folder = Path(root) / name
            folder.mkdir()
            print(f"{name}: {part.cases} cases, {part.kills} kills, seed {part.seed}", flush=True)
            with _database(name, folder) as (url, restart):
                told.append(live_over(name, url, folder, part, restart))
            print("\n".join(report_lines(told[-1])), flush=True)
    return told


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Faults and kills, and the account: docs/benchmarks.md")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--plant", choices=sorted(PLANTS))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was started is ended
    databases = DATABASES if options.database == "both" else (options.database,)
    try:
        told = measure(databases, Share(options.cases, options.kills, options.seed, options.plant))
    except KeyboardInterrupt:
        print("Stopped.")
        return 130
    except Fault as fault:
        print(f"aftercare: {fault}", file=sys.stderr)
        return 2
    print("\n".join(total_lines(told)))
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in told], indent=2) + "\n")
    return 1 if any(one.faults() for one in told) else 0


if __name__ == "__main__":
    sys.exit(main())
