"""A Twilio account as every channel that goes through it needs it: where to post, as whom, and for how long to try."""

import re
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from channels.lanes import NotNow, endpoint

LONGEST_TRY_S = 14_400
SHORTEST_TRY_S = 60
"""Seconds for Twilio's ValidityPeriod, which is ten hours when it is not given: far into the night."""

_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of an account: its auth token, or an API key and its secret."""

    account_sid: str
    user: str
    """The account's SID, or that of an API key."""
    secret: SecretStr


def messages_url(base_url: str, credentials: Credentials) -> httpx.URL:
    """Where messages of this account are made. ValueError for an address that cannot be right."""
    path = f"/2010-04-01/Accounts/{credentials.account_sid}/Messages.json"
    return endpoint(base_url, path, provider="Twilio", like="https://api.twilio.com")


def validity(try_for_s: int, *, since_s: float, timeout_s: float) -> str:
    """ValidityPeriod of a message that had `try_for_s` seconds when the burst began, `since_s` seconds ago.

    Twilio counts from when it has the request, which is `timeout_s` seconds from now at the latest. Raises `NotNow`
    where less than a minute is left.
    """
    left_s = int(try_for_s - since_s - timeout_s)
    if left_s < SHORTEST_TRY_S:
        raise NotNow("window")
    return str(min(LONGEST_TRY_S, left_s))


def callback(url: str | None) -> str | None:
    """The address for status callbacks, if Twilio takes it."""
    if url is not None and not _HOST.fullmatch(urlsplit(url).netloc):
        raise ValueError("Twilio calls back no host whose name holds an underscore or a letter that is not ASCII")
    return url


def headers_of(credentials: Credentials) -> httpx.Headers:
    secret = credentials.secret.get_secret_value()
    if not re.fullmatch(r"[!-~]+", secret):
        raise ValueError("the Twilio secret is empty or holds a blank or a character that is not ASCII")
    return httpx.Headers(
        {
            "Authorization": "Basic " + b64encode(f"{credentials.user}:{secret}".encode()).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "aftercare",
        }
    )
