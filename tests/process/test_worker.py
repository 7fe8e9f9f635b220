"""Background work outlives the database's absence."""

import asyncio
from uuid import UUID

import asyncpg
from litestar import Litestar

from server.database.events import CUSTODY_CHANGED, emit
from server.process.worker import POLL, working
from tests.company import Company


async def test_work_goes_on_after_the_database_was_away(
    company: Company, app: Litestar, cluster: str, database_url: str
) -> None:
    """Away for longer than the queue waits between two looks, so that it has seen it."""
    visit_id = UUID(await company.visit("wei"))
    name = database_url.rpartition("/")[2]
    admin = await asyncpg.connect(cluster)
    async with asyncio.timeout(60), working(database_url, app.state.sessions, app.state.storage, app.state.sealer):
        await worked(app, visit_id)
        await admin.execute(f"alter database {name} allow_connections false")
        await admin.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1", name)
        await asyncio.sleep(POLL.total_seconds() + 0.5)
        await admin.execute(f"alter database {name} allow_connections true")
        await worked(app, visit_id)
    await admin.close()


async def worked(app: Litestar, visit_id: UUID) -> None:
    """An event is emitted, and what follows from it is done."""
    async with app.state.sessions.begin() as session:
        await emit(session, (CUSTODY_CHANGED, visit_id))
    while (await app.state.readers.fetch("select count(*) from pgqueuer"))[0]["count"]:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
