"""touch: what a statement touched is noted once for all of its rows"""

from pathlib import Path

from alembic import op

from server.database.statements import statements

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for statement in statements((SQL / "0010_touch.sql").read_text()):
        op.get_bind().exec_driver_sql(statement)
