"""Whoever works in a store knows who hears of it: one that was opened without would announce nothing, silently."""

import ast
from pathlib import Path

import pytest

from tests.house.project import python_files, tree

WORKING = ("casework", "cli", "flows", "tasks", "web")


@pytest.mark.parametrize("path", [path for path in python_files() if path.parts[0] in WORKING], ids=str)
def test_a_store_is_opened_with_the_targets_of_the_settings(path: Path):
    assert [ast.unparse(call) for call in opened(tree(path)) if "announced_to" not in ast.unparse(call)] == []


def test_the_two_places_that_open_one_are_seen():
    assert {path for path in python_files() if opened(tree(path))} >= {Path("tasks/place.py"), Path("web/serve.py")}


def opened(module: ast.Module) -> list[ast.Call]:
    return [node for node in ast.walk(module) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Store"]
