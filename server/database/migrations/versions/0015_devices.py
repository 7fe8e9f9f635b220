"""devices: by whose code each phone was enrolled, photos whose bytes are shown apart, and retention"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("photo", sa.Column("apart", sa.Boolean(), server_default="false", nullable=False))
