"""the log by time and event"""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index("entries_by_time", "entries", ["at", "id"])
    op.create_index("entries_of_event", "entries", ["event", "at", "id"])


def downgrade() -> None:
    op.drop_index("entries_of_event", table_name="entries")
    op.drop_index("entries_by_time", table_name="entries")
