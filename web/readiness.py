"""Whether this installation can do its work now, for load balancers and watchmen: counts and words, no data."""

import shutil
import time
from pathlib import Path
from threading import Lock

import httpx
from fastapi.responses import JSONResponse, Response

from config.prefect_api import prefect_api
from config.prefect_state import missing_deployments, workers_online
from config.settings import Settings
from models.schema import is_current
from models.store import Store, can_write, ping

_LEAST_FREE = 64 * 1024 * 1024
"""Bytes of the home's disk. With less the next commits may fail."""
_PREFECT_TIMEOUT_S = 2.0
_FRESH_S = 5.0
"""So long an answer is kept: whoever asks often costs nothing."""


class Readiness:
    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._lock = Lock()
        self._asked_at = float("-inf")
        self._told: dict[str, str] = {}

    def health(self) -> Response:
        """Whether the web application can take what is said: the store answers, and there is room."""
        ping(self._store)
        room = has_room(self._settings.home)
        return _answer({"status": "ok" if room else "disk full"}, fine=room)

    def ready(self) -> Response:
        """Whether what is said is worked on as well: it can be written, and Prefect has our stages and a worker.

        Anybody may ask: so it is looked at every few seconds, by one who asks, and nobody waits for that one.
        """
        if self._lock.acquire(blocking=False):
            try:
                if time.monotonic() - self._asked_at >= _FRESH_S:
                    self._told = self._look()
                    self._asked_at = time.monotonic()
            finally:
                self._lock.release()
        told = self._told
        fine = set(told.values()) == {"ok"}
        return _answer({"status": "ready" if fine else "not ready", **told}, fine=fine)

    def _look(self) -> dict[str, str]:
        return {
            "store": "ok" if can_write(self._store) else "cannot be written",
            "disk": "ok" if has_room(self._settings.home) else "full",
            "schema": "ok" if is_current(self._store) else "of another version",
            "prefect": self._ask_prefect(),
        }

    def _ask_prefect(self) -> str:
        try:
            with prefect_api(self._settings).client(timeout_s=_PREFECT_TIMEOUT_S) as api:
                if missing_deployments(api):
                    return "stages are not deployed"
                return "ok" if workers_online(api) else "no worker"
        except (httpx.HTTPError, ValueError, KeyError, TypeError):  # down, or another program at that port
            return "does not answer"


def has_room(home: Path) -> bool:
    """Whether the disk under the home takes some more."""
    return shutil.disk_usage(home).free >= _LEAST_FREE


def _answer(told: dict[str, str], *, fine: bool) -> Response:
    return JSONResponse(told, status_code=200 if fine else 503, headers={"Cache-Control": "no-store"})
