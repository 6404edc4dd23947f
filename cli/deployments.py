"""Apply prefect.yaml: create the work pool, deploy everything, remove what is no longer in the file.

Deploying again makes Prefect forget which events its triggers have seen, so it is done only when the file has changed.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import yaml

from cli.fault import Fault
from cli.parts import prefect_environment
from config.settings import ROOT, Settings

POOL = "aftercare"
_FILE = ROOT / "prefect.yaml"


def apply_deployments(settings: Settings) -> bool:
    """Bring Prefect's deployments in line with the file; False when they were already."""
    stamp = settings.prefect_home / "deployed.sha256"
    wanted = hashlib.sha256(_FILE.read_bytes() + str(ROOT).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    environment = {**os.environ, **prefect_environment(settings)}
    _run([sys.executable, "-P", "-m", "cli.deployments", "pool"], environment, settings)
    _run([sys.executable, "-P", "-m", "prefect", "--no-prompt", "deploy", "--all"], environment, settings)
    _run([sys.executable, "-P", "-m", "cli.deployments", "prune"], environment, settings)
    stamp.write_text(wanted)
    return True


def _run(command: list[str], environment: dict[str, str], settings: Settings) -> None:
    log = settings.home / "log" / "deploy.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(  # noqa: S603 - our own programs
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    with log.open("ab") as file:
        file.write(done.stdout + done.stderr)
    if done.returncode != 0:
        raise Fault(f"prefect.yaml could not be applied; {log} says why")


def make_pool() -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists

    with get_client(sync_client=True) as client:
        try:
            client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
        except ObjectAlreadyExists:
            return


def prune(file: Path = _FILE) -> None:
    """Delete our deployments that the file no longer has: a renamed one would otherwise run beside its successor."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

    named = {entry["name"] for entry in yaml.safe_load(file.read_text())["deployments"]}
    ours = DeploymentFilter(tags=DeploymentFilterTags(all_=["aftercare"]))
    with get_client(sync_client=True) as client:
        for deployment in client.read_deployments(deployment_filter=ours):
            if deployment.name not in named:
                client.delete_deployment(deployment.id)


if __name__ == "__main__":
    {"pool": make_pool, "prune": prune}[sys.argv[1]]()
