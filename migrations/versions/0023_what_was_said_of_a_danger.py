"""what was said of a danger, whoever wrote it"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("alarms", sa.Column("said", sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    op.drop_column("alarms", "said")
