"""A stage changes in one place and leaves a trace: nobody but `models.moves` writes the column."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.project import python_files, tree

WRITER = Path("models/moves.py")
SQL = re.compile(r"\bupdate\b.+\bset\b.*\bstage\s*=", re.IGNORECASE | re.DOTALL)


@pytest.mark.parametrize("path", [path for path in python_files() if path != WRITER], ids=str)
def test_only_moves_writes_a_stage(path: Path):
    writes = [f"{path}:{line}" for line in stage_writes(tree(path))]
    assert not writes, f"Call models.moves.advance instead of writing the stage: {', '.join(writes)}"


@pytest.mark.parametrize("path", python_files(), ids=str)
def test_nobody_opens_a_session_of_the_orm(path: Path):
    """Its objects write whatever is assigned to them: then `case.stage = ...` would be a write that nobody sees."""
    imported = {
        alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("sqlalchemy", "sqlmodel"))
        for alias in node.names
    }
    assert not {name for name in imported if "session" in name.lower()}


def stage_writes(module: ast.Module) -> list[int]:
    """The lines that set a stage, by SQLAlchemy's statements or in SQL."""
    return sorted({node.lineno for node in ast.walk(module) if _writes(node)})  # type: ignore[attr-defined]


def _writes(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="values" | "ordered_values" | "update")):
            return "stage" in _written(node)
        case ast.Constant(value=str(text)):
            return bool(SQL.search(text))
    return False


def _written(call: ast.Call) -> Iterator[str]:
    """The columns that a call of `.values()` sets, as keywords or as a dictionary's keys."""
    yield from (keyword.arg for keyword in call.keywords if keyword.arg)
    for part in [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg is None)]:
        for key in (key for node in ast.walk(part) if isinstance(node, ast.Dict) for key in node.keys):
            match key:
                case ast.Constant(value=str(name)) | ast.Attribute(attr=name):
                    yield name


@pytest.mark.parametrize(
    "code",
    [
        "update(cases).where(cases.c.id == 1).values(stage=Stage.ENDED)",
        "cases.update().values({'stage': Stage.ENDED})",
        "cases.update().values({cases.c.stage: Stage.ENDED})",
        "cases.update().values(**{'stage': Stage.ENDED, 'next_at': now})",
        "cases.update().values(**values, **{'stage': Stage.ENDED})",
        "query.update(stage='ENDED')",
        "db.execute(text('UPDATE cases SET next_at = :at, stage = :stage'))",
    ],
)
def test_every_way_to_write_a_stage_is_seen(code: str):
    assert stage_writes(ast.parse(code)) == [1]


@pytest.mark.parametrize(
    "code",
    [
        "class Case:\n    stage: Stage",
        "sitting.stage = case.stage",
        "select(cases).where(cases.c.stage == stage)",
        "advance(db, stage, Stage.ENDED, moves, at=now)",
        "cases.update().where(cases.c.stage == Stage.ENDED).values(next_at=now)",
        "# nobody may UPDATE cases SET stage =",
    ],
)
def test_reading_a_stage_is_allowed(code: str):
    assert stage_writes(ast.parse(code)) == []
