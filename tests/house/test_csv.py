"""There is one writer of CSV, which guards what it writes: a second one would be a way around it."""

import ast
from pathlib import Path

from tests.house.project import python_files, tree

WRITERS = {"writer", "DictWriter"}
THE_ONE = Path("templates/csv_out.py")
NOT_OURS = {Path("examples/make_closed_services.py")}
"""Plays a source system."""


def test_csv_is_written_in_one_place():
    found = {path for path in python_files() if path not in NOT_OURS and any(map(writes, ast.walk(tree(path))))}
    assert found == {THE_ONE}


def writes(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "csv" and bool({name.name for name in node.names} & WRITERS)
    return isinstance(node, ast.Attribute) and ast.unparse(node.value) == "csv" and node.attr in WRITERS
