"""From the account of the faults to what is printed."""

import os
from collections.abc import Sequence

from benchmarks.fault_account import Account

_MOST_LINES = 25


def report_lines(told: Account) -> list[str]:
    """Of one database."""
    done = f"{told.cases} cases, {told.answers} answers, {told.mails} sends, {told.repeated} requests repeated"
    lines = [f"{told.database}: {done}, {told.seconds:.0f} s"]
    lines += [f"  injected  {count:6}  {name}" for name, count in told.injected.items()]
    lines += [f"  ended     {count:6}  by {name}" for name, count in told.by_kind.items()]
    lines += [f"  at        {count:6}  {name}" for name, count in told.kills.items()]
    lines.append("  messages  " + ", ".join(f"{count} {state}" for state, count in told.states.items()))
    bars = (
        ("lost", len(told.lost), "0"),
        ("second copies", told.copies, "as many as explained"),
        ("… that nothing explains", len(told.unexplained_copies), "0"),
        ("became unknown", told.unknown, f"{told.in_flight} in flight + {told.reports_lost} reports lost"),
        ("… that nothing explains", len(told.unexplained_unknown), "0"),
        ("cases late", len(told.late), "0"),
        ("fell over by themselves", len(told.fell), "0"),
    )
    lines += [f"  {name:26} {count:6}  (at most {bar})" for name, count, bar in bars]
    faults = told.faults()
    return lines + [f"  !! {fault}" for fault in faults[:_MOST_LINES]] + _more(len(faults))


def _more(count: int) -> list[str]:
    return [f"  !! and {count - _MOST_LINES} more"] if count > _MOST_LINES else []


def total_lines(told: Sequence[Account]) -> list[str]:
    kills, points = sum(sum(one.kills.values()) for one in told), {name for one in told for name in one.kills}
    faults = sum(len(one.faults()) for one in told)
    load = os.getloadavg()
    return [
        f"{sum(one.cases for one in told)} cases, {kills} kills at {len(points)} points,"
        f" {sum(one.seconds for one in told) / 60:.1f} minutes, load {load[0]:.1f} {load[1]:.1f}",
        "every bar is held" if not faults else f"{faults} faults",
    ]
