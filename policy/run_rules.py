"""The shape of what the policy says of the stages' runs: when silence is an alarm, and how long runs are kept.

`policy/sop.toml` explains each number. The defaults are for policies from before there was this.
"""

from dataclasses import dataclass
from typing import Any

_SHAPE: Any = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRules:
    __pydantic_config__ = _SHAPE
    silent_minutes: int = 10
    late_minutes: int = 5
    unfinished_minutes: int = 60
    shown_days: int = 7
    idle_days: int = 7
    keep_days: int = 90
