"""The key that signs our forms: given by whoever runs us, or made once and kept."""

from config.kept_secret import kept_secret
from config.settings import Settings, SettingsError, secret_from

_SHORTEST = 32
"""Characters; 128 bits when they are hexadecimal digits."""


def signing_key(settings: Settings) -> bytes:
    """The key, or `SettingsError`. Several processes that start at once end up with the same one."""
    given = secret_from(settings.secret_key, settings.secret_key_file)
    if given is not None:
        return _checked(given.get_secret_value(), "AFTERCARE_SECRET_KEY")
    file = settings.home / "secret.key"
    return _checked(kept_secret(file, "AFTERCARE_SECRET_KEY"), str(file))


def _checked(key: str, name: str) -> bytes:
    if len(key) < _SHORTEST:
        raise SettingsError(f"{name}: must have at least {_SHORTEST} characters.")
    return key.encode()
