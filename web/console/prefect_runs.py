"""What Prefect's server says of runs: which come next, which are late, which failed. Nothing depends on its answer."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import httpx
from pydantic import BaseModel, TypeAdapter

from config.prefect_api import PrefectApi
from config.prefect_state import missing_deployments
from policy.run_rules import RunRules
from policy.running import expected_by

_TIMEOUT_S = 2.0
_FRESH_S = 10.0
"""So long an answer is kept, and that there was none: a page that many look at asks seldom."""
_MOST = 200
_TAGGED = {"tags": {"all_": ["aftercare"]}}
_STAGE = "stage:"
"""Begins the tag that names the stage (prefect.yaml). Runs have the tags of their deployment."""


class PrefectRun(BaseModel):
    """A flow run as Prefect has it; of what it says only what is shown."""

    id: str
    state_name: str
    expected_start_time: datetime
    tags: list[str]

    @property
    def flow(self) -> str:
        return next((tag.removeprefix(_STAGE) for tag in self.tags if tag.startswith(_STAGE)), "unknown")


@dataclass(frozen=True, slots=True)
class PrefectSays:
    next_at: dict[str, datetime] = field(default_factory=dict)
    """By stage."""
    late: tuple[PrefectRun, ...] = ()
    """Scheduled for so long that the policy calls them late, and not begun; newest first."""
    failed: tuple[PrefectRun, ...] = ()
    """Failed or crashed within the days that the policy shows; newest first."""
    missing: tuple[str, ...] = ()
    """Stages that are not deployed: nothing starts them."""


def run_link(ui: str, run_id: str) -> str:
    """A flow run's page in the Prefect UI. /v2, its second edition, leads to the first where that is switched off."""
    return f"{ui}/v2/runs/flow-run/{run_id}"


_RUNS = TypeAdapter(list[PrefectRun])


class PrefectRuns:
    """Asks Prefect's server, and keeps its answer for a while."""

    def __init__(self, server: PrefectApi) -> None:
        self._server = server
        self._lock = Lock()
        self._asked_at = float("-inf")
        self._said: PrefectSays | None = None

    def say(self, now: datetime, rules: RunRules) -> PrefectSays | None:
        """What Prefect says, at most ten seconds old; None when it does not answer within two seconds."""
        with self._lock:
            if time.monotonic() - self._asked_at >= _FRESH_S:
                self._said = self._ask(now, rules)
                self._asked_at = time.monotonic()
            return self._said

    def _ask(self, now: datetime, rules: RunRules) -> PrefectSays | None:
        ends = time.monotonic() + _TIMEOUT_S
        since = now - timedelta(days=rules.shown_days)
        try:
            with self._server.client(timeout_s=_TIMEOUT_S) as client:
                coming = self._runs(client, ends, {"type": {"any_": ["SCHEDULED"]}}, {"after_": now}, "ASC")
                late = self._runs(client, ends, {"name": {"any_": ["Late"]}}, {"before_": expected_by(now, rules)})
                failed = self._runs(client, ends, {"type": {"any_": ["FAILED", "CRASHED"]}}, {"after_": since})
                missing = missing_deployments(client)
        except (httpx.HTTPError, ValueError, KeyError, TypeError):  # down, or another program at that port
            return None
        next_at: dict[str, datetime] = {}
        for run in coming:
            next_at.setdefault(run.flow, run.expected_start_time)
        return PrefectSays(next_at, tuple(late), tuple(failed), tuple(sorted(missing)))

    def _runs(
        self, client: httpx.Client, ends: float, state: dict[str, Any], at: dict[str, datetime], order: str = "DESC"
    ) -> list[PrefectRun]:
        expected = {name: instant.isoformat() for name, instant in at.items()}
        wanted = {"flow_runs": {**_TAGGED, "state": state, "expected_start_time": expected}, "limit": _MOST,
                  "sort": f"EXPECTED_START_TIME_{order}"}  # fmt: skip
        answer = client.post("/flow_runs/filter", json=wanted, timeout=max(ends - time.monotonic(), 0.01))
        return _RUNS.validate_json(answer.raise_for_status().content)
