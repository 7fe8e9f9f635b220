"""sync: the scope view, the bodies that phones get, and the triggers that keep membership"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    # The driver prepares statements and so takes one at a time; `;` at a line's end outside a $$ body ends one.
    for name in ("0002_scopes.sql", "0002_flush.sql"):
        for statement in _statements((SQL / name).read_text()):
            op.get_bind().exec_driver_sql(statement)


def _statements(text: str) -> list[str]:
    found, lines, quoted = [], [], False
    for line in text.splitlines():
        lines.append(line)
        quoted ^= line.count("$$") % 2 == 1
        if line.rstrip().endswith(";") and not quoted:
            found.append("\n".join(lines))
            lines = []
    return found
