"""No test depends on when its module was imported: that may be half an hour before it runs, or a midnight earlier."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.project import python_files, tree

CLOCKS = {
    "datetime": {"now", "today", "utcnow"},
    "date": {"today"},
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "localtime", "gmtime"},
}
"""By the name before the dot. `time(9)` makes a time of day, so a bare name counts only where it was imported."""
_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def test_no_test_reads_a_clock_while_it_is_imported():
    found = [f"{path}:{line}: {call}" for path in _tests() for line, call in read_at_import(tree(path), _readers())]
    assert not found, "Read the clock in the test or in a fixture:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "code",
    [
        "NOW = datetime.now(UTC)",
        "NOW = datetime.datetime.now(UTC)",
        "class Case:\n    at = date.today()",
        "def test_it(at=time.time()): ...",
        "def test_it(*, at=time.monotonic()): ...",
        "@pytest.mark.parametrize('at', [datetime.now(UTC)])\ndef test_it(at): ...",
        "from time import time\nSOON = time() + 60",
        "if True:\n    NOW = datetime.now(UTC)",
        "DAYS = [datetime.now(UTC) + n * DAY for n in range(3)]",
        "TIMES = st.datetimes(min_value=datetime.now())",
        "def now():\n    return datetime.now(UTC)\ndef soon():\n    return now() + DAY\nSOON = soon()",
    ],
)
def test_a_clock_that_is_read_at_import_is_found(code: str):
    assert list(read_at_import(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "NOON = time(12)",
        "from datetime import time\nNOON = time(12)",
        "def test_it():\n    now = datetime.now(UTC)",
        "clock = lambda: datetime.now(UTC)",
        "class Case:\n    at: datetime = field(default_factory=lambda: datetime.now(UTC))",
        "DAY = datetime(2026, 10, 5)",
        "def now():\n    return datetime.now(UTC)\ndef test_it():\n    at = now()",
    ],
)
def test_a_clock_that_is_read_later_is_none(code: str):
    assert not list(read_at_import(ast.parse(code)))


def read_at_import(module: ast.Module, names: frozenset[str] = frozenset()) -> Iterator[tuple[int, str]]:
    """Lines and calls that run with the import and read a clock, themselves or through a function of `names`."""
    known = _known(module, names) | readers(module, names)
    for node in _at_import(module):
        if isinstance(node, ast.Call) and _is_clock(node.func, known):
            yield node.lineno, ast.unparse(node)


def readers(module: ast.Module, names: frozenset[str] = frozenset()) -> frozenset[str]:
    """The functions at the top of a module that read a clock when they are called, directly or through each other."""
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    found, known = frozenset[str](), _known(module, names)
    while more := {function.name for function in functions if _reads(function, known | found)} - found:
        found |= more
    return found


@cache
def _readers() -> frozenset[str]:
    """`tests.seed.now` and the like, of all modules that other tests may import from."""
    return frozenset(
        f"{'.'.join(path.with_suffix('').parts)}.{name}" for path in _tests() for name in readers(tree(path))
    )


def _tests() -> list[Path]:
    return [path for path in python_files(tests=True) if path.parts[0] == "tests"]


def _known(module: ast.Module, names: frozenset[str]) -> frozenset[str]:
    """Bare names that read a clock in this module: imported from `time`, or from a module of the tests."""
    return frozenset(
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if (node.module == "time" and alias.name in CLOCKS["time"]) or f"{node.module}.{alias.name}" in names
    )


def _reads(function: ast.FunctionDef, known: frozenset[str]) -> bool:
    return any(isinstance(node, ast.Call) and _is_clock(node.func, known) for node in ast.walk(function))


def _is_clock(called: ast.expr, known: frozenset[str]) -> bool:
    if isinstance(called, ast.Name):
        return called.id in known
    if not isinstance(called, ast.Attribute):
        return False
    owner = called.value
    before = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return called.attr in CLOCKS.get(before, set())


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported: bodies of functions do not, their decorators and defaults do."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _LATER):
            yield from _with_the_definition(child)
        else:
            yield child
            yield from _at_import(child)


def _with_the_definition(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Iterator[ast.AST]:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    for part in (*decorators, *node.args.defaults, *(default for default in node.args.kw_defaults if default)):
        yield part
        yield from _at_import(part)
