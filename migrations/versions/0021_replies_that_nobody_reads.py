"""replies that nobody reads"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"

INSTANT = sqlmodel.sql.sqltypes.UTCDateTime
REPLIES = sa.table("replies", sa.column("received_at", INSTANT()), sa.column("read_by", INSTANT()),
                   sa.column("next_at", INSTANT()), sa.column("settled_at", INSTANT()))  # fmt: skip


def upgrade() -> None:
    """Those that waited before deadlines were warned of are looked at with the next sweep."""
    waiting = REPLIES.c.settled_at.is_(None), REPLIES.c.next_at.is_(None), REPLIES.c.read_by.is_not(None)
    op.execute(REPLIES.update().where(*waiting).values(next_at=REPLIES.c.received_at))


def downgrade() -> None:
    """Nothing: a date that is looked at by nobody does no harm."""
