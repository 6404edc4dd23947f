"""what is announced to other programs"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"

TEXT, INSTANT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", TEXT(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("target", TEXT(), nullable=False),
        sa.Column("event", TEXT(), nullable=False),
        sa.Column("happened_at", INSTANT(), nullable=False),
        sa.Column("about", TEXT(), nullable=False),
        sa.Column("owed_at", INSTANT(), nullable=False),
        sa.Column("due_at", INSTANT(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("owner", TEXT(), nullable=True),
        sa.Column("lease_until", INSTANT(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("code", TEXT(), nullable=True),
        sa.Column("settled_at", INSTANT(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ref"),
        sa.UniqueConstraint("entry_id", "target"),
    )
    op.create_index("announcements_due", "announcements", ["state", "due_at", "id"])
    op.create_table(
        "target_states",
        sa.Column("target", TEXT(), nullable=False),
        sa.Column("stopped_at", INSTANT(), nullable=False),
        sa.Column("try_again_at", INSTANT(), nullable=True),
        sa.Column("code", TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("target"),
    )


def downgrade() -> None:
    op.drop_table("target_states")
    op.drop_table("announcements")
