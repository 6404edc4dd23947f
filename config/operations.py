"""The operations file: fuses and limits of the machinery. Numbers of the procedure are in the policy."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.settings import Settings, SettingsError


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Fuses(_Section):
    """What may happen without a person's word."""

    messages_per_hour: Annotated[int, Field(ge=1)] = 5000
    sms_per_day: Annotated[int, Field(ge=1)] = 2000
    ending_share: Annotated[float, Field(gt=0, le=1, strict=False)] = 0.2
    ending_least: Annotated[int, Field(ge=1)] = 50


class RunLimits(_Section):
    """Of runs of the stages, in minutes."""

    ahead_minutes: Annotated[int, Field(ge=0, le=60)] = 5
    longest_minutes: Annotated[int, Field(ge=5, le=24 * 60)] = 60


class Operations(_Section):
    fuses: Fuses = Fuses()
    runs: RunLimits = RunLimits()


def operations(settings: Settings) -> Operations:
    """As the file says now, or `SettingsError` with every fault."""
    path = settings.operations_file
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise SettingsError(f"{path}: the operations file cannot be read ({error.strerror}).") from None


@lru_cache(maxsize=8)
def _read(path: Path, _changed_at: int) -> Operations:
    try:
        return Operations.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not TOML in UTF-8 ({error}).") from None
    except ValidationError as error:
        faults = (
            f"{path}: {'.'.join(str(part) for part in each['loc'])}: {each['msg']}."
            for each in error.errors(include_input=False, include_url=False)
        )
        raise SettingsError("\n".join(faults)) from None
