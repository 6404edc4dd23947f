"""Names say what a thing is for; and no file of ours knows one machine or one package index."""

import re
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.house.project import python_files, texts

EMPTY_NAMES = {"utils", "core", "common", "services", "helpers", "managers"}
EMPTY_NAMES |= {name.removesuffix("s") for name in EMPTY_NAMES}

INDEX = re.compile(
    r"(?:pypi|pythonhosted|npmjs|yarnpkg|anaconda|crates)\.(?:org|com|io)\b"  # a public one
    r"|index-url[\s\"'=]+\w+:"  # any, as an option
    r"|INDEX(?:_URL)?=\s*[\"']?\w+:",  # any, in an environment
    re.IGNORECASE,
)
HOME = re.compile(r"(?<![\w.}-])/(?:root|home|Users)/\w")


def test_no_module_has_a_name_that_says_nothing():
    empty = [path for path in python_files(tests=True) if EMPTY_NAMES & {*path.parts[:-1], path.stem}]
    assert not empty, f"Name these after what they are for: {', '.join(map(str, empty))}"


def test_no_file_names_a_package_index():
    assert not _found(INDEX), "Whoever installs Aftercare brings an index:\n" + "\n".join(_found(INDEX))


def test_no_file_names_a_folder_of_one_machine():
    assert not _found(HOME), "These paths exist on one machine only:\n" + "\n".join(_found(HOME))


def test_no_library_hides_a_package_of_ours():
    ours = {path.parts[0].removesuffix(".py") for path in python_files()} - {"migrations", "scripts"}
    hidden = ours & ({*packages_distributions()} | sys.stdlib_module_names)
    assert not hidden, f"A library or Python itself has modules of these names too: {', '.join(sorted(hidden))}"


@pytest.mark.parametrize(
    ("pattern", "line", "caught"),
    [
        (INDEX, "see https://" + "pypi" + ".org/simple", True),
        (INDEX, "--extra-" + "index-url https" + "://packages.example.com/", True),
        (INDEX, "export UV_DEFAULT_" + "INDEX=https" + "://packages.example.com", True),
        (INDEX, 'export UV_DEFAULT_INDEX="$index"', False),
        (INDEX, "--no-emit-index-url", False),
        (HOME, "cd /" + "home/ann/aftercare", True),
        (HOME, "https://example.com/home/ann", False),
        (HOME, "${root}/home/x", False),
    ],
)
def test_the_patterns_catch_what_they_should(pattern: re.Pattern[str], line: str, *, caught: bool):
    assert bool(pattern.search(line)) is caught


def _found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in texts()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]
