"""The drill (`make drill`): a real server is backed up by pg_dump, works on, loses its database, and gets the backup back.

Everything that a restore could undo is looked at afterwards, through the API and the command line, as an administrator would.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import httpx

from mobile_contract.phone import Phone
from server.database.engine import make_engine, make_sessions
from server.embedded import postgres, storage
from server.records.verify import all_hold, verify_pdf
from server.records.verify.log import read_checkpoint
from server.restore.stored import printed_token
from tests.commands import run
from tests.company import Company, found_company
from tests.day import finished_visit
from tests.phones import enrolled
from tests.process.test_kill import Server
from tests.records.log.test_log import old_and_new_roots
from tests.restore.dumps import dump, restore

Say = Callable[[str], None]
DATABASE = "fieldproof"


async def drill(folder: Path, say: Say, *, visits: int) -> None:
    """The whole drill in a folder of its own. Raises `AssertionError` where something was undone."""
    server = Server(folder)
    server.start()
    try:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
            await _in(server, http, say, visits)
    finally:
        if server.process is not None:
            server.process.kill()
            server.process.wait()
        postgres.kill(folder)
        storage.kill(folder)


async def _in(server: Server, http: httpx.AsyncClient, say: Say, visits: int) -> None:
    url = postgres.start(server.data)
    engine = make_engine(url)
    company = await found_company(make_sessions(engine), http)
    await engine.dispose()
    wei, anna = await enrolled(company, "wei"), await enrolled(company, "anna")
    first = [await _sealed(company, wei) for _ in range(visits)]
    promised = await finished_visit(company, anna, who="anna")
    early = await _checkpoint(http)
    dump(url, server.data / "fieldproof.dump")
    say(f"dumped: {early[0]} leaves; a visit has promised 2 photos; no phone is revoked")

    await anna.upload_photos()
    later = [await _closed(company, promised), *[await _sealed(company, wei) for _ in range(visits)]]
    links = [await _link(company, visit_id) for visit_id in [*first, *later]]
    assert (await http.post(f"/r/{links[0]}/dispute", data={"reason": "It rattles"})).status_code == 303
    assert (await http.post(f"/r/{links[-1]}/confirm", data={"read": "yes"})).status_code == 303
    await company.must("root", "POST", f"/v1/devices/{anna.state['device_id']}/revoke")
    await _until(lambda: _arrived(company))
    late = await _checkpoint(http)
    say(
        f"worked on: {late[0]} leaves; one dispute, one confirmation, photos verified, a phone revoked; all copies arrived"
    )

    _stop(server)
    await _lose_and_restore(server, say)
    refused = _fieldproof(server, "serve")
    assert refused.returncode == 1, refused.stderr
    assert "run fieldproof restored first" in refused.stderr
    say(f"serve: {refused.stderr.strip().splitlines()[-2 if 'Stopping' in refused.stderr.splitlines()[-1] else -1]}")
    done = _fieldproof(server, "restored")
    assert done.returncode == 0, done.stderr
    for line in done.stderr.splitlines():
        if line.partition(":")[0] in ("A new epoch began", "Revocations", "Log", "Photos") or line.startswith(
            "REFUSED"
        ):
            say(f"restored: {line}")
    server.start()
    await _look(server, http, company, (wei, anna), (first, later), (early, late), links, say)


async def _look(
    server: Server,
    http: httpx.AsyncClient,
    company: Company,
    phones: tuple[Phone, Phone],
    done: tuple[list[str], list[str]],
    checkpoints: tuple[tuple[int, bytes], tuple[int, bytes]],
    links: list[str],
    say: Say,
) -> None:
    for login in ("root", "mei"):
        await company.log_in(login)
    early, late = checkpoints
    now = await _checkpoint(http)
    assert now[0] >= late[0]
    for old in checkpoints:
        proof = (await http.get("/v1/log/consistency", params={"old": old[0]})).json()["consistency"]
        if old[0] < now[0]:
            assert old_and_new_roots(old[0], now[0], [bytes.fromhex(each) for each in proof], old[1]) == (
                old[1],
                now[1],
            )
        else:
            assert old == now
    say(f"log: goes on with {now[0]} leaves; the checkpoints of {early[0]} and of {late[0]} leaves are its beginnings")
    for number, link in enumerate(links):
        assert (await http.get(f"/r/{link}")).status_code == 200, number
    say(f"links: all {len(links)} open their report")
    disputes = await company.must("mei", "GET", "/v1/disputes")
    assert [one["reason"] for one in disputes] == ["It rattles"]
    say(f"answers: the dispute is there: {disputes[0]['reason']}")
    wei, anna = phones
    devices = {one["id"]: one["revoked_at"] for one in await company.must("root", "GET", "/v1/devices")}
    assert devices[anna.state["device_id"]] is not None
    assert devices[wei.state["device_id"]] is None
    say("revocation: the phone is revoked, the other is not")
    photos = await company.must("mei", "GET", f"/v1/visits/{done[1][0]}/photos")
    assert {one["state"] for one in photos} == {"verified"}
    say("photos: what the backup only knew as promised is verified")
    await wei.sync()
    assert wei.is_intact()
    say("phones: one that did visits since has synced anew, and is intact")
    keys = (await http.get("/v1/keys")).content
    for number, link in enumerate(links):
        pdf = (await http.get(f"/r/{link}/report.pdf")).content
        assert all_hold(await asyncio.to_thread(verify_pdf, pdf, keys)), number
    say(f"verify: all {len(links)} reports hold")
    next_one = await _sealed(company, wei)
    [record] = await company.must("mei", "GET", f"/v1/visits/{next_one}/records")
    assert record["leaf_index"] == now[0]
    say(f"next: the next record is leaf {record['leaf_index']}")


async def _sealed(company: Company, phone: Phone) -> str:
    visit_id = await finished_visit(company, phone)
    await phone.upload_photos()
    return await _closed(company, visit_id)


async def _closed(company: Company, visit_id: str) -> str:
    async def closed() -> bool:
        return bool((await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"] == "closed")

    await _until(closed)
    return visit_id


async def _until(holds: Callable[[], Any]) -> None:
    """Nobody tells from outside when the worker has done it."""
    async with asyncio.timeout(120):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.3)


async def _arrived(company: Company) -> bool:
    return bool((await company.must("mei", "GET", "/v1/copies"))["waiting"] == 0)


async def _link(company: Company, visit_id: str) -> str:
    record = (await company.must("mei", "GET", f"/v1/visits/{visit_id}/records"))[-1]
    token = printed_token((await company.call("mei", "GET", f"/v1/records/{record['id']}/pdf")).content)
    assert token is not None
    return token


async def _checkpoint(http: httpx.AsyncClient) -> tuple[int, bytes]:
    head, _, _ = read_checkpoint((await http.get("/v1/log/checkpoint")).text)
    return head.size, head.root


def _stop(server: Server) -> None:
    assert server.process is not None
    server.process.send_signal(signal.SIGINT)
    server.process.wait(60)


async def _lose_and_restore(server: Server, say: Say) -> None:
    url = postgres.start(server.data)
    admin = f"{postgres.superuser_url(server.data).rpartition('/')[0]}/postgres"
    connection = await asyncpg.connect(admin)
    await connection.execute(f"drop database {DATABASE} with (force)")
    await connection.close()
    assert url.endswith(f"/{DATABASE}")
    await restore(server.data / "fieldproof.dump", admin, DATABASE)
    say("lost: the database was dropped, and made again of the dump")


def _fieldproof(server: Server, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "FIELDPROOF_DATA": str(server.data), "FIELDPROOF_PORT": str(server.port)}
    return run(*arguments, environment=environment, seconds=180)


def main() -> None:
    """Run the drill and say what came of it."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--visits", type=int, default=3, help="visits before the dump, and after it")
    visits = given.parse_args().visits

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    with TemporaryDirectory(prefix="fieldproof-drill-") as folder:
        asyncio.run(drill(Path(folder), say, visits=visits))
    say("drill: nothing was undone")


if __name__ == "__main__":
    main()
