"""Background work that fails: an outage is waited for, a fault of ours is counted, shown and tried again, and nothing is lost."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from litestar import Litestar
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from server.faults import keep
from server.faults.keep import is_away, keep_fault, settle, try_held_again, waiting_time
from server.ground.problems import Busy, Invalid, Unavailable
from server.process.worker import accounted, working
from server.records.sealer import Sealer
from server.records.vault import Locked
from tests.company import Company
from tests.day import finished_visit
from tests.phones import enrolled

TASK, SUBJECT = "custody_changed", UUID(int=7)


class Attempted(msgspec.Struct):
    """As much of a job as an account of it needs."""

    payload: bytes
    attempts: int = 0
    entrypoint: str = TASK


async def fail(app: Litestar, error: Exception, attempts: int = 0) -> float | None:
    """Run a task that fails; seconds until it is tried again, None when it is held."""
    job: Job = Attempted(str(SUBJECT).encode(), attempts)  # type: ignore[assignment]
    try:
        async with accounted(app.state.sessions, job):
            raise error
    except RetryRequested as again:
        return again.delay.total_seconds()
    return None


async def faults(company: Company) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await company.must("mei", "GET", "/v1/faults")
    return found


def from_database(code: str) -> Exception:
    """What SQLAlchemy raises for an SQLSTATE."""
    cause = type("Cause", (Exception,), {"sqlstate": code})()
    orig = Exception("x")
    orig.__cause__ = cause
    kind = IntegrityError if code.startswith("23") else ProgrammingError
    return kind("insert", {}, orig)


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (Unavailable("the storage is away"), True), (Busy("later"), True), (OSError("no route"), True),
        (from_database("40P01"), True), (from_database("40001"), True),
        (Locked("the key is not here"), False), (from_database("23505"), False), (from_database("42P01"), False),
        (ValueError("x"), False), (KeyError("x"), False), (AssertionError(), False),
    ],
)  # fmt: skip
def test_only_what_does_not_answer_is_away(error: Exception, away: bool) -> None:
    assert is_away(error) is away


async def test_an_outage_of_a_week_loses_no_task_and_is_not_counted(company: Company, app: Litestar) -> None:
    waited = [await fail(app, Unavailable("The authority does not answer."), n) for n in (0, 1, 2, 8, 100, 2016)]
    assert waited == [5, 10, 20, 300, 300, 300]
    [fault] = await faults(company)
    assert (fault["tries"], fault["held"], fault["sentence"]) == (0, False, "The authority does not answer.")
    async with app.state.sessions.begin() as session:
        await settle(session, TASK, SUBJECT)
    assert await faults(company) == []


@pytest.mark.parametrize(
    "error", [from_database("23505"), from_database("42P01"), Locked("Put the key back."), ValueError("x")]
)
async def test_a_fault_of_ours_is_tried_three_times_and_then_held_and_shown(
    company: Company, app: Litestar, error: Exception
) -> None:
    assert [await fail(app, error) for _ in range(3)] == [10, 60, None]
    [fault] = await faults(company)
    assert (fault["tries"], fault["held"]) == (3, True)
    words = "Put the key back." if isinstance(error, Locked) else "The server failed over this."
    assert words in fault["sentence"]
    path = f"/v1/faults/{TASK}/{SUBJECT}/again"
    assert (await company.call("wei", "POST", path)).status_code == 403
    assert (await company.call("mei", "POST", path)).status_code == 202
    async with app.state.sessions() as session:
        assert await session.scalar(text("select count(*) from pgqueuer where entrypoint = 'custody_changed'")) == 1
    assert (await faults(company))[0]["held"] is False
    assert (await company.call("mei", "POST", f"/v1/faults/{TASK}/{uuid4()}/again")).status_code == 404


async def test_a_problem_of_the_data_itself_is_held_at_once(company: Company, app: Litestar) -> None:
    assert await fail(app, Invalid("The report says nothing.")) is None
    [fault] = await faults(company)
    assert (fault["code"], fault["sentence"], fault["held"]) == ("invalid", "The report says nothing.", True)


async def test_outages_between_faults_count_nothing(company: Company, app: Litestar) -> None:
    errors = [
        ValueError("x"),
        Unavailable("away"),
        OSError("away"),
        ValueError("x"),
        Unavailable("away"),
        ValueError("x"),
    ]
    assert [await fail(app, error) for error in errors] == [10, 5, 5, 60, 5, None]


async def test_what_was_done_after_all_begins_anew_when_it_fails_again(company: Company, app: Litestar) -> None:
    await fail(app, ValueError("x"))
    before = (await faults(company))[0]["since"]
    async with app.state.sessions.begin() as session:
        await settle(session, TASK, SUBJECT)
    await fail(app, ValueError("x"))
    [fault] = await faults(company)
    assert fault["tries"] == 1
    assert fault["since"] > before


async def test_the_start_of_a_worker_tries_once_more_what_is_held(company: Company, app: Litestar) -> None:
    for _ in range(3):
        await fail(app, ValueError("x"))
    async with app.state.sessions.begin() as session:
        assert await try_held_again(session) == 1
        assert await try_held_again(session) == 0
    assert await fail(app, ValueError("x")) is None, "one more try, not three"
    assert (await faults(company))[0]["held"] is True


def test_waiting_grows_to_five_minutes_and_no_further() -> None:
    assert waiting_time(0) == keep.AGAIN
    assert max(waiting_time(n) for n in range(5000)) == keep.MOST


async def test_the_worker_seals_the_next_report_while_one_is_held(
    company: Company, app: Litestar, sealer: Sealer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.records.seal import seal as sealing

    wei = await enrolled(company, "wei")
    bad, good = [await finished_visit(company, wei) for _ in range(2)]
    await wei.upload_photos()
    made = sealing.build_record

    def build(facts: dict[str, Any]) -> bytes:
        if facts["visit_id"] == bad:
            raise ZeroDivisionError
        return made(facts)

    monkeypatch.setattr(sealing, "build_record", build)
    monkeypatch.setattr(keep, "FAULT_DELAYS", ())
    async with asyncio.timeout(60), working(database_url, app.state.sessions, app.state.storage, sealer):
        await until(lambda: visit_is(company, good, "closed"))
        await until(lambda: held(company))
    assert (await company.must("mei", "GET", f"/v1/visits/{bad}"))["state"] == "completed"
    [waiting] = await company.must("mei", "GET", "/v1/unsealed")
    assert (waiting["visit_id"], waiting["why"], waiting["held"]) == (bad, "fault", True)
    monkeypatch.undo()
    async with asyncio.timeout(60), working(database_url, app.state.sessions, app.state.storage, sealer):
        await until(lambda: visit_is(company, bad, "closed"))
    assert await company.must("mei", "GET", "/v1/unsealed") == []
    assert await faults(company) == []


async def until(true: Callable[[], Any]) -> None:
    while not await true():  # noqa: ASYNC110
        await asyncio.sleep(0.1)


async def visit_is(company: Company, visit_id: str, state: str) -> bool:
    visit = await company.must("mei", "GET", f"/v1/visits/{visit_id}")
    return bool(visit["state"] == state)


async def held(company: Company) -> bool:
    return any(fault["held"] for fault in await faults(company))


async def test_a_fault_is_kept_in_words_that_a_text_column_can_hold(company: Company, app: Litestar) -> None:
    async with app.state.sessions.begin() as session:
        await keep_fault(session, TASK, SUBJECT, ValueError("a\0b" * 5000))
        await keep_fault(session, TASK, SUBJECT, Invalid("a\0b" * 5000))
    assert len(await faults(company)) == 1
