"""The server's clock is set back: by little, and nothing it stamps runs backwards; by much, and it is named and follows the clock."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.ground import clock
from server.ground.clock import to_micros
from server.records.canonical import canonical
from server.records.customer.answering import answer_file
from server.records.customer.answers import answers_of, dispute, record_of_link
from server.records.keys import public_keys
from server.records.log.log import ORIGIN
from server.records.record import build_record
from server.records.rules import CameBy
from server.records.seal import seal as sealing
from server.records.sealer import Sealer
from server.records.verify import Claim, all_hold, verify_answer, verify_pdf, verify_record
from server.sync.up.clock_steps import note_of_record
from tests.company import Company
from tests.day import finished_visit
from tests.phones import enrolled
from tests.records.factory import ORIGIN as THEIRS
from tests.records.factory import make_facts, server_keys
from tests.records.factory import seal as sealed_in_log
from tests.records.sealing import record_and_pdf, seal

SECOND = 1_000_000
YEAR = 365 * 24 * 3600 * SECOND
PAGE = Path(__file__).parent.with_name("verify_pdf.mjs")


@contextmanager
def clock_off_by(micros: int) -> Iterator[None]:
    clock.hold(lambda: clock._system_micros() + micros)
    try:
        yield
    finally:
        clock.hold(None)


def by_the_page(pdf: bytes, keys: str, folder: Path) -> list[list[Any]]:
    """What the page's modules say of a PDF."""
    (folder / "report.pdf").write_bytes(pdf)
    (folder / "server.pub").write_text(keys)
    done = subprocess.run(
        ["node", "--no-warnings", str(PAGE), str(folder / "report.pdf"), str(folder / "server.pub")], capture_output=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    said: list[list[Any]] = json.loads(done.stdout)
    return said


async def both_verifiers(company: Company, visit_id: str, sealer: Sealer, folder: Path) -> dict[str, Claim]:
    """The claims of a visit's newest PDF, after both verifiers have said that they hold."""
    _, pdf = await record_and_pdf(company, visit_id)
    keys = public_keys(sealer.keys, ORIGIN)
    claims = verify_pdf(pdf, keys.encode())
    assert all_hold(claims), [claim for claim in claims if claim.ok is False]
    if shutil.which("node"):
        assert by_the_page(pdf, keys, folder) == [[claim.id, claim.ok, claim.detail] for claim in claims]
    return {claim.id: claim for claim in claims}


async def receipts(app: Litestar) -> list[int]:
    async with app.state.sessions() as session:
        return [
            to_micros(one)
            for one in await session.scalars(text("select received_at from operation order by device_id, seq"))
        ]


def note(phone: Phone, visit_id: str) -> None:
    phone.tap("note", visit_id, {"note_id": uuid7(), "text": "one more word"})


async def record_of(app: Litestar) -> dict[str, Any]:
    async with app.state.sessions() as session:
        return dict(
            msgspec.json.decode(
                await session.scalar(text("select record from sealed_record order by leaf_index desc limit 1"))
            )
        )


@pytest.mark.parametrize("back", [SECOND // 2, 2 * SECOND, 50 * SECOND])
@pytest.mark.parametrize("when", ["between pushes", "before the sealing"])
async def test_a_small_step_back_is_waited_for_and_nothing_is_said(
    company: Company, app: Litestar, sealer: Sealer, tmp_path: Path, back: int, when: str
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    if when == "between pushes":
        with clock_off_by(-back):
            note(wei, visit_id)
            await wei.sync()
        assert await seal(app, sealer, visit_id) == 1
    else:
        with clock_off_by(-back):
            assert await seal(app, sealer, visit_id) == 1
    assert (found := await receipts(app)) == sorted(found)
    record = await record_of(app)
    assert "clock_steps" not in record
    assert record["sealed_at"] >= max(found)
    claims = await both_verifiers(company, visit_id, sealer, tmp_path)
    assert claims["times"].ok is True
    assert await company.must("mei", "GET", "/v1/incidents") == []


async def test_a_year_forward_and_back_is_an_incident_and_in_the_record_and_later_stamps_follow_the_clock(
    company: Company, app: Litestar, sealer: Sealer, tmp_path: Path
) -> None:
    wei = await enrolled(company, "wei")
    with clock_off_by(YEAR):
        await company.log_in("mei")
        visit_id = await finished_visit(company, wei)
        await wei.upload_photos()
    await company.log_in("mei")
    note(wei, visit_id)
    before = clock.micros()
    await wei.sync()
    note(wei, visit_id)
    await wei.sync()
    assert await seal(app, sealer, visit_id) == 1
    *_, first, second = await receipts(app)
    assert before <= first <= second <= clock.micros()
    record = await record_of(app)
    assert before <= record["sealed_at"] <= clock.micros()
    [step] = record["clock_steps"]
    assert step["to"] == first
    assert step["from"] - step["to"] > YEAR - 60 * SECOND
    claims = await both_verifiers(company, visit_id, sealer, tmp_path)
    assert claims["times"].ok is None
    assert "the clock was set back from" in claims["times"].detail
    assert any("set back from" in claim["holds"] or "回拨" in claim["holds"] for claim in record["claims"])
    [incident] = await company.must("mei", "GET", "/v1/incidents")
    assert (incident["code"], incident["times"]) == ("clock_stepped_back", 1)


async def test_what_comes_after_a_step_is_dated_as_if_it_had_not_been(
    company: Company, app: Litestar, sealer: Sealer, tmp_path: Path
) -> None:
    """A phone that was enrolled, and tapped, under the wrong year has true intervals again with the first anchor of the right one."""
    with clock_off_by(YEAR):
        await company.log_in("mei")
        wei = await enrolled(company, "wei")
        await finished_visit(company, wei)
    await company.log_in("mei")
    await wei.sync()
    second = await finished_visit(company, wei)
    await wei.upload_photos()
    assert await seal(app, sealer, second) == 1
    record = await record_of(app)
    assert abs(record["arrival"]["latest"] - clock.micros()) < 60 * SECOND
    assert record["arrival"]["latest"] - record["arrival"]["earliest"] < 60 * SECOND
    async with app.state.sessions() as session:
        wrong = await session.scalar(text("select count(*) from operation where earliest > latest"))
        late = await session.scalar(
            text("select max(latest) from operation where visit_id = :id"), {"id": UUID(second)}
        )
    assert wrong == 0
    assert to_micros(late) <= clock.micros()
    await both_verifiers(company, second, sealer, tmp_path)


async def test_a_step_between_the_last_push_and_the_sealing_is_named_too(
    company: Company, app: Litestar, sealer: Sealer, tmp_path: Path
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    with clock_off_by(-3600 * SECOND):
        assert await seal(app, sealer, visit_id) == 1
    record = await record_of(app)
    assert record["clock_steps"] == [{"from": record["clock_steps"][0]["from"], "to": record["sealed_at"]}]
    await both_verifiers(company, visit_id, sealer, tmp_path)
    async with app.state.sessions.begin() as session:
        assert await session.scalar(text("select count(*) from pgqueuer where entrypoint = 'clock_stepped'")) == 1
        await note_of_record(session, UUID(record["record_id"]))
    [incident] = await company.must("mei", "GET", "/v1/incidents")
    assert (incident["code"], incident["visit_id"]) == ("clock_stepped_back", visit_id)


async def test_an_answer_after_the_clock_was_set_back_says_so_and_holds(
    company: Company, app: Litestar, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wei = await enrolled(company, "wei")
    with clock_off_by(YEAR):
        await company.log_in("mei")
        visit_id = await finished_visit(company, wei)
        await wei.upload_photos()
        monkeypatch.setattr(sealing.secrets, "token_urlsafe", lambda _: "the-token-of-the-step")
        assert await seal(app, sealer, visit_id) == 1
    async with app.state.sessions.begin() as session:
        row = await record_of_link(session, "the-token-of-the-step")
        await dispute(session, sealer.keys, row, "the fan still rattles", CameBy.PRINTED)
    async with app.state.sessions() as session:
        [given] = await answers_of(session, [row.id])
    assert abs(to_micros(given.answered_at) - clock.micros()) < 60 * SECOND
    claims = verify_answer(row.record, answer_file(given), public_keys(sealer.keys, ORIGIN).encode())
    assert all_hold(claims), claims
    statement = json.loads(given.statement)
    assert statement["clock_steps"][0]["to"] == statement["answered_at"]


CHANGES = {
    "nothing is named": (lambda facts: facts.pop("clock_steps"), "received before"),
    "another step": (lambda facts: facts.update(clock_steps=[{"from": 9, "to": 8}]), "received before"),
    "one that covers half": (
        lambda facts: facts["clock_steps"][0].update(to=facts["clock_steps"][0]["to"] + 1),
        "received before",
    ),
    "one too many": (lambda facts: facts["clock_steps"].append({"from": 9, "to": 8}), "that no times show"),
    "no list": (lambda facts: facts.update(clock_steps={}), "not of the known form"),
    "an empty list": (lambda facts: facts.update(clock_steps=[]), "not of the known form"),
    "a word": (lambda facts: facts["clock_steps"][0].update(why="somebody said so"), "not of the known form"),
    "forward": (lambda facts: facts.update(clock_steps=[{"from": 8, "to": 9}]), "not of the known form"),
    "a truth value": (lambda facts: facts.update(clock_steps=[{"from": 9, "to": False}]), "not of the known form"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_step_that_is_not_exactly_named_is_found(name: str) -> None:
    facts, strokes, _ = make_facts()
    last = facts["operations"][-1]
    step = {
        "from": facts["operations"][-2]["received_at"],
        "to": facts["operations"][-2]["received_at"] - 3600 * SECOND,
    }
    last["received_at"] = step["to"]
    facts["clock_steps"] = [step]
    keys = server_keys()
    key_file = public_keys(keys, THEIRS).encode()

    def times() -> Claim:
        record = build_record(facts)
        claims = verify_record(record, sealed_in_log(record, keys), strokes, key_file)
        return next(claim for claim in claims if claim.id == "times")

    assert times().ok is None
    change, why = CHANGES[name]
    change(facts)
    if name in ("another step", "one too many") or "form" not in why:
        assert times().ok is False
        assert why in times().detail
    else:
        facts["claims"] = []
        found = times_of_odd(facts, strokes, key_file)
        assert found.ok is False
        assert why in found.detail


def times_of_odd(facts: dict[str, Any], strokes: str | None, key_file: bytes) -> Claim:
    """The same of a record whose steps cannot be put into words."""
    keys = server_keys()
    record = canonical({"type": "fieldproof/record/v1", **facts})
    claims = verify_record(record, sealed_in_log(record, keys), strokes, key_file)
    return next(claim for claim in claims if claim.id == "times")
