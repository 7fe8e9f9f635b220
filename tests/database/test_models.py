"""The models are what the migrations make, and the migrations' tool knows all of them."""

from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from server.database.engine import make_engine
from server.database.tables import Table
from server.process.schema import MODELS

SERVER = Path(__file__).parents[2] / "server"
MADE_IN_SQL = {"ix_sync_member_row"}


def test_every_room_with_tables_is_known_where_migrations_are_written() -> None:
    rooms = {".".join(file.relative_to(SERVER.parent).with_suffix("").parts) for file in SERVER.rglob("models.py")}
    assert {one.__name__ for one in MODELS} == rooms


async def test_the_models_are_what_the_migrations_make(database_url: str) -> None:
    engine = make_engine(database_url, pool_size=1)

    def differences(connection: Connection) -> list[Any]:
        ours = set(Table.metadata.tables)

        def named(name: str | None, kind: str, _: Any) -> bool:
            return kind != "table" or name in ours

        def compared(_: Any, name: str | None, *__: Any) -> bool:
            return name not in MADE_IN_SQL

        context = MigrationContext.configure(connection, opts={"include_name": named, "include_object": compared})
        return compare_metadata(context, Table.metadata)

    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []
