"""strokes: encrypted, and kept in one place"""

import sqlalchemy as sa
from alembic import context, op

revision = "0006"
down_revision = "0009"
branch_labels = None
depends_on = None

BATCH = 500


def upgrade() -> None:
    connection = op.get_bind()
    # A copy beside the operation's own was kept with each signature; the operation keeps the only one from now on.
    connection.execute(
        sa.text("""
        update operation set attachment = signature.strokes from signature
        where signature.operation_id = operation.id and operation.attachment is null and signature.strokes is not null""")
    )
    strokes = bool(connection.scalar(sa.text("select exists (select from operation where attachment is not null)")))
    if strokes:
        _encrypt(connection)
        context.config.attributes["rewrite"] += ["operation", "signature"]
    op.drop_column("signature", "strokes")


def _encrypt(connection: sa.Connection) -> None:
    vault = context.config.attributes.get("vault")
    if vault is None:
        raise RuntimeError(
            "This database holds signatures in clear. Run `fieldproof migrate`: it has the key to encrypt them."
        )
    last = "00000000-0000-0000-0000-000000000000"
    page = sa.text(
        "select id, attachment from operation where attachment is not null and id > :last order by id limit :n"
    )
    store = sa.text("update operation set attachment = :sealed where id = :id")
    while rows := connection.execute(page, {"last": last, "n": BATCH}).all():
        for row in rows:
            connection.execute(store, {"id": row.id, "sealed": vault.seal("strokes", row.id, bytes(row.attachment))})
        last = rows[-1].id
