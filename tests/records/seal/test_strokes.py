"""Signatures at rest: encrypted wherever they lie, erased when their time is over, and the evidence still holds."""

import asyncio
import os
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from litestar import Litestar
from sqlalchemy import select, text

import tests.day
from mobile_contract.report import make_report, sign_body
from server.embedded.storage import S3Address
from server.ground import clock
from server.process.worker import working
from server.records.models import SealedRecord
from server.records.seal.erase import Tidied, erase_strokes, lock_clear_pdfs, tidy_strokes
from server.records.seal.issue import store_pdf
from server.records.sealer import Sealer
from server.records.vault import BadVaultKey, Locked, Vault, is_sealed, read_vault
from server.records.verify import all_hold
from tests import commands
from tests.company import Company
from tests.phones import enrolled
from tests.records.sealing import record_and_pdf, sealed_visit, verified

OWNER, OTHER = UUID(int=1), UUID(int=2)


def ink() -> str:
    """Strokes that nothing else has, so that their bytes can be looked for everywhere."""
    numbers = [int.from_bytes(os.urandom(4)) for _ in range(6)]
    points = ",".join(f"[{n % 400},{n % 97},{n},500]" for n in numbers)
    return f'{{"height":100,"strokes":[[{points}]],"width":400}}'


def files_with(folder: Path, needle: str) -> list[str]:
    """The files under a folder that hold these bytes."""
    inside = needle.encode()
    return [str(file) for file in folder.rglob("*") if file.is_file() and inside in file.read_bytes()]


def test_what_is_encrypted_opens_only_for_what_it_belongs_to() -> None:
    vault = Vault([os.urandom(32)])
    stored = vault.seal("strokes", OWNER, b"ink")
    assert vault.open("strokes", OWNER, stored) == b"ink"
    assert stored != vault.seal("strokes", OWNER, b"ink")
    changed = stored[:-1] + bytes([stored[-1] ^ 1])
    for use, owner, data in (("strokes", OTHER, stored), ("pdf", OWNER, stored), ("strokes", OWNER, changed)):
        with pytest.raises(Locked, match="changed, or belong"):
            vault.open(use, owner, data)
    for data in (b"", b"ink", stored[:9]):
        with pytest.raises(Locked):
            vault.open("strokes", OWNER, data)


def test_a_new_key_is_put_before_the_old_one_and_both_open() -> None:
    old, new = (b64encode(os.urandom(32)).decode() for _ in range(2))
    before, after = read_vault(old), read_vault(f"{new}, {old}")
    assert after.open("strokes", OWNER, before.seal("strokes", OWNER, b"ink")) == b"ink"
    with pytest.raises(Locked, match="Put it back"):
        before.open("strokes", OWNER, after.seal("strokes", OWNER, b"ink"))
    for text_ in ("", "short", b64encode(bytes(16)).decode()):
        with pytest.raises(BadVaultKey):
            read_vault(text_)


async def test_a_signature_lies_nowhere_in_clear(
    company: Company, app: Litestar, sealer: Sealer, data_dir: Path, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    strokes = ink()
    monkeypatch.setattr(tests.day, "STROKES", strokes)
    wei = await enrolled(company, "wei")
    visit_id = await sealed_visit(company, app, sealer, wei)
    technician = {"id": company.ids["wei"], "name": "李伟"}
    unsent = make_report(wei, visit_id, technician=technician, work="x", fault=None, locale="en")
    parked = sign_body(unsent, "signed", strokes=strokes, signer=tests.day.SIGNER)
    wei.tap("sign", visit_id, parked, attachment=strokes)
    await wei.sync()
    connection = await asyncpg.connect(cluster)
    await connection.execute("checkpoint")
    await connection.close()
    points = strokes.partition("[[[")[2].partition("]]]")[0]
    assert files_with(data_dir, points) == []
    async with app.state.sessions() as session:
        stored = list(await session.scalars(text("select attachment from operation where attachment is not null")))
    assert len(stored) == 2
    assert all(is_sealed(bytes(one)) for one in stored)
    _, pdf = await record_and_pdf(company, visit_id)
    claims = await verified(pdf, sealer)
    assert claims["strokes"].ok is True
    assert all_hold(list(claims.values()))


async def test_a_parked_signature_is_opened_again_when_it_is_applied(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit("wei")
    await wei.sync()
    strokes = ink()
    technician = {"id": company.ids["wei"], "name": "李伟"}
    report = make_report(wei, visit_id, technician=technician, work="x", fault=None, locale="en")
    signing = wei.tap(
        "sign", visit_id, sign_body(report, "signed", strokes=strokes, signer=tests.day.SIGNER), attachment=strokes
    )
    wei.tap("report", visit_id, report)
    await wei.sync()
    assert wei.state["outcomes"][signing]["outcome"] == "parked"
    body = {"resolution": "applied", "reason": "the report came after it"}
    await company.must("mei", "POST", f"/v1/parked/{signing}", json=body)
    async with app.state.sessions() as session:
        assert await session.scalar(text("select count(*) from signature where outcome = 'signed'")) == 1


async def test_erased_strokes_leave_chain_record_and_log_as_they_were(
    company: Company, app: Litestar, sealer: Sealer, data_dir: Path
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await sealed_visit(company, app, sealer, wei)
    before, with_strokes = await record_and_pdf(company, visit_id)
    early = clock.now() - timedelta(days=1)
    assert await erase_strokes(app.state.sessions, app.state.storage, sealer, before=early) == (0, 0)
    at_once = Sealer(sealer.keys, sealer.certificate, sealer.company, sealer.public_url, strokes_days=0)
    assert await tidy_strokes(app.state.sessions, app.state.storage, at_once) == Tidied(0, 1, 0)
    assert await tidy_strokes(app.state.sessions, app.state.storage, at_once) == Tidied(0, 0, 0)
    after, without = await record_and_pdf(company, visit_id)
    assert before | {"pdf_sha256": after["pdf_sha256"]} == after
    claims = await verified(without, sealer)
    assert claims["strokes"].ok is None
    assert all_hold(list(claims.values()))
    assert all_hold(list((await verified(with_strokes, sealer)).values())), "what a customer kept still holds"
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    line = history[-1]
    assert line["kind"] == "strokes_erased"
    assert line["facts"]["pdf_sha256_before"] == before["pdf_sha256"]
    answer = (await company.http.post("/v1/verify", content=without)).json()
    assert answer["ok"] is True


async def test_a_pdf_that_an_older_version_left_in_clear_is_encrypted(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await sealed_visit(company, app, sealer, wei)
    _, pdf = await record_and_pdf(company, visit_id)
    storage = app.state.storage
    async with app.state.sessions.begin() as session:
        row = (await session.scalars(select(SealedRecord))).one()
        old = f"records/{row.id}.pdf"
        await storage.delete(row.pdf_key)
        await storage.write(old, pdf, "application/pdf")
        row.pdf_key = old
    assert (await record_and_pdf(company, visit_id))[1] == pdf
    assert await lock_clear_pdfs(app.state.sessions, storage, sealer) == 1
    assert await lock_clear_pdfs(app.state.sessions, storage, sealer) == 0
    assert await storage.read(old, 10**7) is None
    assert is_sealed(await storage.read(f"{old}.enc", 10**7))
    assert (await record_and_pdf(company, visit_id))[1] == pdf


async def test_without_its_key_a_pdf_is_unavailable_and_says_what_to_put_back(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await sealed_visit(company, app, sealer, wei)
    record, pdf = await record_and_pdf(company, visit_id)
    await store_pdf(app.state.storage, Vault([os.urandom(32)]), UUID(str(record["id"])), pdf)
    answer = await company.call("mei", "GET", f"/v1/records/{record['id']}/pdf")
    assert (answer.status_code, answer.json()["code"]) == (503, "locked")
    assert "FIELDPROOF_STROKES_KEY" in answer.json()["detail"]


async def test_the_worker_erases_by_itself_when_its_hour_has_come(
    company: Company, app: Litestar, sealer: Sealer, database_url: str
) -> None:
    wei = await enrolled(company, "wei")
    await sealed_visit(company, app, sealer, wei)
    await age(app, sealer.strokes_days + 1)
    connection = await asyncpg.connect(database_url)

    async def work_until(query: str, wanted: int) -> None:
        async with asyncio.timeout(60), working(database_url, app.state.sessions, app.state.storage, sealer):
            while await connection.fetchval(query) != wanted:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    try:
        await work_until("select count(*) from pgqueuer_schedules where entrypoint = 'tidy_strokes'", 1)
        assert await connection.fetchval("select count(attachment) from operation") == 1
        await connection.execute("update pgqueuer_schedules set next_run = now()")  # it was down at its hour
        await work_until("select count(attachment) from operation", 0)
    finally:
        await connection.close()


async def test_the_command_erases_what_is_past_its_term_and_nothing_else(
    company: Company, app: Litestar, sealer: Sealer, database_url: str, s3_address: S3Address, data_dir: Path
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await sealed_visit(company, app, sealer, wei)
    environment = {
        **os.environ, "DATABASE_URL": database_url, "FIELDPROOF_DATA": str(data_dir),
        "S3_ENDPOINT_URL": s3_address.endpoint_url, "AWS_ACCESS_KEY_ID": s3_address.access_key_id,
        "AWS_SECRET_ACCESS_KEY": s3_address.secret_access_key,
    }  # fmt: skip
    for days, said in ((1094, "0 drawings erased"), (1096, "1 drawings erased")):
        await age(app, days)
        done = await asyncio.to_thread(commands.run, "erase-strokes", environment=environment)
        assert (done.returncode, said in done.stderr) == (0, True), done.stderr
    _, pdf = await record_and_pdf(company, visit_id)
    assert (await verified(pdf, sealer))["strokes"].ok is None


async def age(app: Litestar, days: int) -> None:
    """Let everything that came in have come in so many days ago."""
    async with app.state.sessions.begin() as session:
        await session.execute(text(f"update operation set received_at = now() - interval '{days} days'"))
