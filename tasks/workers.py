"""Who works here: names by which other processes know whether the holder of a claim still lives."""

import os
import secrets
import socket
import subprocess


def new_owner() -> str:
    """A name for one claim of this process: host, process, and what tells it from this process's other claims."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"


def is_gone(owner: str) -> bool:
    """Whether the process is known to have ended. One on another host is not known; its lease will tell."""
    host, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    return host == socket.gethostname() and pid.isdecimal() and not is_running(int(pid))


def is_running(pid: int) -> bool:
    """Whether there is such a process; one that has ended and waits to be fetched by its parent counts as gone."""
    ask = ["ps", "-o", "stat=", "-p", str(pid)]
    found = subprocess.run(ask, capture_output=True, text=True, check=False)  # noqa: S603 - a number, and no shell
    return found.stdout.strip()[:1] not in ("", "Z")
