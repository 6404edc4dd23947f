"""prefect.yaml, before Prefect reads it: Prefect itself passes over a misspelt key without a word."""

import inspect
import json
import re
from importlib import import_module
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from prefect import Flow
from prefect.events.schemas import deployment_triggers

from tests.house.project import ROOT

FILE = ROOT / "prefect.yaml"
SCHEMA = ROOT.parent / "shared/data/prefect/prefect.yaml.schema.json"
DOCUMENT: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8")) if FILE.exists() else {}
DEPLOYMENTS: list[dict[str, Any]] = DOCUMENT.get("deployments", [])
TRIGGERS = {
    "event": deployment_triggers.DeploymentEventTrigger,
    "compound": deployment_triggers.DeploymentCompoundTrigger,
    "sequence": deployment_triggers.DeploymentSequenceTrigger,
}

each_deployment = pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: deployment.get("name"))


def test_there_are_deployments():
    assert DEPLOYMENTS, "prefect.yaml is missing or deploys nothing"


def test_names_are_unique():
    names = [deployment["name"] for deployment in DEPLOYMENTS]
    assert sorted(names) == sorted(set(names))


def test_every_key_is_one_that_prefect_knows():
    if not SCHEMA.exists():
        pytest.skip("NOT CHECKED: Prefect's published schema of prefect.yaml is not there, misspelt keys go unseen")
    validator = Draft202012Validator(_closed(json.loads(SCHEMA.read_text("utf-8"))))
    document = {key: value for key, value in DOCUMENT.items() if key != "definitions"}  # YAML anchors only
    faults = [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(document)]
    assert not faults, "\n".join(faults)


@each_deployment
def test_every_key_of_a_trigger_is_one_that_prefect_knows(deployment: dict[str, Any]):
    for trigger in deployment.get("triggers") or []:
        known = TRIGGERS[trigger.get("type", "event")].model_fields
        assert trigger.keys() <= known.keys() | {"type"}


@each_deployment
def test_no_bell_is_without_a_sweep_after_it(deployment: dict[str, Any]):
    """Bells within the window of the first start nothing, so the sweep must not begin before it is over."""
    for trigger in deployment.get("triggers") or []:
        assert trigger["schedule_after"] == f"PT{trigger['within']}S"


@each_deployment
def test_the_entrypoint_is_a_flow_named_by_its_module(deployment: dict[str, Any]):
    assert re.fullmatch(r"flows(\.\w+)+", deployment["entrypoint"]), "the path form hides tasks/ behind flows/"
    assert isinstance(_flow(deployment), Flow)


@each_deployment
def test_its_runs_are_rows_under_its_name(deployment: dict[str, Any]):
    """Otherwise the console would call it a stage that never ran."""
    source = (ROOT / f"{deployment['entrypoint'].rpartition('.')[0].replace('.', '/')}.py").read_text("utf-8")
    assert f'@recorded("{deployment["name"]}", clock)\ndef ' in source


@each_deployment
def test_every_schedule_has_a_slug_of_its_own(deployment: dict[str, Any]):
    slugs = [schedule.get("slug") for schedule in deployment.get("schedules") or []]
    assert all(slugs), "without a slug a changed schedule is added to the old one"
    assert len(slugs) == len(set(slugs))
    assert "schedule" not in deployment, "`schedule` is the form that has no slug"


@each_deployment
def test_every_parameter_is_one_of_the_flow(deployment: dict[str, Any]):
    sources = [deployment, *(deployment.get("triggers") or []), *(deployment.get("schedules") or [])]
    given = {name for source in sources for name in source.get("parameters") or {}}
    assert given <= inspect.signature(_flow(deployment).fn).parameters.keys()


@each_deployment
def test_a_run_that_starts_by_itself_has_all_its_parameters(deployment: dict[str, Any]):
    parameters = inspect.signature(_flow(deployment).fn).parameters.values()
    required = {parameter.name for parameter in parameters if parameter.default is parameter.empty}
    always = (deployment.get("parameters") or {}).keys()
    for start in [*(deployment.get("triggers") or []), *(deployment.get("schedules") or [])]:
        assert required <= always | (start.get("parameters") or {}).keys()


@each_deployment
def test_people_can_tell_what_it_is(deployment: dict[str, Any]):
    assert deployment.get("description", "").strip()
    assert "aftercare" in deployment["tags"]
    assert [tag for tag in deployment["tags"] if tag.startswith("stage:")]


@each_deployment
def test_it_runs_once_at_a_time(deployment: dict[str, Any]):
    limit = deployment["concurrency_limit"]
    assert (limit["limit"] if isinstance(limit, dict) else limit) == 1


@pytest.mark.parametrize(
    "misspelt",
    [{"deploiments": []}, {"deployments": [{"tagz": []}]}, {"deployments": [{"schedules": [{"tiemzone": "UTC"}]}]}],
)
def test_a_misspelt_key_is_seen(misspelt: dict[str, Any]):
    if not SCHEMA.exists():
        pytest.skip("NOT CHECKED: Prefect's published schema of prefect.yaml is not there")
    assert not Draft202012Validator(_closed(json.loads(SCHEMA.read_text("utf-8")))).is_valid(misspelt)


def _flow(deployment: dict[str, Any]) -> Flow[..., Any]:
    module, _, name = deployment["entrypoint"].rpartition(".")
    flow: Flow[..., Any] = getattr(import_module(module), name)
    return flow


def _closed(schema: Any) -> Any:
    """The schema with every object closed whose keys it lists: as published it lets unknown ones pass."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed["additionalProperties"] = False
    return closed
