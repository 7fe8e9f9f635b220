"""`/metrics` says what happens, to who has its token and to nobody else."""

import asyncio
import re
from collections.abc import Iterator

import asyncpg
import httpx
import pytest
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.database.engine import make_engine
from server.database.measured import READS, WAITING, WRITES, measure_pools
from server.database.readers import Readers
from server.ground.outages import DATABASE, outages
from server.process import database_figures
from tests.company import Company
from tests.phones import enrolled

TOKEN = "a-token-for-the-tests-of-metrics"


@pytest.fixture
def opened(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    app.state.metrics_token = TOKEN
    monkeypatch.setattr(database_figures, "KEPT", 0.0)
    yield
    app.state.metrics_token = None


async def read(http: httpx.AsyncClient) -> str:
    answer = await http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.text
    return answer.text


def figure(text: str, name: str, **labels: str) -> float:
    """The number of one series; 0 when it is not there yet."""
    for line in text.splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if found and found[1] == name and dict(re.findall(r'(\w+)="([^"]*)"', found[2] or "")) == labels:
            return float(found[3])
    return 0.0


async def test_without_a_token_in_the_settings_there_is_no_such_page(http: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Bearer None"}, {"Authorization": "Bearer "}):
        assert (await http.get("/metrics", headers=headers)).status_code == 404


@pytest.mark.usefixtures("opened")
async def test_only_the_token_opens_it_and_no_session_does(http: httpx.AsyncClient, company: Company) -> None:
    assert (await http.get("/metrics")).status_code == 401
    assert (await http.get("/metrics", headers={"Authorization": "Bearer something else"})).status_code == 401
    assert (await http.get("/metrics", headers={"Authorization": "Bearer größer".encode()})).status_code == 401
    assert (await company.call("root", "GET", "/metrics")).status_code == 401
    assert "fieldproof_" in await read(http)


@pytest.mark.usefixtures("opened")
async def test_requests_are_counted_by_template_and_strangers_make_no_series(
    http: httpx.AsyncClient, company: Company
) -> None:
    visit_id = await company.visit("wei")
    before = await read(http)
    name = "fieldproof_request_seconds_count"
    route = {"route": "/v1/visits/{visit_id}/orders", "method": "GET"}
    await company.call("mei", "GET", f"/v1/visits/{visit_id}/orders")
    await http.get(f"/v1/visits/{visit_id}/orders")
    await http.get("/nowhere/at-all")
    await http.request("DELETE", "/health")
    after = await read(http)
    assert figure(after, name, **route, status="200") == figure(before, name, **route, status="200") + 1
    assert figure(after, name, **route, status="401") == figure(before, name, **route, status="401") + 1
    lost = {"route": "unmatched", "method": ""}
    assert figure(after, name, **lost, status="404") == figure(before, name, **lost, status="404") + 1
    assert figure(after, name, **lost, status="405") == figure(before, name, **lost, status="405") + 1
    assert visit_id not in after
    assert "nowhere" not in after


@pytest.mark.usefixtures("opened")
async def test_what_phones_do_is_counted(http: httpx.AsyncClient, company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    before = await read(http)
    other = await enrolled(company, "wei")
    held = len(other.state["rows"])
    first = await read(http)
    name = "fieldproof_rows_pulled_total"
    assert figure(first, name, feed="phones") - figure(before, name, feed="phones") == held > 0
    wei.tap("note", visit_id, {"note_id": uuid7(), "text": "one"})
    wei.tap("note", visit_id, {"note_id": uuid7(), "text": "two"})
    wei.tap("a_kind_of_tomorrow", visit_id, {})
    await wei.sync()
    after = await read(http)

    def more(name: str, **labels: str) -> float:
        return figure(after, name, **labels) - figure(before, name, **labels)

    assert more("fieldproof_operations_total", outcome="applied") == 2
    assert more("fieldproof_operations_total", outcome="parked") == 1
    assert more("fieldproof_push_seconds_count", refused="no") == 1
    assert more("fieldproof_exchange_seconds_count", carried="operations") == 1
    assert more("fieldproof_exchange_seconds_count", carried="rows") >= 1
    assert figure(after, "fieldproof_parked") == 1


@pytest.mark.usefixtures("opened")
async def test_what_waits_is_read_from_the_database(http: httpx.AsyncClient, company: Company, app: Litestar) -> None:
    connection = await asyncpg.connect(app.state.readers._url)
    await connection.execute("""
        insert into pgqueuer (priority, status, entrypoint, created, updated, execute_after, heartbeat)
        values (0, 'queued', 'report_ready', now() - interval '90 s', now(), now() - interval '90 s', now());
        insert into task_fault (task, subject, code, sentence, trace, tries, held, since, last_at)
        values ('report_ready', gen_random_uuid(), 'x', 'x', '', 3, true, now(), now())""")
    await connection.close()
    said = await read(http)
    assert figure(said, "fieldproof_database_up") == 1
    assert figure(said, "fieldproof_tasks", task="report_ready", status="queued") == 1
    assert 90 <= figure(said, "fieldproof_task_oldest_seconds", task="report_ready") < 600
    assert figure(said, "fieldproof_faults", task="report_ready", held="true") == 1
    for name in (
        "fieldproof_unsealed",
        "fieldproof_log_leaves",
        "fieldproof_records_logged",
        "fieldproof_copies_waiting",
    ):
        assert re.search(rf"^{name} \d", said, re.MULTILINE), name
    assert figure(said, "fieldproof_database_connections", pool="reads", state="most") == 10


@pytest.mark.usefixtures("opened")
async def test_when_the_database_is_away_no_old_figure_is_told(
    http: httpx.AsyncClient, app: Litestar, cluster: str, database_url: str
) -> None:
    await read(http)
    name = database_url.rpartition("/")[2]
    admin = await asyncpg.connect(cluster)
    await admin.execute(f"alter database {name} allow_connections false")
    await admin.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1", name)
    said = await read(http)
    await admin.execute(f"alter database {name} allow_connections true")
    await admin.close()
    assert "fieldproof_database_up 0.0" in said
    assert "fieldproof_unsealed" not in said
    assert "fieldproof_database_up 1.0" in await read(http)


@pytest.mark.usefixtures("opened")
async def test_outages_are_counted(http: httpx.AsyncClient, app: Litestar) -> None:
    before = figure(await read(http), "fieldproof_outage_met_total", part=DATABASE)
    outages.seen(DATABASE, "for a test")
    outages.seen(DATABASE, "for a test")
    assert figure(await read(http), "fieldproof_outage_met_total", part=DATABASE) == before + 2


async def test_who_waits_for_a_connection_is_seen(database_url: str) -> None:
    engine, readers = make_engine(database_url, pool_size=1), Readers(database_url, size=1)
    asked = [asyncio.create_task(readers.fetch("select pg_sleep(0.6)")) for _ in range(3)]
    held = [await engine.connect() for _ in range(2)]
    more = asyncio.create_task(_connected(engine))
    await asyncio.sleep(0.3)
    measure_pools(engine, readers)
    waiting = {pool: WAITING.labels(pool)._value.get() for pool in (READS, WRITES)}
    for one in held:
        await one.close()
    await (await more).close()
    await asyncio.gather(*asked)
    await readers.close()
    await engine.dispose()
    assert waiting == {READS: 2, WRITES: 1}


async def _connected(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect()


async def test_the_delay_of_hints_is_measured(
    http: httpx.AsyncClient, company: Company, app: Litestar, wei: Phone, opened: None
) -> None:
    from tests.sync.down.test_stream import listen, next_hint

    before = figure(await read(http), "fieldproof_hint_delay_seconds_count", feed="phones")
    async with listen(app, company, "wei") as stream:
        await next_hint(stream)
        await company.visit("wei")
        await next_hint(stream)
        said = await read(http)
    assert figure(said, "fieldproof_hint_delay_seconds_count", feed="phones") > before
    assert figure(said, "fieldproof_streams", feed="phones") == 1
    assert figure(said, "fieldproof_look_age_seconds", feed="phones") < 5
