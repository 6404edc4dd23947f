"""The stages as prefect.yaml deploys them: names, descriptions and schedules, for whoever shows them."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from config.settings import ROOT


@dataclass(frozen=True, slots=True)
class DeployedStage:
    name: str
    description: str
    crons: tuple[tuple[str, str], ...]
    """Cron expression and time zone of each active schedule that has one. Others (intervals, rules) are not here."""


@lru_cache(maxsize=2)
def deployed_stages(file: Path = ROOT / "prefect.yaml") -> tuple[DeployedStage, ...]:
    """In the order of the file, read once per process: `up` applies the file when it starts."""
    document = yaml.safe_load(file.read_text("utf-8"))
    return tuple(_stage(entry) for entry in document["deployments"])


def _stage(entry: dict[str, Any]) -> DeployedStage:
    active = [schedule for schedule in entry.get("schedules") or [] if schedule.get("active", True)]
    crons = tuple((each["cron"], each.get("timezone") or "UTC") for each in active if "cron" in each)
    return DeployedStage(entry["name"], entry.get("description", ""), crons)
