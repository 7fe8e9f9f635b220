"""crews: each member of a crew has a state, an acceptance, departure, arrival, start and end, as their taps said so far"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from server.database.statements import statements

revision = "0030"
down_revision = "0026"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
STATES = (
    "state in ('unscheduled','scheduled','dispatched','accepted','declined','en_route','on_site','in_progress','on_hold','completed',"
    "'closed','cannot_complete','cancelled')"
)


def upgrade() -> None:
    op.add_column("visit_crew", sa.Column("state", sa.Text(), server_default="dispatched", nullable=False))
    op.create_check_constraint(op.f("ck_visit_crew_state"), "visit_crew", STATES)
    for name in ("accepted_at", "departed_at", "arrived_at", "started_at", "finished_at"):
        op.add_column("visit_crew", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("visit_crew", sa.Column("work_summary", sa.Text(), server_default="", nullable=False))
    for statement in statements((SQL / "0030_crews.sql").read_text()):
        op.get_bind().exec_driver_sql(statement)
