"""A file has one subject and a function one thought."""

import ast

from tests.house.project import ROOT, python_files, tree

FILE_LINES = 250
FUNCTION_LINES = 40


def test_no_file_is_longer_than_250_lines():
    lengths = {path: len((ROOT / path).read_text("utf-8").splitlines()) for path in _files()}
    too_long = [f"{path}: {length} lines" for path, length in lengths.items() if length > FILE_LINES]
    assert not too_long, "Split these:\n" + "\n".join(too_long)


def test_no_function_is_longer_than_40_lines():
    too_long = [
        f"{path}:{node.lineno} {node.name}: {length} lines"
        for path in _files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert not too_long, "Split these:\n" + "\n".join(too_long)


def _files():
    """Not the migrations: they are generated, and never edited again."""
    return [path for path in python_files() if path.parts[:2] != ("migrations", "versions")]
