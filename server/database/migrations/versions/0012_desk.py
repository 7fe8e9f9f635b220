"""desk: keys of codes whatever their spelling, real time zones, orders that are taken back, and the board's indexes"""

import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CODES = (
    ("asset", "serial", ("product_id",)),
    ("product", "code", ()),
    ("part", "number", ()),
    ("app_user", "login", ()),
)
FILLERS = frozenset(map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0)))


def upgrade() -> None:
    for table, column, within in CODES:
        _key(table, column, within)
    _withdrawals()
    op.create_index(
        "ix_visit_waiting",
        "visit",
        ["window_start"],
        postgresql_where=sa.text("state not in ('completed','closed','cancelled')"),
    )
    op.create_index(
        "ix_visit_window_range", "visit", [sa.text("tstzrange(window_start, window_end)")], postgresql_using="gist"
    )
    _zones()


def _key(table: str, column: str, within: tuple[str, ...]) -> None:
    """The key of each code; of rows that are doubles of one another, only the oldest has it, and all of them stay."""
    connection, key = op.get_bind(), f"{column}_key"
    op.add_column(table, sa.Column(key, sa.Text(), nullable=True))
    columns = ", ".join(("id", column, *within))
    rows = connection.exec_driver_sql(f"select {columns} from {table} order by id").all()  # noqa: S608
    first: dict[tuple[Any, ...], Any] = {}
    for row_id, code, *group in rows:
        if folded := _folded(code):
            first.setdefault((folded, *group), row_id)
    values = [{"id": row_id, "key": folded} for (folded, *_), row_id in first.items()]
    # No phone sees the key, so none is to be told of a change.
    op.execute(f"alter table {table} disable trigger user")
    for batch in _batches(values):
        connection.execute(sa.text(f"update {table} set {key} = :key where id = :id"), batch)  # noqa: S608
    op.execute(f"alter table {table} enable trigger user")
    op.create_unique_constraint(op.f(f"uq_{table}_{'_'.join((*within, key))}"), table, [*within, key])


def _batches(values: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(values), 5000):
        yield values[start : start + 5000]


def _folded(code: str) -> str:
    """What all spellings of a code have in common, as it is at this revision."""
    before = None
    while code != before:
        before = code
        plain = _seen(unicodedata.normalize("NFKC", _seen(code))).casefold()
        plain = _seen(unicodedata.normalize("NFKC", plain))
        code = "".join("-" if unicodedata.category(one) == "Pd" or one == "−" else one for one in plain)
    return code


def _seen(text: str) -> str:
    return "".join(
        one
        for one in text
        if not (
            unicodedata.category(one)[0] in "CZ"
            or one in FILLERS
            or "\ufe00" <= one <= "\ufe0f"
            or "\U000e0100" <= one <= "\U000e01ef"
            or "\u180b" <= one <= "\u180f"
        )
    )


def _withdrawals() -> None:
    op.create_table(
        "visit_withdrawal",
        sa.Column("visit_id", sa.UUID(), nullable=False),
        sa.Column("plan_version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.UUID(), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["app_user.id"], name=op.f("fk_visit_withdrawal_withdrawn_by")),
        sa.ForeignKeyConstraint(
            ["visit_id", "plan_version"],
            ["visit_plan.visit_id", "visit_plan.plan_version"],
            name=op.f("fk_visit_withdrawal_visit_id"),
        ),
        sa.PrimaryKeyConstraint("visit_id", "plan_version", name=op.f("pk_visit_withdrawal")),
    )


def _zones() -> None:
    """Sites and offices with a name that is no zone (`localtime`, `Factory`) get a real one, so that nothing fails over it.

    An office gets the zone that most of its customers' sites have, a site the zone of its customer's office. Last, because the
    change of a site reaches phones when the transaction commits.
    """
    zones = sorted(set((files("tzdata") / "zones").read_text().split()) - {"Factory", "localtime", "posixrules"})
    op.get_bind().execute(
        sa.text("""
            update office set time_zone = coalesce((
              select site.time_zone from site join customer on customer.id = site.customer_id
              where customer.office_id = office.id and site.time_zone = any(:zones)
              group by site.time_zone order by count(*) desc, site.time_zone limit 1), 'Etc/UTC')
            where time_zone <> all(:zones)
        """),
        {"zones": zones},
    )
    op.get_bind().execute(
        sa.text("""
            update site set time_zone = office.time_zone from customer join office on office.id = customer.office_id
            where customer.id = site.customer_id and site.time_zone <> all(:zones)
        """),
        {"zones": zones},
    )
