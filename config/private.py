"""The home, and what is written into it: for the account that Aftercare runs as, and for no other of the machine."""

import os
from pathlib import Path

_OTHERS = 0o077
_OURS = ("aftercare.db", "aftercare.db-wal", "aftercare.db-shm", "refused.csv", "reviews", "log", "outbox", "prefect")
"""What earlier versions wrote there with whatever the account's umask left open."""


def private_home(home: Path) -> None:
    """Make the home if it is not there, and close to others what this process writes from now on.

    What earlier versions left open in it is closed as well. A folder that is there already stays as it is, since
    others may have their things in it: `open_to_others` says so. Raises OSError.
    """
    os.umask(_OTHERS)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in _OURS:
        _close(home / name)


def open_to_others(path: Path) -> bool:
    """Whether accounts other than the owner may read, write or enter it."""
    return bool(path.stat().st_mode & _OTHERS)


def _close(path: Path) -> None:
    try:
        found = path.lstat()
        if found.st_uid == os.getuid() and found.st_mode & _OTHERS and not path.is_symlink():
            path.chmod(found.st_mode & ~_OTHERS)
    except FileNotFoundError:
        return  # not written yet, or just removed by SQLite
