"""The bell: tells Prefect that there is something to do, so that a sweep starts sooner.

It carries no data, and nothing depends on it: what a lost ring missed, the next scheduled sweep finds.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import httpx

from config.prefect_api import PrefectApi

_LOG = logging.getLogger("aftercare.web")
_TIMEOUT_S = 2.0


class Sound(StrEnum):
    """The event that the triggers in prefect.yaml listen for."""

    SERVICE_CLOSED = "aftercare.service.closed"
    ANSWER_RECEIVED = "aftercare.answer.received"
    DANGER_REPORTED = "aftercare.danger.reported"
    """In an answer, or without one."""
    MESSAGE_FAILED = "aftercare.message.failed"


def sound_of(*, recorded: bool, alarmed: bool) -> Sound | None:
    """What a customer's words ring: an answer that was recorded, an alarm that was raised, or neither."""
    if alarmed:
        return Sound.DANGER_REPORTED
    return Sound.ANSWER_RECEIVED if recorded else None


class Bell(Protocol):
    def ring(self, sound: Sound) -> None:
        """Called after the commit. Never raises because nobody hears it."""


class Silent:
    """For tests, and for installations in which the schedules alone start the sweeps."""

    def ring(self, sound: Sound) -> None:
        """Nothing."""


class PrefectBell:
    """Rings at Prefect's server."""

    def __init__(self, server: PrefectApi, clock: Callable[[], datetime]) -> None:
        self._server = server
        self._clock = clock
        self._heard = True

    def ring(self, sound: Sound) -> None:
        event = {
            "id": str(uuid.uuid4()),
            "occurred": self._clock().isoformat(),
            "event": sound.value,
            "resource": {"prefect.resource.id": "aftercare.inbox"},
            "payload": {},
        }
        try:
            with self._server.client(timeout_s=_TIMEOUT_S) as client:
                client.post("/events", json=[event]).raise_for_status()
        except httpx.HTTPError as error:
            self._unheard(error)
        else:
            self._heard = True

    def _unheard(self, error: httpx.HTTPError) -> None:
        if self._heard:
            reason = type(error).__name__
            _LOG.warning("Prefect does not hear the bell (%s). Work goes on with the schedules.", reason)
        self._heard = False
