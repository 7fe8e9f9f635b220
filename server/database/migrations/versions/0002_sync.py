"""sync: the scope view, the bodies that phones get, and the triggers that keep membership"""

from pathlib import Path

from alembic import op

from server.database.statements import statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for name in ("0002_scopes.sql", "0002_flush.sql"):
        for statement in statements((SQL / name).read_text()):
            op.get_bind().exec_driver_sql(statement)
