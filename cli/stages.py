"""Run a stage in this process, against the Prefect server, as its deployment's run."""

import os
from contextlib import ExitStack
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

import httpx

from cli.fault import Fault
from cli.parts import prefect_environment
from config.settings import Settings

_READY_S = 30
"""How long a server is waited for that is there and busy. One that is not there refuses at once."""


class StageName(StrEnum):
    """The stages as their deployments are named."""

    SCHEDULE_CONTACT = "schedule-contact"
    SEND_SURVEY = "send-survey"
    DELIVER_MESSAGES = "deliver-messages"
    AWAIT_RESPONSE = "await-response"
    ESCALATE = "escalate"
    DOCUMENT = "document"
    MONTHLY_REVIEW = "monthly-review"


class StageFailed(Fault):
    """A run that should have ended well has failed or crashed; Prefect's log of it says why."""


class Stages:
    """Runs stages in this process. Made only after the environment names the server."""

    def __init__(self, settings: Settings, *, quiet: bool) -> None:
        _check_server(settings)
        os.environ.update(prefect_environment(settings))
        if quiet:
            os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
        from prefect.context import SyncClientContext
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        # A heartbeat's thread is waited for at the end of each run, up to a second; we are here to see the run end.
        self._open = ExitStack()
        self._open.enter_context(temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}))
        self._open.enter_context(SyncClientContext.get_or_create())  # one connection for all runs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def run(self, stage: StageName, *, as_of: datetime | None = None, **parameters: Any) -> Any:
        """Run a stage as a run of its deployment, if it has one; the final state, in business words."""
        from prefect.client.orchestration import get_client
        from prefect.exceptions import ObjectNotFound
        from prefect.flow_engine import run_flow
        from prefect.states import Pending

        given = parameters | ({"as_of": as_of} if as_of else {})
        shown = parameters | ({"as_of": as_of.isoformat()} if as_of else {})
        with get_client(sync_client=True) as client:
            try:
                deployment = client.read_deployment_by_name(f"{stage}/{stage}").id
            except ObjectNotFound:
                return self.run_plainly(stage, **given)
            run = client.create_flow_run_from_deployment(deployment, parameters=shown, state=Pending())
        return run_flow(_flow(stage), flow_run=run, parameters=given, return_type="state")

    def run_plainly(self, stage: StageName, **parameters: Any) -> Any:
        """Run a stage as a flow alone, which is several times faster; the final state, or `StageFailed`."""
        state = _flow(stage)(**parameters, return_state=True)
        if not state.is_completed():
            raise StageFailed(f"{stage} ended as {state.name}; its run in the Prefect UI says why")
        return state


def _check_server(settings: Settings) -> None:
    try:
        httpx.get(f"{settings.prefect_url}/api/ready", timeout=_READY_S, trust_env=False).raise_for_status()
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
