"""Alembic's entry: it migrates over the connection that `models.schema` hands it, or opens the store by itself."""

from alembic import context
from sqlalchemy import Connection

from config.settings import read_settings
from models.store import Store
from models.tables import METADATA


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with Store(read_settings().store_url).write() as opened:
        migrate(opened)
