"""`test`: every check and every test, as the project's continuous integration runs them."""

import subprocess
import sys
from typing import Annotated

import typer

from cli.fault import Fault
from config.settings import ROOT

_CHECKS = (
    ("ruff check", ["ruff", "check", "."]),
    ("ruff format", ["ruff", "format", "--check", "."]),
    ("mypy", ["mypy"]),
    ("import-linter", ["lint-imports", "--no-logo"]),
    ("deptry", ["deptry", "."]),
    ("codespell", ["codespell"]),
    ("djlint", ["djlint", "--lint", "--quiet", "templates"]),
)

_PYTEST = [sys.executable, "-m", "pytest", "-q"]


def test(
    *,
    unit: Annotated[bool, typer.Option("--unit", help="Only the unit tests.")] = False,
    checks: Annotated[bool, typer.Option("--checks", help="Only the checks, no tests.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="How many tests run at once.")] = 2,
) -> None:
    """Run all checks (style, security, types, layers, dependencies, spelling) and all tests."""
    failed = [] if unit else [name for name, command in _CHECKS if not _passes(name, command)]
    if not checks:
        failed += _test(["tests/unit"], workers) if unit else _test(["tests"], workers) + _test_apart()
    if failed:
        typer.echo(f"Failed: {', '.join(failed)}.", err=True)
        raise typer.Exit(1)
    typer.echo("Everything passes.")


def _test(folders: list[str], workers: int) -> list[str]:
    """Most tests, several at once."""
    typer.echo("· tests")
    few = ["-n", str(workers), "-m", "not slow and not browser"]
    return [] if _call([*_PYTEST, *few, *folders]) == 0 else ["tests"]


def _test_apart() -> list[str]:
    """Those that start servers or a browser, one after the other: they are there once and leave things running."""
    failed = []
    for mark in ("browser", "slow and not browser"):  # some are both: once is enough
        typer.echo(f"· tests marked {mark}")
        if _call([*_PYTEST, "-m", mark, "tests"]) != 0:
            failed.append(f"tests marked {mark}")
    return failed


def _passes(name: str, command: list[str]) -> bool:
    typer.echo(f"· {name}")
    return _call([str(_tool(command[0])), *command[1:]]) == 0


def _tool(name: str) -> str:
    found = ROOT / ".venv" / "bin" / name
    if not found.exists():
        raise Fault(f"{name} is not installed; `./aftercare test` installs what the tests need")
    return str(found)


def _call(command: list[str]) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - our own tools
