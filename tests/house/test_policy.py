"""A decision can be read, tested and replayed without anything but Python and the procedure's words."""

import ast
import sys
from pathlib import Path

import pytest

from tests.house.project import python_files, tree

OURS = {"policy", "vocabulary"}
READS_THE_FILE = {Path(f"policy/{name}.py") for name in ("danger_rules", "escalation_rules", "file", "rules", "shapes")}


@pytest.mark.parametrize("path", [path for path in python_files() if path.parts[0] == "policy"], ids=str)
def test_a_decision_knows_the_standard_library_only(path: Path):
    allowed = sys.stdlib_module_names | OURS | ({"pydantic"} if path in READS_THE_FILE else set())
    assert imported(tree(path)) <= allowed


def test_the_vocabulary_knows_the_standard_library_only():
    words = [path for path in python_files() if path.parts[0] == "vocabulary"]
    assert words
    assert set().union(*(imported(tree(path)) for path in words)) <= sys.stdlib_module_names | {"vocabulary"}


def imported(module: ast.Module) -> set[str]:
    """The packages that a module imports, wherever in it."""
    names = set()
    for node in ast.walk(module):
        match node:
            case ast.Import():
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(name)):
                names.add(name)
    return {name.partition(".")[0] for name in names}
