"""body form: what phones hold is written anew in the background when its form changes"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_body_form",
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("position", sa.UUID(), nullable=True),
        sa.PrimaryKeyConstraint("collection", name=op.f("pk_sync_body_form")),
    )
