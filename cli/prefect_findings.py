"""What `doctor` finds at Prefect's server: that it is there, does nothing for strangers, and has what is to run."""

from collections.abc import Iterator

import httpx

from cli.deployments import JOB_TEMPLATE
from config.prefect_api import prefect_api
from config.prefect_state import POOL, missing_deployments, workers_online
from config.settings import Settings
from web.findings import Finding

_TIMEOUT_S = 5.0
_ELSEWHERE = "elsewhere.invalid"
_STARTS_IT = "stop what serves it, and start it with `./aftercare up`"


def server(settings: Settings) -> Iterator[Finding]:
    """Findings of the server that the settings name; one only when it does not answer."""
    url = settings.prefect_url
    try:
        with httpx.Client(base_url=url, timeout=_TIMEOUT_S, trust_env=False) as stranger:
            stranger.get("/api/ready").raise_for_status()
            yield True, f"Prefect server at {url}"
            yield from _door(stranger)
        with prefect_api(settings).client(timeout_s=_TIMEOUT_S) as api:
            yield from _work(api)
    except httpx.HTTPError as error:
        yield False, f"Prefect server at {url} does not answer ({type(error).__name__}): `./aftercare up` starts it"


def _door(stranger: httpx.Client) -> Iterator[Finding]:
    """Whoever may create runs may start programs: asked as somebody without the login, and as a page from elsewhere."""
    closed = stranger.post("/api/flow_runs/count", json={}).status_code == httpx.codes.UNAUTHORIZED
    yield closed, "Prefect's API wants a login" if closed else f"Prefect's API obeys everybody: {_STARTS_IT}"
    asked = {"Origin": f"http://{_ELSEWHERE}", "Access-Control-Request-Method": "POST"}
    if "access-control-allow-origin" in stranger.options("/api/flow_runs/count", headers=asked).headers:
        yield False, f"any page in a browser may call Prefect's API: {_STARTS_IT}"
    if stranger.get("/api/ready", headers={"Host": _ELSEWHERE}).is_success:
        yield False, f"Prefect's server answers to every name: {_STARTS_IT}"


def _work(api: httpx.Client) -> Iterator[Finding]:
    pool = api.get(f"/work_pools/{POOL}")
    if pool.status_code == httpx.codes.UNAUTHORIZED:
        yield False, f"Prefect's server does not take our login: {_STARTS_IT}"
        return
    lost = sorted(missing_deployments(api))
    if lost or pool.status_code == httpx.codes.NOT_FOUND:
        what = f"has no {', '.join(lost)}" if lost else "has no work pool"
        yield False, f"Prefect {what}, so nothing of it runs: start `./aftercare up` again, which applies prefect.yaml"
        return
    if pool.raise_for_status().json()["base_job_template"] != JOB_TEMPLATE:
        yield False, "whoever creates a run may say which program it is: start `./aftercare up` again"
    online = workers_online(api)
    yield online > 0, f"workers: {online}" if online else "no worker takes the runs: start `./aftercare up` again"
