"""Alembic's entry: runs migrations over the connection that `server.database.migrate` passes in."""

from alembic import context

import server.process.schema  # noqa: F401  fills the metadata
from server.database.tables import Table

connection = context.config.attributes["connection"]
# The queue library's tables and the views' helpers are not in our metadata.
OURS = set(Table.metadata.tables)
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    compare_server_default=False,
    include_name=lambda name, kind, _: kind != "table" or name in OURS,
)
with context.begin_transaction():
    context.run_migrations()
