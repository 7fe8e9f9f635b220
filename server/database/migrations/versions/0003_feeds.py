"""feeds: bodies in the membership, trees of rows instead of whole technicians, collection of removals, digests"""

from pathlib import Path

from alembic import op

from server.database.statements import statements

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for statement in statements((SQL / "0003_feeds.sql").read_text()):
        op.get_bind().exec_driver_sql(statement)
