"""What every test may ask for."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from tests.databases import database_url, place, postgres, sqlite_template, store
from tests.prefect_server import on_prefect, prefect_template, stages
from tests.sizes import IS_THOROUGH

__all__ = ["database_url", "on_prefect", "place", "postgres", "prefect_template", "sqlite_template", "stages", "store"]

settings.register_profile("aftercare", deadline=None)  # machines are small and busy; how long it takes is no promise
settings.register_profile("quick", deadline=None, max_examples=20)  # `./aftercare test --unit`, while one is at work
settings.load_profile("aftercare")

_IN_TURN = tuple(Path(__file__).parent / "integration" / name for name in ("console", "web"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What works in the store itself is tried over both databases, pages and hooks over either in turn."""
    if IS_THOROUGH:
        return
    spared = set(_every_other(items))
    if spared:
        config.hook.pytest_deselected(items=list(spared))
        items[:] = [item for item in items if item not in spared]


def _every_other(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Of two that differ in their database alone one: of the first two the first, of the next two the second."""
    both: dict[tuple[Path, str], list[pytest.Item]] = {}
    for item in items:
        if "database_url" in _params(item) and any(item.path.is_relative_to(folder) for folder in _IN_TURN):
            both.setdefault((item.path, item.name.replace("postgresql", "sqlite")), []).append(item)
    turns: dict[Path, Iterator[int]] = {}
    for (path, _), pair in both.items():
        if len(pair) == 2:
            yield pair[next(turns.setdefault(path, count())) % 2]


def _params(item: pytest.Item) -> dict[str, object]:
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
