"""Desks are told what changed in their lists: nothing is left out, whoever commits when, and whoever comes again when."""

import asyncio
import random
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from litestar import Litestar

from mobile_contract.phone import Phone
from server.database.readers import Readers
from server.desk_feed import stream as desk_stream
from server.desk_feed.looking import MOST, Change
from server.desk_feed.seen import seen_by
from server.desk_feed.upkeep import begin_anew, forget_changes
from tests.company import Company
from tests.desk_feed.conftest import listening

NOTE = "insert into desk_change (tx, kind, subject) values (pg_current_xact_id()::text::bigint, 'board', $1)"


async def test_each_list_has_its_hints(company: Company, app: Litestar, wei: Phone) -> None:
    async with listening(app) as desk:
        assert (await desk.next()).kind == "ready"
        ticket = await company.must("mei", "POST", "/v1/tickets", json=a_ticket(company))
        event = await desk.until("tickets", ticket["id"])
        assert event.offices == {company.ids["office"]}
        await company.must("mei", "POST", f"/v1/tickets/{ticket['id']}/respond")
        await desk.until("tickets", ticket["id"])
        visit_id = await company.visit("wei")
        assert (await desk.until("board", visit_id)).offices == {company.ids["office"]}
        await wei.sync()
        wei.tap("accept", visit_id)
        parked = wei.tap("a_kind_of_tomorrow", visit_id, {})
        await wei.sync()
        await desk.until("board", visit_id)
        async with listening(app, last="") as other:
            assert (await other.next()).kind == "ready"
            decision = {"resolution": "dismissed", "reason": "not of today"}
            await company.must("mei", "POST", f"/v1/parked/{parked}", json=decision)
            assert (await other.until("parked", parked)).offices == {company.ids["office"]}


async def test_parked_incidents_and_what_is_not_sealed_are_told(company: Company, app: Litestar, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    async with listening(app) as desk:
        await desk.next()
        parked = wei.tap("a_kind_of_tomorrow", visit_id, {})
        await wei.sync()
        await desk.until("parked", parked)
        await write(app, "update visit set state = 'completed', finished_at = now() where id = $1", UUID(visit_id))
        await desk.until("unsealed", visit_id)
        incident = uuid4()
        await write(
            app,
            """insert into incident (id, device_id, code, detail, evidence, fingerprint, times, created_at, last_at)
               select $1, id, 'chain_broken', '', '', 'f', 1, now(), now() from device limit 1""",
            incident,
        )
        assert (await desk.until("incidents", str(incident))).offices == {company.ids["office"]}
        await company.must("mei", "POST", f"/v1/incidents/{incident}/acknowledgements", json={"note": "seen"})
        await desk.until("incidents", str(incident))


async def test_what_is_rolled_back_is_not_told(company: Company, app: Litestar) -> None:
    visit_id = await company.visit("wei")
    async with listening(app) as desk:
        await desk.next()
        await write(app, NOTE, one := uuid4())
        await desk.until("board", str(one))
        connection = await asyncpg.connect(app.state.readers._url)
        change = connection.transaction()
        await change.start()
        await connection.execute("update visit set minutes = 61 where id = $1", UUID(visit_id))
        await change.rollback()
        await connection.close()
        assert await desk.silent()


async def test_what_commits_late_is_told_although_others_came_after_it(company: Company, app: Litestar) -> None:
    """A transaction has its number before it commits; a reader of numbers alone would skip it."""
    slow, quick = [await asyncpg.connect(app.state.readers._url) for _ in range(2)]
    async with listening(app) as desk:
        await desk.next()
        late, early = uuid4(), uuid4()
        held = slow.transaction()
        await held.start()
        await slow.execute(NOTE, late)
        await quick.execute(NOTE, early)
        first = await desk.until("board", str(early))
        assert ("board", str(late)) not in first.changes
        await held.commit()
        await desk.until("board", str(late))
        last = first.id
    async with listening(app, last) as desk:
        await desk.until("board", str(late))
    await slow.close()
    await quick.close()


async def test_one_that_comes_and_goes_is_told_of_everything(app: Litestar) -> None:
    """Writers commit in any order while a desk loses its connection again and again, at any event."""
    wanted, told, chance = set[str](), set[str](), random.Random(7)

    async def write_some(seed: int) -> None:
        own = random.Random(seed)
        connection = await asyncpg.connect(app.state.readers._url)
        for _ in range(40):
            async with connection.transaction():
                one = uuid4()
                await connection.execute(NOTE, one)
                await asyncio.sleep(own.random() * 0.06)
            wanted.add(str(one))
        await connection.close()

    async with listening(app) as desk:
        last = (await desk.next()).id
    writing = [asyncio.create_task(write_some(seed)) for seed in range(8)]
    while not all(one.done() for one in writing) or wanted - told:
        async with listening(app, last) as desk:
            for _ in range(chance.randint(1, 4)):
                try:
                    event = await desk.next(within=2)
                except TimeoutError:
                    break
                assert event.kind == "hint"
                last, told = event.id, told | {id for _, id in event.changes}
            else:
                continue
        if all(one.done() for one in writing):
            break
    await asyncio.gather(*writing)
    assert len(wanted) == 320
    assert not wanted - told


async def test_a_desk_that_was_away_goes_on_where_it_was(company: Company, app: Litestar) -> None:
    async with listening(app) as desk:
        last = (await desk.next()).id
    visit_id = await company.visit("wei")
    async with listening(app, last) as desk:
        event = await desk.until("board", visit_id)
    # Whose transaction ever runs in the cluster holds the position back: what was told may be told again, and nothing else.
    other = await company.visit("wei")
    async with listening(app, event.id) as desk:
        told = await desk.until("board", other)
    assert told.changes <= {("board", visit_id), ("board", other)}


@pytest.mark.parametrize("last", ["nonsense", "0" * 32 + ".1", "0" * 32 + ".", "٣" * 32 + ".5", "x" * 5000])
async def test_an_id_that_means_nothing_here_loads_anew(app: Litestar, last: str) -> None:
    async with listening(app, last) as desk:
        assert (await desk.next()).kind == "reload"


async def test_one_that_was_away_for_too_long_loads_anew(company: Company, app: Litestar) -> None:
    async with listening(app) as desk:
        last = (await desk.next()).id
    await company.visit("wei")
    assert await forget_changes(app.state.sessions, before=timedelta(0)) > 0
    async with listening(app, last) as desk:
        now = await desk.next()
    assert now.kind == "reload"
    visit_id = await company.visit("wei")
    async with listening(app, now.id) as desk:
        await desk.until("board", visit_id)


async def test_more_than_anybody_reads_is_one_event(app: Litestar) -> None:
    many = f"""insert into desk_change (tx, kind, subject)
               select pg_current_xact_id()::text::bigint, 'board', gen_random_uuid() from generate_series(1, {MOST + 1})"""
    async with listening(app) as desk:
        last = (await desk.next()).id
        await write(app, many)
        assert (await desk.next()).kind == "reload"
    async with listening(app, last) as desk:
        assert (await desk.next()).kind == "reload"


async def test_a_statement_over_thousands_of_rows_notes_no_more_than_are_told(company: Company, app: Litestar) -> None:
    await company.visit("wei")
    await write(app, """
        insert into ticket (id, customer_id, office_id, kind, channel, subject, description, state, received_at, created_by, created_at)
        select gen_random_uuid(), c.id, o.id, 'repair', 'phone', 's', '', 'open', now(), u.id, now()
        from generate_series(1, 3000), (select id from customer limit 1) c, (select id from office limit 1) o,
             (select id from app_user limit 1) u""")  # fmt: skip
    rows = await app.state.readers.fetch("select count(*) from desk_change where kind = 'tickets'")
    assert rows[0]["count"] == MOST + 1


async def test_a_reader_that_is_far_behind_loads_anew(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_stream, "TICK", 0.005)
    async with listening(app) as desk, listening(app) as other:
        await desk.next()
        await other.next()
        for _ in range(desk_stream.PAGES + 6):
            one = uuid4()
            await write(app, NOTE, one)
            await other.until("board", str(one))
        assert (await desk.next()).kind == "reload"
        await write(app, NOTE, one := uuid4())
        await desk.until("board", str(one))


async def test_after_a_restore_everybody_loads_anew(app: Litestar) -> None:
    async with listening(app) as desk:
        last = (await desk.next()).id
        async with app.state.sessions.begin() as session:
            await begin_anew(session)
        event = await desk.next()
        assert event.kind == "reload"
        await write(app, NOTE, one := uuid4())
        await desk.until("board", str(one))
    async with listening(app, last) as desk:
        assert (await desk.next()).kind == "reload"


async def test_who_sees_some_offices_is_told_of_those_only(company: Company, app: Litestar) -> None:
    office, other = UUID(company.ids["office"]), uuid4()
    async with (
        listening(app, offices=frozenset({office})) as mine,
        listening(app, offices=frozenset({other})) as theirs,
    ):
        await mine.next()
        last = (await theirs.next()).id
        visit_id = await company.visit("wei")
        await mine.until("board", visit_id)
        assert await theirs.silent()
    async with listening(app, last, offices=frozenset({other})) as theirs:
        assert await theirs.silent(), "nor when it comes again"
    lost = Change("board", uuid4(), None)
    assert list(seen_by(None, [lost])) == [lost]
    assert not list(seen_by(frozenset({office}), [lost]))


async def test_hints_go_on_whatever_befalls_a_look(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stumbling(Readers):
        befalls: Exception | None = None

        async def fetch(self, statement: str, *values: Any) -> Any:
            befallen, self.befalls = self.befalls, None
            if befallen is not None:
                raise befallen
            return await super().fetch(statement, *values)

    readers = app.state.desk_tailer._readers = Stumbling(app.state.readers._url)
    async with listening(app) as desk:
        await desk.next()
        for befalls in (asyncpg.InternalClientError("another operation is in progress"), RuntimeError("ours")):
            readers.befalls = befalls
            await write(app, NOTE, one := uuid4())
            await desk.until("board", str(one))
            assert readers.befalls is None
    await app.state.desk_tailer.close()
    await readers.close()


async def test_only_a_desk_listens(company: Company, wei: Phone) -> None:
    assert (await company.call("wei", "GET", "/v1/desk/stream")).status_code == 403
    assert (await company.http.get("/v1/desk/stream")).status_code == 401


def a_ticket(company: Company) -> dict[str, Any]:
    return {
        "customer_id": company.ids["customer"], "kind": "repair", "channel": "phone", "subject": "It drips",
    }  # fmt: skip


async def write(app: Litestar, statement: str, *values: Any) -> None:
    connection = await asyncpg.connect(app.state.readers._url)
    await connection.execute(statement, *values)
    await connection.close()
