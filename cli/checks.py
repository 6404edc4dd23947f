"""`test`: every check and every test, as the project's continuous integration runs them."""

import os
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

_QUICK = ["--hypothesis-profile", "quick"]
WORKERS = (os.cpu_count() or 1) + 1
"""One more than there are cores: some tests wait, for a server or a browser."""


def test(
    *,
    unit: Annotated[bool, typer.Option("--unit", help="Only the unit tests, properties with few examples.")] = False,
    checks: Annotated[bool, typer.Option("--checks", help="Only the checks, no tests.")] = False,
    thorough: Annotated[
        bool,
        typer.Option("--thorough", help="Pages and hooks over both databases, more of everything."),
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="How many tests run at once.")] = WORKERS,
) -> None:
    """Run all checks (style, security, types, layers, dependencies, spelling) and all tests."""
    failed = [] if unit else [name for name, command in _CHECKS if not _passes(name, command)]
    if thorough:
        os.environ["AFTERCARE_THOROUGH_TESTS"] = "1"  # tests/sizes.py
    if not checks and not _passes_tests(["tests/unit", *_QUICK] if unit else ["tests"], workers):
        failed.append("tests")
    if failed:
        typer.echo(f"Failed: {', '.join(failed)}.", err=True)
        raise typer.Exit(1)
    typer.echo("Everything passes.")


def _passes_tests(which: list[str], workers: int) -> bool:
    """Several files at once, each by one process: what a file shares, such as a server or a browser, is there once.

    In the order of their names, so that those that take long do not come last.
    """
    typer.echo("· tests")
    at_once = ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"]
    return _call([sys.executable, "-m", "pytest", "-q", *at_once, *which]) == 0


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
