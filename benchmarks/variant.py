"""One variant in a process of its own, so that imports, caches and memory of one are no part of another.

`python -m benchmarks.variant NAME CASES FILE` writes what it measured into FILE, as JSON.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Each variant imports what it needs only when it runs: importing the textbook's flows is no part of the bare loop.


def _ours(count: int) -> dict[str, Any]:
    from benchmarks.ours import work_of
    from tasks.place import place

    return _lived(work_of(place().settings), count)


def _bare(count: int) -> dict[str, Any]:
    from benchmarks.bare import work_of
    from tasks.place import place

    return _lived(work_of(place()), count)


def _lived(work: Any, count: int) -> dict[str, Any]:
    from benchmarks.steps import check, live
    from tasks.place import place

    here = place()
    here.policy.rules  # noqa: B018 - read before the clock runs, as the store is opened before
    watch = live(here, work, count)
    return {"seconds": sum(watch.seconds.values()), "steps": watch.seconds, "mails": check(here.store, count)}


def _textbook_sync(count: int) -> dict[str, Any]:
    from benchmarks.textbook import one_after_the_other

    return {"seconds": one_after_the_other(count), "mails": count + 1}


def _textbook_async(count: int) -> dict[str, Any]:
    from benchmarks.textbook import gathered

    return {"seconds": gathered(count), "mails": count + 1}


def _memory(count: int) -> dict[str, Any]:
    from benchmarks.memory import peaks
    from tasks.place import place

    return dict(peaks(place(), count))


def _drain(count: int) -> dict[str, Any]:
    from benchmarks.drain import FIRST, drain
    from benchmarks.ours import work_of
    from tasks.place import place

    here = place()
    return {"seconds": drain(here, work_of(here.settings), count), "mails": FIRST + count}


def _drain_bare(count: int) -> dict[str, Any]:
    from benchmarks.bare import work_of
    from benchmarks.drain import FIRST, drain
    from tasks.place import place

    here = place()
    return {"seconds": drain(here, work_of(here), count), "mails": FIRST + count}


def _http(count: int) -> dict[str, Any]:
    from benchmarks.drain import FIRST, http_only
    from tasks.place import place

    return {"seconds": http_only(place(), count), "mails": FIRST + count}


def _drain_memory(count: int) -> dict[str, Any]:
    from benchmarks.drain import peaks
    from tasks.place import place

    return dict(peaks(place(), count))


VARIANTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "ours": _ours,
    "bare": _bare,
    "textbook-sync": _textbook_sync,
    "textbook-async": _textbook_async,
    "memory": _memory,
    "drain": _drain,
    "drain-bare": _drain_bare,
    "http": _http,
    "drain-memory": _drain_memory,
}


if __name__ == "__main__":
    name, cases, file = sys.argv[1:]
    Path(file).write_text(json.dumps(VARIANTS[name](int(cases))))
