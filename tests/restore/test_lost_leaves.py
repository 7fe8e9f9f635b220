"""Leaves that are nowhere to be had: another log begins and says so. What nobody here has written is never taken in."""

import hashlib
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from server.ground.problems import Unavailable
from server.records.checkpoint import Checkpoint, make_checkpoint
from server.records.keys import ServerKeys, public_keys
from server.records.log.log import ORIGIN
from server.records.models import SealedRecord
from server.records.seal.issue import pdf_key
from server.records.verify import all_hold, verify_pdf
from server.restore import copies
from server.restore.kept import kept_key, log_folder, seal, unseal
from server.restore.restored import in_words, newer_than_the_database
from server.restore.stored import keys_under
from tests.company import Company
from tests.phones import enrolled
from tests.records.sealing import record_and_pdf
from tests.records.verify.test_clock_steps import by_the_page
from tests.restore.conftest import World
from tests.restore.test_restored import checkpoint, in_the_field

Sealing = Callable[[str], Awaitable[None]]


async def objects(world: World, prefix: str) -> list[str]:
    return [one.key async for one in keys_under(world.storage, prefix)]


async def three_records(world: World, url: str, seal_with: Sealing) -> tuple[list[dict[str, object]], list[bytes]]:
    """A backup after the first of three records; the records and their PDFs."""
    records, pdfs = [], []
    async with world.serving(url) as company:
        wei = await enrolled(company, "wei")
        for number in range(3):
            visit_id = await in_the_field(company, wei, seal_with)
            record, pdf = await record_and_pdf(company, visit_id)
            records.append(record)
            pdfs.append(pdf)
            if number == 0:
                world.dump(url)
    return records, pdfs


async def leaf_object(world: World, index: int) -> str:
    [key] = [one for one in await objects(world, f"{log_folder(ORIGIN)}leaves/") if f"/{index:012d}-" in one]
    return key


async def keys_of(company: Company) -> str:
    return (await company.http.get("/v1/keys")).text


async def test_a_leaf_that_only_its_pdf_still_has_is_enough(
    world: World, database_url: str, seal_with: Sealing
) -> None:
    records, _ = await three_records(world, database_url, seal_with)
    await world.storage.delete(*await objects(world, "safe/log/"))
    async with world.serving(await world.restore()) as company:
        taken = await world.restored()
        [log] = taken.logs
        assert (log.whole, log.before, log.after, log.records, log.refused) == (True, 1, 3, 2, {})
        assert (await checkpoint(company))[0] == 3
        async with world.app.state.sessions() as session:
            row = await session.get_one(SealedRecord, records[2]["id"])
            assert (row.state, row.leaf_index) == ("issued", 2)
        assert await world.copies() >= 2
        assert len(await objects(world, f"{log_folder(ORIGIN)}leaves/")) == 2


async def test_where_a_leaf_is_gone_another_log_begins_and_verifiers_ask_for_the_new_key_file(
    world: World, database_url: str, seal_with: Sealing, tmp_path: Path
) -> None:
    records, pdfs = await three_records(world, database_url, seal_with)
    async with world.serving(database_url) as company:
        old_keys, (size, _) = await keys_of(company), await checkpoint(company)
    await world.storage.delete(await leaf_object(world, 1), pdf_key(records[1]["id"]))  # type: ignore[arg-type]
    async with world.serving(await world.restore()) as company:
        taken = await world.restored()
        old, new = taken.logs
        assert (old.whole, old.before, old.after, old.known, old.records) == (False, 1, 1, size, 1)
        assert new.follows == ORIGIN
        assert any("CANNOT GO ON" in line for line in in_words(taken))
        assert any("GIVE OUT THE NEW KEY FILE" in line for line in in_words(taken))
        note = (await company.http.get("/v1/log/checkpoint")).text
        assert note.startswith(f"{new.name}\n1\n")
        assert (await company.http.get(f"/v1/log/checkpoint?origin={ORIGIN}")).text.startswith(f"{ORIGIN}\n1\n")
        new_keys = await keys_of(company)
        assert (f"Log: {ORIGIN}+" in new_keys, f"Log: {new.name}+" in new_keys) == (True, True)

        wei = await enrolled(company, "wei")
        visit_id = await in_the_field(company, wei, seal_with)
        record, pdf = await record_and_pdf(company, visit_id)
        assert (record["origin"], record["leaf_index"]) == (new.name, 1)
        assert all_hold(verify_pdf(pdf, new_keys.encode()))
        claims = verify_pdf(pdf, old_keys.encode())
        assert [claim.id for claim in claims if claim.ok is False] == ["checkpoint"]
        [why] = [claim.detail for claim in claims if claim.id == "checkpoint"]
        assert why.startswith("get the new key file")
        assert "by the log's key" not in why
        if shutil.which("node"):
            assert by_the_page(pdf, old_keys, tmp_path) == [[claim.id, claim.ok, claim.detail] for claim in claims]
        for older in pdfs:
            assert all_hold(verify_pdf(older, new_keys.encode()))

    async with world.serving(await world.restore()) as company:
        assert await newer_than_the_database(world.app.state.sessions, world.storage, world.sealer)
        again = await world.restored()
        assert [(log.name, log.whole) for log in again.logs] == [(ORIGIN, False), (new.name, True)]
        assert (again.logs[1].after, again.logs[1].records) == (2, 1)
        assert (await company.http.get("/v1/log/checkpoint")).text.startswith(f"{new.name}\n2\n")
        assert await keys_of(company) == new_keys


async def test_the_statement_of_a_new_log_names_the_last_known_checkpoint(
    world: World, database_url: str, seal_with: Sealing
) -> None:
    await three_records(world, database_url, seal_with)
    newest = max(await objects(world, f"{log_folder(ORIGIN)}checkpoints/"))
    last = (await world.storage.read(newest, 2000) or b"").decode()
    for prefix in (f"{log_folder(ORIGIN)}leaves/", "records/"):
        await world.storage.delete(*await objects(world, prefix))
    async with world.serving(await world.restore()):
        new = (await world.restored()).logs[-1]
        [key] = await objects(world, f"{log_folder(new.name)}leaves/")
        said = unseal(world.sealer.keys, key, await world.storage.read(key, 100_000) or b"")
        assert last.split("\n")[1] == "3"
        assert last.replace("\n", "\\n") in said["text"]


async def test_what_was_forged_or_moved_is_refused_and_named(
    world: World, database_url: str, seal_with: Sealing
) -> None:
    async with world.serving(database_url) as company:
        wei, anna = await enrolled(company, "wei"), await enrolled(company, "anna")
        world.dump(database_url)
        await in_the_field(company, wei, seal_with)
        await company.must("root", "POST", f"/v1/devices/{wei.state['device_id']}/revoke")
        await world.copies()
    write = world.storage.write
    revoked = kept_key("device", wei.state["device_id"])
    moved = kept_key("device", anna.state["device_id"])
    stored = await world.storage.read(revoked, 100_000) or b""
    await write(moved, stored, "application/octet-stream")
    await write(revoked, stored[:-1] + bytes([stored[-1] ^ 1]), "application/octet-stream")
    other = Ed25519PrivateKey.generate()
    note = make_checkpoint(Checkpoint(ORIGIN, 7, hashlib.sha256(b"another history").digest()), other)
    await write(f"{log_folder(ORIGIN)}checkpoints/{7:012d}-ffff", note.encode(), "text/plain")
    leaf = await leaf_object(world, 0)
    await write(leaf.replace("/000000000000-", "/000000000004-"), await world.storage.read(leaf, 10**7) or b"", "x/y")
    await write("records/00000000-0000-7000-8000-000000000009.pdf.enc", b"%PDF-1.7 not ours", "application/pdf")
    thief = ServerKeys(ec.generate_private_key(ec.SECP256R1()), other, world.sealer.keys.vault)
    stolen = kept_key("user", company.ids["anna"])  # by whoever has the key of the vault, and not that of documents
    said = {"id": company.ids["anna"], "changed_at": 2**52, "active": False, "role": "technician"}
    await write(stolen, seal(thief, stolen, said), "application/octet-stream")
    clear = kept_key("user", company.ids["mei"])
    await write(clear, b'{"active":false}', "application/json")
    async with world.serving(await world.restore()) as company:
        taken = await world.restored()
        [log] = taken.logs
        assert (log.whole, log.after, log.records) == (True, 1, 1)
        assert set(taken.standing.refused) == {revoked, moved, clear, stolen}
        assert {name.rpartition("/")[2].partition("-")[0] for name in log.refused} == {"000000000007", "000000000004"}
        assert taken.standing.devices == taken.standing.users == 0
        devices = await company.must("root", "GET", "/v1/devices")
        assert all(one["revoked_at"] is None for one in devices)
        assert sum(line.startswith("REFUSED") for line in in_words(taken)) == 6


async def test_a_newer_state_in_the_backup_is_not_undone_by_an_older_copy(world: World, database_url: str) -> None:
    async with world.serving(database_url) as company:
        await company.must("root", "POST", f"/v1/users/{company.ids['anna']}/deactivate")
        await world.copies()
        async with world.app.state.sessions.begin() as session:
            await session.execute(text("update app_user set active = true where login = 'anna'"))
        world.dump(database_url)
    async with world.serving(await world.restore()) as company:
        assert (await world.restored()).standing.users == 0
        users = {one["login"]: one["active"] for one in await company.must("root", "GET", "/v1/users")}
        assert users["anna"] is True


async def test_what_has_not_arrived_is_told_and_written_when_the_storage_is_back(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.serving(database_url) as company:
        wei = await enrolled(company, "wei")
        await company.must("root", "POST", f"/v1/devices/{wei.state['device_id']}/revoke")

        async def away(*_: object) -> None:
            raise Unavailable("The storage does not answer.")

        with monkeypatch.context() as patched:
            patched.setattr(world.storage, "write", away)
            with pytest.raises(Unavailable):
                await world.copies()
        waiting = await company.must("mei", "GET", "/v1/copies")
        assert waiting["waiting"] == 1
        assert waiting["since"] is not None
        assert (await company.call("wei", "GET", "/v1/copies")).status_code == 403
        sessions = world.app.state.sessions
        assert await copies.copy_of(sessions, world.storage, world.sealer, wei.state["device_id"]) == 1
        assert await company.must("mei", "GET", "/v1/copies") == {"waiting": 0, "since": None}
        [key] = await objects(world, "safe/devices/")
        stored = await world.storage.read(key, 100_000) or b""
        assert wei.state["device_id"].encode() not in stored
        assert seal(world.sealer.keys, key, {}) != stored
        assert public_keys(world.sealer.keys, ORIGIN)
