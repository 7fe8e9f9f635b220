"""What happens at night and after a disaster, and what a phone does when its rows are not the server's."""

from datetime import timedelta

from litestar import Litestar
from sqlalchemy import text

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.database.engine import snapshot
from server.sync.down.upkeep import begin_epoch, collect_removals, differences
from tests.company import Company


async def test_a_removal_that_was_forgotten_makes_an_older_phone_resync_and_keeps_its_outbox(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await company.visit("wei")
    other = await company.visit("wei")
    await wei.sync()
    await company.assign(visit_id, "anna")
    async with app.state.sessions.begin() as session:
        assert await collect_removals(session, timedelta(days=1)) == 0, "it is kept while phones may still need it"
        assert await collect_removals(session, timedelta(0)) > 0
    tap = wei.tap("accept", other)
    await wei.sync()
    assert wei.is_intact()
    assert wei.row("visit", visit_id) == {}
    assert wei.state["outcomes"][tap]["outcome"] == "applied"


async def test_a_first_sync_in_pages_below_what_was_collected_comes_to_its_end(
    company: Company, wei: Phone, app: Litestar
) -> None:
    """Found by the simulation: a page that ended below the newest collected removal was taken for an old phone's."""
    for _ in range(4):
        await company.visit("wei")
    gone = await company.visit("wei")
    await company.assign(gone, "anna")
    async with app.state.sessions.begin() as session:
        assert await collect_removals(session, timedelta(0)) > 0
    wei.state |= {"cursor": None, "rows": {}, "scopes": {}}
    for _ in range(40):
        if not await wei.exchange(page_bytes=4096):
            break
    assert wei.is_intact()
    assert len(wei.rows("visit")) == 4


async def test_a_difference_between_membership_and_the_view_is_found_and_named(
    company: Company, wei: Phone, app: Litestar
) -> None:
    await company.visit("wei")
    async with snapshot(app.state.sessions) as session:
        assert await differences(session) == []
    async with app.state.sessions.begin() as session:
        await session.execute(text("alter table site disable trigger sync_touch_changed"))
        await session.execute(text("update site set name = 'nobody was told'"))
        await session.execute(text("alter table site enable trigger sync_touch_changed"))
        await session.execute(text("update sync_scope set count = count + 1 where key = 'catalogue'"))
    async with snapshot(app.state.sessions) as session:
        found = await differences(session)
    assert any("site" in line and "out of date" in line for line in found)
    assert any("count" in line for line in found)
    async with app.state.sessions.begin() as session:
        await session.execute(text("update site set name = 'told'"))
        await session.execute(text("update sync_scope set count = count - 1 where key = 'catalogue'"))


async def test_a_phone_whose_rows_differ_mends_itself_and_it_is_counted(
    company: Company, wei: Phone, app: Litestar
) -> None:
    await company.visit("wei")
    await wei.sync()
    true_rows = {key: dict(row) for key, row in wei.state["rows"].items()}
    key = next(key for key in wei.state["rows"] if key.startswith("site/"))
    wei.state["rows"][key]["hash"] = "0" * 16
    del wei.state["rows"][next(key for key in wei.state["rows"] if key.startswith("contact/"))]
    wei.state["rows"]["note/" + uuid7()] = {**true_rows[key], "rev": 1}
    await wei.sync()
    assert wei.state["rows"] == true_rows
    assert wei.is_intact()
    async with app.state.sessions() as session:
        codes = (await session.execute(text("select code from incident"))).scalars().all()
    assert codes == ["checksum_mismatch"]


async def test_reconcile_gives_nobody_elses_scope(company: Company, wei: Phone) -> None:
    head = {"authorization": f"Bearer {wei.access_token}"}
    body = {"scope": f"technician:{company.ids['anna']}", "buckets": {}}
    assert (await company.http.post("/v1/sync/reconcile", json=body, headers=head)).status_code == 404
    assert (await company.call("mei", "POST", "/v1/sync/reconcile", json=body)).status_code == 403


async def test_after_a_restore_that_lost_commits_the_phone_sends_them_again(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    kept = wei.tap("accept", visit_id)
    await wei.sync()
    lost = wei.tap("note", visit_id, {"note_id": uuid7(), "text": "after the backup"})
    await wei.sync()
    assert wei.state["outbox"] == []
    async with app.state.sessions.begin() as session:  # what a restore to the moment before the note leaves
        for statement in (
            "delete from visit_event where kind = 'note'",
            "delete from note",
            "delete from operation where seq = 2",
            "update device set last_seq = 1, last_hash = (select sha256 from operation where seq = 1)",
        ):
            await session.execute(text(statement))
        await begin_epoch(session)
    more = wei.tap("note", visit_id, {"note_id": uuid7(), "text": "after the restore"})
    await wei.sync()
    assert [note["text"] for note in wei.rows("note")] == ["after the backup", "after the restore"]
    assert [wei.state["outcomes"][one]["outcome"] for one in (kept, lost, more)] == ["applied"] * 3
    assert wei.is_intact()
