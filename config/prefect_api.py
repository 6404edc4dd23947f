"""Prefect's server: where its API is, and the login without which it does nothing for anybody.

Whoever may create runs may start programs, and so is whoever Aftercare runs as. A loopback address keeps out neither
the other accounts of the machine nor the pages in its browsers.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from config.kept_secret import kept_secret
from config.settings import Settings, SettingsError, secret_from

_SHORTEST = 32
"""Characters of the password."""


@dataclass(frozen=True, slots=True)
class PrefectApi:
    """An address and what opens it."""

    url: str
    """With /api."""
    auth_string: str = field(repr=False)
    """As Prefect calls it: user, colon, password."""

    def client(self, *, timeout_s: float) -> httpx.Client:
        """Signed in; for paths behind /api. No proxy of the environment is asked: the server is on this machine."""
        user, _, password = self.auth_string.partition(":")
        return httpx.Client(base_url=self.url, auth=(user, password), timeout=timeout_s, trust_env=False)


def prefect_api(settings: Settings) -> PrefectApi:
    """The server of this installation, or `SettingsError`. The login is made once and kept in the home."""
    given = secret_from(settings.prefect_login, settings.prefect_login_file)
    if given is None:
        auth_string = kept_secret(login_file(settings), "AFTERCARE_PREFECT_LOGIN", begins="aftercare:")
    else:
        auth_string = given.get_secret_value()
    if not re.fullmatch(rf"[!-9;-~]+:[!-~]{{{_SHORTEST},}}", auth_string):
        where = login_file(settings) if given is None else "AFTERCARE_PREFECT_LOGIN"
        raise SettingsError(f"{where}: must be user:password, with at least {_SHORTEST} characters of password.")
    return PrefectApi(f"{settings.prefect_url}/api", auth_string)


def told_pages(settings: Settings) -> str:
    """Where Prefect's pages are, and where a person finds what they ask for: a screen would keep the secret itself."""
    if settings.prefect_login is not None:
        where = "the value of AFTERCARE_PREFECT_LOGIN"
    else:
        where = f"the line in {settings.prefect_login_file or login_file(settings)}"
    return f"{settings.prefect_ui} (asks for a password: {where})"


def login_file(settings: Settings) -> Path:
    """Where the login is kept that we made; nothing of it is read where one is given."""
    return settings.home / "prefect.login"
