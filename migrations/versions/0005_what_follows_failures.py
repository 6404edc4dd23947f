"""what follows failures"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("messages", sa.Column("follow_up", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    # Bulletins of months gone by: telling management of them now would help nobody.
    op.execute("UPDATE messages SET follow_up = 'nothing' WHERE case_id IS NULL AND settled_at IS NOT NULL")
    watched = sa.text("follow_up IS NULL AND (escalation_id IS NOT NULL OR case_id IS NULL)")
    op.create_index("messages_to_follow", "messages", ["state", "id"], sqlite_where=watched, postgresql_where=watched)


def downgrade() -> None:
    op.drop_index("messages_to_follow", "messages")
    op.drop_column("messages", "follow_up")
