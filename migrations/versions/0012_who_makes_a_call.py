"""who makes a call"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"

TEXT, INSTANT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.add_column("calls", sa.Column("claimed_by", TEXT(), nullable=True))
    op.add_column("calls", sa.Column("claimed_until", INSTANT(), nullable=True))


def downgrade() -> None:
    op.drop_column("calls", "claimed_until")
    op.drop_column("calls", "claimed_by")
