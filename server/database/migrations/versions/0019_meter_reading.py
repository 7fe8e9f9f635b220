"""meter_reading: what technicians read off an asset's counters"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from server.database.statements import statements

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.create_table(
        "meter_reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("counter", sa.Text(), nullable=False),
        sa.Column("value_milli", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("read_by", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_meter_reading_asset_id")),
        sa.ForeignKeyConstraint(["read_by"], ["app_user.id"], name=op.f("fk_meter_reading_read_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_reading")),
    )
    op.create_index(op.f("ix_meter_reading_asset_id"), "meter_reading", ["asset_id"])
    for statement in statements((SQL / "0019_meter_reading.sql").read_text()):
        op.get_bind().exec_driver_sql(statement)
