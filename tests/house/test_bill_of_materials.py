"""The bill of materials names what is installed, and nothing else."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from config.settings import ROOT


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    """The script, which is no package."""
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "scripts" / "sbom.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_package_of_the_lock_is_in_it_with_all_of_its_hashes(sbom: ModuleType):
    lock = (ROOT / "requirements" / "postgres.txt").read_text("utf-8")
    parts = sbom.bill()["components"]
    assert len(parts) == len(re.findall(r"^\S+==", lock, re.MULTILINE)) > 100
    hashes = [one["content"] for part in parts for each in part["externalReferences"] for one in each["hashes"]]
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", lock))
    assert {part["name"] for part in parts} >= {"prefect", "sqlmodel", "jinja2", "sendgrid", "psycopg"}


def test_each_part_is_named_once_by_its_purl(sbom: ModuleType):
    parts = sbom.bill()["components"]
    assert len({part["bom-ref"] for part in parts}) == len(parts)
    assert all(re.fullmatch(r"pkg:pypi/[a-z0-9-]+@[^@\s]+", part["purl"]) for part in parts)


@pytest.mark.parametrize("line", ["requests", "requests>=2", "requests==2.0", "git+https://example.com/x.git"])
def test_a_lock_with_a_line_that_is_not_pinned_is_refused(sbom: ModuleType, tmp_path: Path, line: str):
    lock = tmp_path / "lock.txt"
    lock.write_text(f"{line}\n")
    with pytest.raises(ValueError, match="is not pinned by version and hashes"):
        sbom.bill(lock)
