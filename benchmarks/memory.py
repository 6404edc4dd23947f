"""How much memory a sweep takes at its peak: it is to be that of a batch, however many batches there are."""

import resource
import sys

from benchmarks import bare
from benchmarks.steps import check, live
from tasks.place import Place

FIRST = 500
"""Cases of the first sweep, one batch: after it everything is imported, compiled and cached."""


def peaks(here: Place, count: int) -> dict[str, int]:
    """The highest so far after the imports, after one batch, and after a sweep of `count` cases more; and the mails."""
    work = bare.work_of(here)
    imports = peak_kb()
    live(here, work, FIRST)
    batch = peak_kb()
    live(here, work, count, first=FIRST)
    sweep = peak_kb()
    mails = check(here.store, FIRST + count)
    return {"imports_kb": imports, "batch_kb": batch, "sweep_kb": sweep, "mails": mails}


def peak_kb() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak  # macOS counts in bytes
