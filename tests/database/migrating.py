"""A database just before a migration, and just after it."""

from typing import Literal

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from server.database.engine import make_engine
from server.process.schema import alembic_config

PEOPLE = """
insert into office (id, name, time_zone) values ('00000000-0000-7000-8000-000000000001', 'Shanghai', 'Asia/Shanghai');
insert into app_user (id, login, name, role, locale, office_id, password_hash, active, created_at)
values ('00000000-0000-7000-8000-000000000002', 'wei', 'Wei', 'technician', 'en',
        '00000000-0000-7000-8000-000000000001', 'x', true, now());
insert into device (id, user_id, label, platform, public_key, attestation, enrolled_at, last_seq)
values ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000002', 'phone', 'android', 'k',
        'none', now(), 0);
"""


async def migrate_to(url: str, revision: str, which: Literal["before", "after"]) -> None:
    """Bring a database to where a migration begins, or ends; what follows it is left out."""
    engine = make_engine(url, pool_size=1)

    def run(connection: Connection) -> None:
        config = alembic_config(connection)
        script = ScriptDirectory.from_config(config).get_revision(revision)
        command.upgrade(config, str(script.down_revision) if which == "before" else revision)

    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()
