"""A backup is restored: nothing that was revoked, sealed, answered or verified since is undone, and the log goes on, proven."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy import text

from mobile_contract.phone import Phone
from server.records.keys import public_keys
from server.records.log.log import ORIGIN
from server.records.seal import seal as sealing
from server.records.seal.seal import look_at_visit
from server.records.verify import all_hold, verify_pdf
from server.records.verify.log import read_checkpoint
from server.restore.photos import verify_promised_again
from server.restore.restored import newer_than_the_database
from tests.company import Company
from tests.day import finished_visit
from tests.phones import enrolled
from tests.records.log.test_log import old_and_new_roots
from tests.restore.conftest import World

Sealing = Callable[[str], Awaitable[None]]


async def in_the_field(company: Company, phone: Phone, seal_with: Sealing) -> str:
    """A visit from dispatch to the seal."""
    visit_id = await finished_visit(company, phone)
    await phone.upload_photos()
    await seal_with(visit_id)
    return visit_id


def token_for(monkeypatch: pytest.MonkeyPatch, name: str) -> str:
    """The next customers' links have this token."""
    monkeypatch.setattr(sealing, "secrets", type("Chosen", (), {"token_urlsafe": staticmethod(lambda _: name)}))
    return name


async def checkpoint(company: Company) -> tuple[int, bytes]:
    head, _, _ = read_checkpoint((await company.http.get("/v1/log/checkpoint")).text)
    return head.size, head.root


async def must_follow(company: Company, old: tuple[int, bytes]) -> None:
    """The log that is served goes on from an older checkpoint."""
    new = await checkpoint(company)
    proof = (await company.http.get(f"/v1/log/consistency?old={old[0]}")).json()["consistency"]
    if old[0] == new[0]:
        assert old == new
    else:
        assert old_and_new_roots(old[0], new[0], [bytes.fromhex(one) for one in proof], old[1]) == (old[1], new[1])


async def test_what_happened_after_the_backup_is_there_again_and_the_log_goes_on(
    world: World, database_url: str, seal_with: Sealing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.serving(database_url) as company:
        wei, anna = await enrolled(company, "wei"), await enrolled(company, "anna")
        first_token = token_for(monkeypatch, "the-first-link")
        first = await in_the_field(company, wei, seal_with)
        early = await checkpoint(company)
        promised = await finished_visit(company, anna, who="anna")
        planned = await company.visit("wei")
        world.dump(database_url)

        await anna.upload_photos()
        second_token = token_for(monkeypatch, "the-second-link")
        await seal_with(promised)
        answer = await company.http.post(f"/r/{first_token}/dispute", data={"reason": "The fan still rattles"})
        assert answer.status_code == 303
        assert (await company.http.post(f"/r/{second_token}/confirm", data={"read": "yes"})).status_code == 303
        token_for(monkeypatch, "the-third-link")
        with monkeypatch.context() as patched:
            patched.setattr(company, "visit", lambda _: asyncio.sleep(0, planned))
            await in_the_field(company, wei, seal_with)
        await company.must("root", "POST", f"/v1/devices/{anna.state['device_id']}/revoke")
        await company.must("root", "POST", f"/v1/users/{company.ids['mei']}/deactivate")
        assert await world.copies() >= 2
        assert (await company.must("root", "GET", "/v1/copies"))["waiting"] == 0
        late = await checkpoint(company)
        assert late[0] == early[0] + 4

    async with world.serving(await world.restore()) as company:
        assert await checkpoint(company) == early
        assert await newer_than_the_database(world.app.state.sessions, world.storage, world.sealer)
        taken = await world.restored()
        assert not await newer_than_the_database(world.app.state.sessions, world.storage, world.sealer)
        [log] = taken.logs
        assert (log.whole, log.before, log.after, log.known) == (True, early[0], late[0], late[0])
        assert (log.records, log.answers, taken.photos) == (2, 2, 2)
        assert (taken.standing.devices, taken.standing.users, log.refused) == (1, 1, {})
        assert await checkpoint(company) == late
        await must_follow(company, early)

        devices = {one["id"]: one for one in await company.must("root", "GET", "/v1/devices")}
        assert devices[anna.state["device_id"]]["revoked_at"] is not None
        assert {one["login"]: one["active"] for one in await company.must("root", "GET", "/v1/users")}["mei"] is False
        [dispute] = await company.must("root", "GET", "/v1/disputes")
        assert dispute["reason"] == "The fan still rattles"
        history = await company.must("root", "GET", f"/v1/visits/{first}/history")
        assert "customer_disputed" in [line["kind"] for line in history]
        for token in (first_token, second_token):
            assert (await company.http.get(f"/r/{token}")).status_code == 200
            pdf = (await company.http.get(f"/r/{token}/report.pdf")).content
            assert all_hold(verify_pdf(pdf, public_keys(world.sealer.keys, ORIGIN).encode()))
        photos = await company.must("root", "GET", f"/v1/visits/{promised}/photos")
        assert {one["state"] for one in photos} == {"verified"}
        await closes_again(world, promised)

        again = await world.restored()
        assert (again.logs[0].records, again.logs[0].answers, again.logs[0].whole) == (0, 0, True)
        assert await checkpoint(company) == late

        # The phone sends again what the backup lacks: the visit that it did since is what it was, sealed once and closed.
        await wei.sync()
        assert wei.is_intact()
        assert {one["outcome"] for one in wei.state["outcomes"].values()} <= {"applied", "merged", "duplicate"}
        assert await verify_promised_again(world.app.state.sessions, world.storage) == 2
        await closes_again(world, planned)
        [record] = await company.must("root", "GET", f"/v1/visits/{planned}/records")
        assert (record["state"], record["origin"]) == ("issued", ORIGIN)


async def closes_again(world: World, visit_id: str) -> None:
    """A worker looks at the visit again: it is sealed already, and closes."""
    async with world.app.state.sessions.begin() as session:
        await look_at_visit(session, UUID(visit_id))
    async with world.app.state.sessions() as session:
        assert await session.scalar(text("select state from visit where id = :id"), {"id": UUID(visit_id)}) == "closed"
        count = text("select count(*) from sealed_record where visit_id = :id")
        assert await session.scalar(count, {"id": UUID(visit_id)}) == 1
