"""replies read by people"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014"
down_revision = "0013"

TEXT, INSTANT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
OPEN = sa.text("settled_at IS NULL")


def upgrade() -> None:
    for name in ("raw", "subject", "sender", "proposal", "handled_by"):
        op.add_column("replies", sa.Column(name, TEXT(), nullable=True))
    for name in ("read_by", "next_at"):
        op.add_column("replies", sa.Column(name, INSTANT(), nullable=True))
    op.add_column("replies", sa.Column("warned", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("replies_from", "replies", ["from_key"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.add_column("suppressions", sa.Column("recorded_by", TEXT(), nullable=True))


def downgrade() -> None:
    op.drop_column("suppressions", "recorded_by")
    op.drop_index("replies_from", "replies", sqlite_where=OPEN, postgresql_where=OPEN)
    for name in ("warned", "next_at", "read_by", "handled_by", "proposal", "sender", "subject", "raw"):
        op.drop_column("replies", name)
