"""The policy's own names of kinds and departments, and reports that write them in another way.

"Job Completed" and "JOB  COMPLETED" are "job completed". What differs in more than case and spaces is another name:
nobody can tell a slip from a department that the policy forgot, so it is left as it is, and staff are warned.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from policy.rules import Rules
from policy.wildcards import matches
from vocabulary.comparing import compared

Field = Literal["kind", "department"]


def as_in_policy(name: str, field: Field, rules: Rules) -> str:
    """The policy's spelling of a name that differs from it in case and spaces only; any other as it is."""
    return _spellings(names_of(field, rules)).get(compared(name), name)


def names_of(field: Field, rules: Rules) -> tuple[str, ...]:
    """Every name that the policy has for a kind or a department, also where it limits or excepts them."""
    routes = rules.escalation.routes
    own = (
        rules.scope.kinds if field == "kind" else [name for one in routes for name in (one.department, one.handled_by)]
    )
    limited = [limit.value for limit in rules.survey.limits if limit.field == field]
    excepted = [value for one in rules.scope.exclusions if one.field == field for value in one.values]
    return tuple(name for name in (*own, *limited, *excepted) if "*" not in name)


def unknown_to_policy(counts: Mapping[str, int], field: Field, rules: Rules) -> dict[str, int]:
    """Of names and how often they were reported, those that the policy neither names nor excepts; the most first."""
    known = _spellings(names_of(field, rules))
    patterns = [value for one in rules.scope.exclusions if one.field == field for value in one.values]
    unknown = {
        name: count
        for name, count in counts.items()
        if compared(name) not in known and not any(matches(name, pattern) for pattern in patterns)
    }
    return dict(sorted(unknown.items(), key=lambda item: (-item[1], item[0])))


@lru_cache(maxsize=64)
def _spellings(names: tuple[str, ...]) -> dict[str, str]:
    """By what is compared; the first spelling counts."""
    return {compared(name): name for name in reversed(names)}
