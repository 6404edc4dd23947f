"""holds on sending, by people and by fuses; and when messages were begun, to count them by"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0025"
down_revision = "0024"

TEXT, INSTANT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", TEXT(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("fuse", TEXT(), nullable=True),
        sa.Column("reason", TEXT(), nullable=False),
        sa.Column("held_by", TEXT(), nullable=False),
        sa.Column("since", INSTANT(), nullable=False),
        sa.Column("released_at", INSTANT(), nullable=True),
        sa.Column("released_by", TEXT(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    in_force = sa.text("released_at IS NULL")
    op.create_index("holds_in_force", "holds", ["scope", "name"], unique=True, sqlite_where=in_force,
                    postgresql_where=in_force)  # fmt: skip
    op.create_index("messages_begun", "messages", ["begun_at"])


def downgrade() -> None:
    op.drop_index("messages_begun", "messages")
    op.drop_table("holds")
