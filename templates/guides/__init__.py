"""A page for each role: what a day looks like, what the buttons mean, what to do when late.

One file per role is the source of both the console's help and of docs/guides (`scripts/guides.py`). In its texts
**this** is strong and *this* names something of the console.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from vocabulary import Role

_FOLDER: Final = Path(__file__).parent
_NAMES: Final[Mapping[Role, str]] = {
    Role.SERVICE_TEAM: "service-team",
    Role.SERVICE_MANAGER: "supervisor",
    Role.QA: "qa",
    Role.MANAGEMENT: "management",
    Role.ADMIN: "administrator",
}
"""By role the name of its file, in the order in which they are shown."""
_MARKED = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<name>[^*]+)\*|(?P<text>[^*]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    label: str
    means: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    name: str
    role: Role
    title: str
    task: str
    day: Sequence[str]
    buttons: Sequence[Button]
    late: Sequence[str]


@cache
def guides() -> Mapping[str, Guide]:
    """By name, in the order of the roles."""
    return {name: _read(name, role) for role, name in _NAMES.items()}


def guide_of(roles: Sequence[Role] | frozenset[Role]) -> Guide:
    """That of the first of somebody's roles, in the order of the guides."""
    return next(guide for guide in guides().values() if guide.role in roles)


def pieces(text: str) -> list[dict[str, str]]:
    """The text in pieces for a template: each with one of "strong", "name" and "text"."""
    return [{"kind": found.lastgroup or "text", "words": found[found.lastgroup or 0]}
            for found in _MARKED.finditer(text)]  # fmt: skip


def as_markdown(guide: Guide) -> str:
    """As it stands in docs/guides."""
    rows = [f"| {button.label} | {button.means} | {button.clause} |" for button in guide.buttons]
    lines = [
        f"# {guide.title}", "",
        f"<!-- Made by scripts/guides.py from templates/guides/{guide.name}.toml. -->", "",
        guide.task, "",
        "## Your day", "", *(f"- {line}" for line in guide.day), "",
        "## What the buttons mean", "", "| button | what it does | clause |", "|---|---|---|", *rows, "",
        "## When something is late", "", *(f"- {line}" for line in guide.late), "",
        "The clauses are those of [policy/sop.toml](../../policy/sop.toml).",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _read(name: str, role: Role) -> Guide:
    given: dict[str, Any] = tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))
    buttons = [Button(**button) for button in given.pop("buttons")]
    return Guide(name=name, role=role, buttons=buttons, **given)
