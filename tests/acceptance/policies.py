"""The shipped policy with a few numbers changed, as a company would change them: in its own copy of the file."""

from pathlib import Path

import pytest

import policy

SHIPPED = Path(policy.__file__).with_name("sop.toml")


def use_policy(patch: pytest.MonkeyPatch, folder: Path, *changes: tuple[str, str]) -> Path:
    """A copy in `folder` with each first text replaced by the second; from now on it is the policy in force."""
    file = folder / "policy.toml"
    file.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    change_policy(file, *changes)
    patch.setenv("AFTERCARE_POLICY_FILE", str(file))
    return file


def change_policy(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is not in the policy, or more than once"
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
