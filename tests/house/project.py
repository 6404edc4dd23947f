"""The project's own files, as the house tests see them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is tracked, or would be with the next `git add`: relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as fault:
        detail = getattr(fault, "stderr", None) or fault
        message = f"The house tests read the list of files from git; they need git and a checkout of it. {detail}"
        raise AssertionError(message) from fault
    return tuple(path for path in map(Path, sorted(set(listed.split("\0")) - {""})) if (ROOT / path).is_file())


def python_files(*, tests: bool = False) -> list[Path]:
    """Our modules; those of the tests only on request."""
    return [path for path in project_files() if path.suffix == ".py" and (tests or path.parts[0] != "tests")]


def texts() -> Iterator[tuple[Path, str]]:
    """Every file that is text, with its text."""
    for path in project_files():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content:
            yield path, content.decode("utf-8")


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_bytes(), filename=str(path))
