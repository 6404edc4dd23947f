"""Apply prefect.yaml: create the work pool, deploy everything, remove what is no longer in the file.

Deploying again makes Prefect forget which events its triggers have seen, so it is done only when the file has changed,
or when the server has lost what was applied.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from cli.fault import Fault
from cli.parts import prefect_environment
from config.prefect_api import prefect_api
from config.prefect_state import POOL, missing_deployments, our_deployments
from config.settings import ROOT, Settings
from config.stages import deployed_stages

_FILE = ROOT / "prefect.yaml"
JOB_TEMPLATE: Mapping[str, Any] = {
    "job_configuration": {"name": "{{ name }}", "labels": "{{ labels }}"},
    "variables": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "Of the process that the worker starts."},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "additionalProperties": False,
    },
}
"""What a run may say about the process in which it goes: nothing that decides which program that is. Prefect's own
template takes a command, an environment and a working directory from whoever creates a run."""


def apply_deployments(settings: Settings) -> bool:
    """Bring Prefect's deployments in line with the file; False when they were already."""
    stamp = settings.prefect_home / "deployed.sha256"
    wanted = hashlib.sha256(_FILE.read_bytes() + str(ROOT).encode()).hexdigest()
    with prefect_api(settings).client(timeout_s=30) as api:
        _make_pool(api)
        if stamp.exists() and stamp.read_text() == wanted and not missing_deployments(api):
            return False
        _deploy(settings)
        prune(api)
    stamp.write_text(wanted)
    return True


def _deploy(settings: Settings) -> None:
    log = settings.home / "log" / "deploy.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "prefect", "--no-prompt", "deploy", "--all"], cwd=ROOT,
        env={**os.environ, **prefect_environment(settings)}, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    with log.open("ab") as file:
        file.write(done.stdout + done.stderr)
    if done.returncode != 0:
        raise Fault(f"prefect.yaml could not be applied; {log} says why")


def _make_pool(api: httpx.Client) -> None:
    """The pool as it should be. One that an earlier version made takes commands from outside, and is changed."""
    found = api.get(f"/work_pools/{POOL}")
    if found.status_code == httpx.codes.NOT_FOUND:
        pool = {"name": POOL, "type": "process", "base_job_template": JOB_TEMPLATE}
        api.post("/work_pools/", json=pool).raise_for_status()
    elif found.raise_for_status().json()["base_job_template"] != JOB_TEMPLATE:
        api.patch(f"/work_pools/{POOL}", json={"base_job_template": JOB_TEMPLATE}).raise_for_status()


def prune(api: httpx.Client, file: Path = _FILE) -> None:
    """Delete our deployments that the file no longer has: a renamed one would otherwise run beside its successor."""
    named = {stage.name for stage in deployed_stages(file)}
    for deployment in our_deployments(api):
        if deployment["name"] not in named:
            api.delete(f"/deployments/{deployment['id']}").raise_for_status()
