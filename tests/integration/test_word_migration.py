"""Words from before those of contact data stood apart: told apart on the way up, and all there on the way back."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import select, text

import models
from models.schema import ensure_schema
from models.store import Store
from models.tables import case_contact_words, case_words
from tasks.place import Place
from tests import seed

BEFORE = "0026"
COMMENTS = (
    "Ring 0171 3920023 or write to hzz@private.example",
    "Am 05.10.2026 kam niemand, Straße 5 ①",
    "\uff21\uff22\uff23 \ufb01x E\u0301" * 20,
)


def kept(store: Store) -> list[set[tuple[str, int]]]:
    with store.read() as db:
        return [{(row.word, row.case_id) for row in db.execute(select(table))}
                for table in (case_words, case_contact_words)]  # fmt: skip


def back(store: Store) -> set[tuple[str, int]]:
    """The words, by the schema of before."""
    config = Config()
    config.set_main_option("script_location", str(Path(models.__file__).parent.parent / "migrations"))
    with store.write() as db:
        config.attributes["connection"] = db
        command.downgrade(config, BEFORE)
        return {(row.word, row.case_id) for row in db.execute(text("SELECT word, case_id FROM case_words"))}


def test_words_of_before_are_told_apart_as_they_are_today(place: Place):
    for comment in COMMENTS:
        seed.escalated(place, comment=comment, customer_name="Anna Bergmänn", email="anna.x@mail.example")
    seed.planned(place, phone=None)
    words, contacts = kept(place.store)
    assert {"x", "mail", "3920023", "hzz"} <= {word for word, _ in contacts}
    assert back(place.store) == words | contacts
    ensure_schema(place.store)
    assert kept(place.store) == [words, contacts]
