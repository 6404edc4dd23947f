"""when a message was begun, directly before its first byte"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

INSTANT = sqlmodel.sql.sqltypes.UTCDateTime

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("messages", sa.Column("begun_at", INSTANT(), nullable=True))
    # Of what is in somebody's hands now nobody wrote down whether it was begun: it may have been.
    op.execute("UPDATE messages SET begun_at = lease_until WHERE state = 'claimed'")


def downgrade() -> None:
    op.drop_column("messages", "begun_at")
