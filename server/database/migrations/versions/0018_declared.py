"""declared: the database's side of the feeds is made from what the rooms declare; what it does is what it did"""

from pathlib import Path

from alembic import op

from server.database.statements import statements

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for statement in statements((SQL / "0018_declared.sql").read_text()):
        op.get_bind().exec_driver_sql(statement)
