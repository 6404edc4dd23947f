"""who may take an opt-out back"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Opt-outs from before stay for good: nobody wrote down whether they were said in another way as well."""
    op.add_column("suppressions", sa.Column("said_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    op.drop_column("suppressions", "said_by")
