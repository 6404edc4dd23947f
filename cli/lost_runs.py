"""Runs whose process is gone. Prefect takes them for running and starts no other of their stage until it is told."""

import socket
from collections.abc import Mapping
from typing import Any

from config.prefect_api import prefect_api
from config.prefect_state import POOL
from config.settings import Settings
from models.runs import hosts_of
from models.store import Store
from tasks.workers import is_running

_AT_ONCE = 200


def give_up_lost_runs(settings: Settings, store: Store, *, restarted: bool) -> int:
    """Tell Prefect that runs without a process have crashed; how many. What they left undone is due in our rows.

    `restarted`: nothing of an earlier start is left, so a run without the number of a process is lost as well. Of a run
    on another host its process says nothing here: our own row of it tells where it works.
    """
    unfinished = {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}
    wanted = {"flow_runs": unfinished, "work_pools": {"name": {"any_": [POOL]}}, "limit": _AT_ONCE}
    with prefect_api(settings).client(timeout_s=30) as api:
        runs = api.post("/flow_runs/filter", json=wanted).raise_for_status().json()
        with store.read() as db:
            hosts = hosts_of(db, [run["id"] for run in runs])
        lost = [run["id"] for run in runs if _is_lost(run, hosts.get(run["id"]), restarted=restarted)]
        crashed = {"state": {"type": "CRASHED", "name": "Crashed", "message": "The process of the run is gone."}}
        for run_id in lost:
            api.post(f"/flow_runs/{run_id}/set_state", json=crashed).raise_for_status()
    return len(lost)


def _is_lost(run: Mapping[str, Any], known: str | None, *, restarted: bool) -> bool:
    if known not in (None, socket.gethostname()):
        return False
    host, _, pid = (run["infrastructure_pid"] or "").rpartition(":")
    if not pid.isdecimal():
        return restarted
    return host in ("", socket.gethostname()) and not is_running(int(pid))
