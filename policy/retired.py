"""Keys of the policy file that mean nothing any more: older files, and stored versions of them, are still read."""

from collections.abc import Sequence
from typing import Any

_RETIRED: dict[str, frozenset[str]] = {
    "silence": frozenset({"unread_days"}),
    "replies.languages": frozenset(
        {
            "numbers",
            "out_of",
            "stars",
            "rating",
            "counted",
            "leave",
            "leave_wordings",
            "help",
            "asks",
            "requests",
            "courtesy",
            "mistaken",
            "automatic",
            "wrote",
            "mail_from",
            "sent_from",
        }
    ),
}
"""Keys of earlier versions: cases that were opened under them go on, and a company's file goes on to be read."""


def without_retired(values: dict[str, Any]) -> tuple[str, ...]:
    """Take the keys that mean nothing any more out of a policy; their names."""
    found: set[str] = set()
    for section, keys in _RETIRED.items():
        for table in _tables(values, section.split(".")):
            for key in keys & table.keys():
                del table[key]
                found.add(f"{section}.{key}")
    return tuple(sorted(found))


def _tables(values: Any, path: Sequence[str]) -> list[dict[str, Any]]:
    """The tables of that name: one, those of a list, or none."""
    if isinstance(values, list):
        return [table for value in values for table in _tables(value, path)]
    if not isinstance(values, dict):
        return []
    return _tables(values.get(path[0]), path[1:]) if path else [values]
