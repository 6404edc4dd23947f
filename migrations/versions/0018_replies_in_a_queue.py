"""replies in a queue"""

from datetime import timedelta

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0018"
down_revision = "0014"

TEXT, INSTANT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
OPEN, OF_REPLIES = sa.text("settled_at IS NULL"), sa.text("event = 'reply_received'")
UNSEEN = sa.text("purpose = 'answer_to_reply' AND follow_up IS NULL")
REPLIES = sa.table("replies", *(sa.column("id", sa.Integer()), sa.column("received_at", INSTANT()),
                                sa.column("read_by", INSTANT()), sa.column("settled_at", INSTANT())))  # fmt: skip


def upgrade() -> None:
    for name in ("handed_why", "reason"):
        op.add_column("replies", sa.Column(name, TEXT(), nullable=True))
    op.create_index("replies_to_read", "replies", ["read_by", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("replies_of_sender", "replies", ["from_key", "received_at"])
    op.create_index("entries_of_replies", "entries", ["ref_id"], sqlite_where=OF_REPLIES, postgresql_where=OF_REPLIES)
    op.create_index("messages_answering", "messages", ["state", "id"], sqlite_where=UNSEEN, postgresql_where=UNSEEN)
    _give_deadlines(op.get_bind())


def _give_deadlines(db: sa.Connection) -> None:
    """Those that waited before replies had a deadline get theirs: a day from when they came."""
    undated = sa.select(REPLIES.c.id, REPLIES.c.received_at).where(OPEN, REPLIES.c.read_by.is_(None))
    for id, received_at in db.execute(undated).all():
        dated = REPLIES.update().where(REPLIES.c.id == id).values(read_by=received_at + timedelta(hours=24))
        db.execute(dated)


def downgrade() -> None:
    op.drop_index("messages_answering", "messages", sqlite_where=UNSEEN, postgresql_where=UNSEEN)
    op.drop_index("entries_of_replies", "entries", sqlite_where=OF_REPLIES, postgresql_where=OF_REPLIES)
    op.drop_index("replies_of_sender", "replies")
    op.drop_index("replies_to_read", "replies", sqlite_where=OPEN, postgresql_where=OPEN)
    for name in ("reason", "handed_why"):
        op.drop_column("replies", name)
