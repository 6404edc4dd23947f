"""A place to live through days in: real store, real outbox folder, a policy file of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.place import leave_places
from tests.acceptance.days import Days, berlin
from tests.acceptance.policies import use_policy


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The stories are lived over SQLite; `test_every_service.py` lives a month over PostgreSQL too."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'aftercare.db')}"


@pytest.fixture
def policy_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped policy, which a test may change."""
    return use_policy(monkeypatch, tmp_path)


@pytest.fixture
def days(database_url: str, policy_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Days]:
    """It is Monday, 5 October 2026, 10:00 in Berlin."""
    monkeypatch.setenv("AFTERCARE_HOME", str(tmp_path))
    monkeypatch.setenv("AFTERCARE_DATABASE_URL", database_url)
    monkeypatch.setenv("AFTERCARE_MAIL", "outbox")
    leave_places()
    yield Days(berlin("2026-10-05 10:00"))
    leave_places()
