"""Which posts are believed to be SendGrid's: well signed, by a key of the settings, not long ago."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from starlette.datastructures import Headers

from channels.sendgrid_signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, Claim, Key, claim, public_key
from config.settings import Settings, SettingsError

_LOG = logging.getLogger("aftercare.web")


class SendGridGuard:
    """`posts` says of what, for the log. Without a key nothing is believed."""

    def __init__(self, keys: Sequence[Key], tolerance: timedelta, posts: str) -> None:
        self._keys = keys
        self._tolerance = tolerance
        self._posts = posts
        self._stale = 0

    @property
    def is_set(self) -> bool:
        return bool(self._keys)

    def claim(self, headers: Headers) -> Claim | None:
        """Whose post it says it is; it is to be handed the body. None when it cannot be SendGrid's."""
        return claim(headers.getlist(SIGNATURE_HEADER), headers.getlist(TIMESTAMP_HEADER))

    def admits(self, claimed: Claim | None, now: datetime) -> bool:
        """Whether a post whose body was read is believed."""
        if claimed is None or not claimed.holds(self._keys):
            return False
        if claimed.is_fresh(now, self._tolerance):
            return True
        self._note_stale()
        return False

    def _note_stale(self) -> None:
        """Counted, and told when the count has doubled: who repeats an old post must not fill the log."""
        self._stale += 1
        if self._stale & (self._stale - 1) == 0:
            remedy = "look at the clock, or raise AFTERCARE_EVENT_TOLERANCE_S"
            told = "Posts of %s refused, well signed but at another time: %d; %s."
            _LOG.warning(told, self._posts, self._stale, remedy)


def of_events(settings: Settings) -> SendGridGuard:
    """With the keys in force, or `SettingsError`. Without a key every post is refused."""
    keys = _keys(settings.sendgrid_event_keys, settings.sendgrid_event_keys_file, "AFTERCARE_SENDGRID_EVENT_KEYS")
    return SendGridGuard(keys, timedelta(seconds=settings.event_tolerance_s), "events")


def of_mail(settings: Settings) -> SendGridGuard:
    """The same for Inbound Parse. Without a key its secret address is what protects it."""
    keys = _keys(settings.sendgrid_inbound_keys, settings.sendgrid_inbound_keys_file, "AFTERCARE_SENDGRID_INBOUND_KEYS")
    return SendGridGuard(keys, timedelta(seconds=settings.event_tolerance_s), "mail")


def _keys(direct: Sequence[str], file: Path | None, variable: str) -> tuple[Key, ...]:
    given = [(text, variable) for text in direct]
    if file is not None:
        try:
            found = file.read_text(encoding="utf-8").split()
        except OSError as error:
            raise SettingsError(f"{file}: the keys cannot be read ({error.strerror}).") from None
        if not found:
            raise SettingsError(f"{file}: holds no key; take {variable}_FILE away, or put one in.")
        given += [(text, str(file)) for text in found]
    keys = []
    for text, name in given:
        try:
            keys.append(public_key(text))
        except ValueError as error:
            raise SettingsError(f"{name}: a key {error}.") from None
    return tuple(keys)
