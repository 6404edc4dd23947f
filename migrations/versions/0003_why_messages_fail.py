"""why messages fail, and by which message a link was sent"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("messages", sa.Column("cause", TEXT(), nullable=True))
    op.add_column("messages", sa.Column("sought", sa.Integer(), nullable=False, server_default="0"))
    known = sa.text("cause IS NOT NULL")
    op.create_index("messages_by_cause", "messages", ["cause", "id"], sqlite_where=known, postgresql_where=known)
    op.add_column("links", sa.Column("message_id", sa.Integer(), nullable=True))
    op.create_index("ix_links_message_id", "links", ["message_id"])


def downgrade() -> None:
    op.drop_index("ix_links_message_id", "links")
    op.drop_column("links", "message_id")
    op.drop_index("messages_by_cause", "messages")
    op.drop_column("messages", "sought")
    op.drop_column("messages", "cause")
