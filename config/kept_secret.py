"""A secret that is made once and kept in a file that nobody but its owner can read."""

import os
import secrets
from pathlib import Path

from config.settings import SettingsError


def kept_secret(file: Path, setting: str, *, begins: str = "") -> str:
    """The file's secret, made when there is none. Several processes that start at once end up with the same one.

    A new one is `begins` and 64 hexadecimal digits. `SettingsError` names `setting`, by which one can be given instead.
    """
    try:
        if not file.exists():
            _make(file, begins + secrets.token_hex(32))
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise SettingsError(f"{file}: cannot be made or read ({error.strerror}). Set {setting}.") from None


def _make(file: Path, secret: str) -> None:
    """The file appears with all of its content, or not at all; who comes second leaves the first one's in place."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(f"{secret}\n")
            out.flush()
            os.fsync(out.fileno())
        os.link(mine, file)
    except FileExistsError:
        return  # another process was faster
    finally:
        mine.unlink()
