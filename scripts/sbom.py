"""Write a software bill of materials: `.venv/bin/python scripts/sbom.py > sbom.json`.

CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/), made of the hash-pinned lock alone: every package that is
installed for running, with the SHA-256 of every file that may be. It names no registry and asks nobody.
"""

import json
import re
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements" / "postgres.txt"
"""Runtime and the driver of PostgreSQL: all that an installation may hold. `dev.txt` is for the tests."""
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill(lock: Path = LOCK) -> dict[str, Any]:
    """The document. Raises ValueError for a lock with a line that is not pinned by hashes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application", "name": project["name"], "version": project["version"]},
        },
        "components": [_component(*pinned) for pinned in _pinned(lock.read_text("utf-8"))],
    }


def _pinned(text: str) -> list[tuple[str, str, list[str]]]:
    """Name, version and hashes of each package."""
    logical = [line for line in text.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
    found = []
    for line in logical:
        match, hashes = _PINNED.match(line), _HASH.findall(line)
        if match is None or not hashes:
            raise ValueError(f"{line.split()[0]} is not pinned by version and hashes; scripts/lock.sh writes the lock")
        found.append((match[1], match[2], hashes))
    return found


def _component(name: str, version: str, hashes: list[str]) -> dict[str, Any]:
    plain = re.sub(r"[-_.]+", "-", name).lower()
    return {
        "type": "library",
        "bom-ref": f"pkg:pypi/{plain}@{version}",
        "name": plain,
        "version": version,
        "purl": f"pkg:pypi/{plain}@{version}",
        "externalReferences": [
            {"type": "distribution", "url": f"pkg:pypi/{plain}@{version}",
             "hashes": [{"alg": "SHA-256", "content": one}]}
            for one in hashes
        ],
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
    sys.stdout.write("\n")
