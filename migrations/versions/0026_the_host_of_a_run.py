"""on which host a run works: a process number says nothing on another one"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("runs", sa.Column("host", sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    op.drop_column("runs", "host")
