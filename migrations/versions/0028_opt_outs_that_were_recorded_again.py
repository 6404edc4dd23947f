"""whether a person recorded an opt-out that a person had recorded before: it cannot be undone in one step"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("suppressions", sa.Column("renewed", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("suppressions", "renewed")
