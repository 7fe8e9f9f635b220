"""fractions: parts have a unit, and what went in is counted in thousandths of it"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from server.database.statements import statements

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
UNITS = "unit in ('piece','kg','m','h')"


def upgrade() -> None:
    for table in ("part", "part_used"):
        op.add_column(table, sa.Column("unit", sa.Text(), server_default="piece", nullable=False))
        op.create_check_constraint(op.f(f"ck_{table}_unit"), table, UNITS)
    op.add_column("part_used", sa.Column("quantity_milli", sa.BigInteger(), nullable=True))
    for statement in statements((SQL / "0026_fractions.sql").read_text()):
        op.get_bind().exec_driver_sql(statement)
