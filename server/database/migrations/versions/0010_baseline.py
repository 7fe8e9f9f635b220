"""the baseline: everything up to the release that had revision 0010, table by table, room by room"""

from pathlib import Path

from alembic import op

from server.database.statements import statements

revision = "0010"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql" / "baseline"


def upgrade() -> None:
    for file in sorted(SQL.glob("*.sql")):
        for statement in statements(file.read_text()):
            op.get_bind().exec_driver_sql(statement)
