"""bodies: what a transaction touched is made into bodies a collection at a time"""

from pathlib import Path

from alembic import op

from server.database.statements import statements

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for statement in statements((SQL / "0025_bodies.sql").read_text()):
        op.get_bind().exec_driver_sql(statement)
