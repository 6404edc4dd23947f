"""Everything that a store holds, to compare before and after."""

from typing import Any

from models.store import Store
from models.tables import METADATA


def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in a fixed order."""
    with store.read() as db:
        return {
            table.name: sorted((tuple(row) for row in db.execute(table.select())), key=repr)
            for table in METADATA.sorted_tables
        }


def counts(store: Store) -> dict[str, int]:
    """How many rows each table holds; empty tables are left out."""
    return {name: len(rows) for name, rows in dump(store).items() if rows}
