"""What Prefect's server has of ours: asked by `doctor`, by `up`, by the console and by /ready."""

from typing import Any

import httpx

from config.stages import deployed_stages

POOL = "aftercare"
"""The work pool of all stages."""
_AT_ONCE = 200


def our_deployments(api: httpx.Client) -> list[dict[str, Any]]:
    """Deployments with our tag, as the server describes them. Raises httpx.HTTPError."""
    wanted = {"deployments": {"tags": {"all_": ["aftercare"]}}, "limit": _AT_ONCE}
    found: list[dict[str, Any]] = api.post("/deployments/filter", json=wanted).raise_for_status().json()
    return found


def missing_deployments(api: httpx.Client) -> set[str]:
    """Names of stages that prefect.yaml has and the server has not: nothing starts them. Raises httpx.HTTPError."""
    return {stage.name for stage in deployed_stages()} - {each["name"] for each in our_deployments(api)}


def workers_online(api: httpx.Client) -> int:
    """How many workers ask for our runs. Raises httpx.HTTPError."""
    asked = api.post(f"/work_pools/{POOL}/workers/filter", json={})
    if asked.status_code == httpx.codes.NOT_FOUND:
        return 0
    return sum(worker["status"] == "ONLINE" for worker in asked.raise_for_status().json())
