"""Other processes of this machine: what they are, and how a group of them is ended."""

import os
import signal
import subprocess
import time

_ENDING_LOOKS, _ENDING_PAUSE_S = 100, 0.05


def end_group(leader: int) -> None:
    """Kill a process group and wait until nothing of it is left, so that its ports are free again."""
    for _ in range(_ENDING_LOOKS):
        try:
            os.killpg(leader, signal.SIGKILL)
        except ProcessLookupError:
            return
        time.sleep(_ENDING_PAUSE_S)


def command_of(pid: int) -> str | None:
    """The command line of a process with the time at which it started, so that a reused id is not mistaken."""
    ask = ["ps", "-o", "lstart=,command=", "-p", str(pid)]
    found = subprocess.run(ask, capture_output=True, text=True, check=False)  # noqa: S603 - a number, and no shell
    return found.stdout.strip() or None
