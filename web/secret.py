"""The key that signs our forms: given by whoever runs us, or made once and kept."""

import os
import secrets
from pathlib import Path

from config.settings import Settings, SettingsError, secret_from

_SHORTEST = 32
"""Characters; 128 bits when they are hexadecimal digits."""


def signing_key(settings: Settings) -> bytes:
    """The key, or `SettingsError`. Several processes that start at once end up with the same one."""
    given = secret_from(settings.secret_key, settings.secret_key_file)
    if given is not None:
        return _checked(given.get_secret_value(), "AFTERCARE_SECRET_KEY")
    file = settings.home / "secret.key"
    try:
        if not file.exists():
            _make(file)
        return _checked(file.read_text(encoding="ascii").strip(), str(file))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be made or read ({error.strerror}). Set AFTERCARE_SECRET_KEY.") from None


def _make(file: Path) -> None:
    """The file appears with all of its content, or not at all; who comes second leaves the first one's in place."""
    mine = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(32) + "\n")
            out.flush()
            os.fsync(out.fileno())
        os.link(mine, file)
    except FileExistsError:
        return  # another process was faster
    finally:
        mine.unlink()


def _checked(key: str, name: str) -> bytes:
    if len(key) < _SHORTEST:
        raise SettingsError(f"{name}: must have at least {_SHORTEST} characters.")
    return key.encode()
