"""Run a stage in this process, against the Prefect server, as its deployment's run."""

import os
from datetime import datetime
from enum import StrEnum
from typing import Any

import httpx

from cli.fault import Fault
from cli.parts import prefect_environment
from config.settings import Settings


class StageName(StrEnum):
    """The stages as their deployments are named."""

    SCHEDULE_CONTACT = "schedule-contact"
    SEND_SURVEY = "send-survey"
    DELIVER_MESSAGES = "deliver-messages"
    AWAIT_RESPONSE = "await-response"
    ESCALATE = "escalate"
    DOCUMENT = "document"
    MONTHLY_REVIEW = "monthly-review"


class Stages:
    """Runs stages one after the other over one connection. Made only after the environment names the server."""

    def __init__(self, settings: Settings, *, quiet: bool) -> None:
        _check_server(settings)
        os.environ.update(prefect_environment(settings))
        if quiet:
            os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
        self._deployments: dict[StageName, Any] = {}

    def run(self, stage: StageName, *, as_of: datetime | None = None, **parameters: Any) -> Any:
        """The final state of the run. Its name and message are in business words."""
        from prefect.client.orchestration import get_client
        from prefect.exceptions import ObjectNotFound
        from prefect.flow_engine import run_flow
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
        from prefect.states import Pending

        given = {"as_of": as_of} if as_of else {}
        flow = _flow(stage)
        # A heartbeat's thread is waited for at the end of each run, up to a second; we are here to see the run end.
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}), get_client(sync_client=True) as client:
            try:
                if stage not in self._deployments:
                    self._deployments[stage] = client.read_deployment_by_name(f"{stage}/{stage}").id
            except ObjectNotFound:
                return flow(**given, **parameters, return_state=True)
            shown = {name: value.isoformat() for name, value in given.items()} | parameters
            run = client.create_flow_run_from_deployment(self._deployments[stage], parameters=shown, state=Pending())
            return run_flow(flow, flow_run=run, parameters=given | parameters, return_type="state")


def _check_server(settings: Settings) -> None:
    try:
        httpx.get(f"{settings.prefect_url}/api/ready", timeout=5, trust_env=False).raise_for_status()
    except httpx.HTTPError:
        raise Fault(
            f"Prefect's server does not answer at {settings.prefect_url}; "
            "start it with `./aftercare up` in another terminal"
        ) from None


def _flow(stage: StageName) -> Any:
    """The flow of a stage. Imported late: Prefect takes seconds, and its settings must be in the environment first."""
    from importlib import import_module

    name = stage.value.replace("-", "_")
    return getattr(import_module(f"flows.{name}"), name)
