"""Sealing in stages: whatever ends it in between, one leaf and one verified PDF come of it, and nobody waits for it meanwhile."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.chain import uuid7
from server.ground import clock
from server.records.seal import erase, issue
from server.records.seal import seal as sealing
from server.records.seal.issue import issue_record
from server.records.seal.seal import seal_report, waiting_reports
from server.records.seal.trial import NotVerified
from server.records.sealer import Sealer
from server.records.verify import all_hold
from tests.company import Company
from tests.day import finished_visit
from tests.phones import enrolled
from tests.records.seal.test_amendments import amend
from tests.records.sealing import logged, record_and_pdf, seal, sealed_visit, verified

POINTS = [
    (sealing, "pictures_of"), (sealing, "try_seal"), (sealing, "append_leaf"), (sealing, "emit"), (issue, "strokes_of_report"),
    (issue, "pictures_of"), (issue, "render_pdf"), (issue, "sign_pdf"), (issue, "must_verify"), (issue, "store_pdf"),
    (issue, "fetch_pdf"), (issue, "advance"),
]  # fmt: skip


class Killed(BaseException):
    """The process ended here."""


async def leaves(company: Company) -> int:
    return int((await company.http.get("/v1/log/checkpoint")).text.split("\n")[1])


@pytest.mark.parametrize(
    ("module", "step"), POINTS, ids=lambda value: getattr(value, "__name__", value).rpartition(".")[2]
)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_at_any_point_it_goes_on_to_one_leaf_and_one_pdf(
    company: Company, app: Litestar, sealer: Sealer, monkeypatch: pytest.MonkeyPatch, module: Any, step: str, when: str
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    with monkeypatch.context() as patched:
        patched.setattr(module, step, _killing(getattr(module, step), when))
        with pytest.raises(Killed):
            await seal(app, sealer, visit_id)
    async with app.state.sessions() as session:
        in_log = (await session.scalars(text("select id from sealed_record where state = 'logged'"))).all()
    for record_id in in_log:
        await issue_record(app.state.sessions, app.state.storage, sealer, record_id)
    await seal(app, sealer, visit_id)
    assert await leaves(company) == 1
    [record] = await company.must("mei", "GET", f"/v1/visits/{visit_id}/records")
    _, pdf = await record_and_pdf(company, visit_id)
    assert all_hold(list((await verified(pdf, sealer)).values()))
    assert record["state"] == "issued"
    assert (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"] == "closed"


def _killing(step: Callable[..., Any], when: str) -> Callable[..., Any]:
    if asyncio.iscoroutinefunction(step):

        async def slow(*args: Any, **kwargs: Any) -> None:
            if when == "after":
                await step(*args, **kwargs)
            raise Killed

        return slow

    def quick(*args: Any, **kwargs: Any) -> None:
        if when == "after":
            step(*args, **kwargs)
        raise Killed

    return quick


async def test_a_customers_answer_does_not_wait_for_a_seal_that_hangs(
    company: Company, app: Litestar, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing.secrets, "token_urlsafe", lambda _: "the-first-token")
    wei = await enrolled(company, "wei")
    await sealed_visit(company, app, sealer, wei)
    monkeypatch.undo()
    other = await finished_visit(company, wei)
    await wei.upload_photos()
    began, go_on = threading.Event(), threading.Event()
    stored = issue.store_pdf

    async def hanging(*args: Any) -> str:
        began.set()
        await asyncio.to_thread(go_on.wait, 30)
        return await stored(*args)

    monkeypatch.setattr(issue, "store_pdf", hanging)
    sealed = asyncio.create_task(seal(app, sealer, other))
    await asyncio.to_thread(began.wait, 30)
    async with asyncio.timeout(5):
        answer = await company.http.post("/r/the-first-token/confirm", data={"read": "yes"})
    assert answer.status_code == 303
    assert not sealed.done()
    go_on.set()
    assert await sealed == 1
    assert await leaves(company) == 3


async def test_what_would_not_verify_never_becomes_a_leaf(
    company: Company, app: Litestar, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    made = sealing.facts_of

    async def wrong(*args: Any) -> dict[str, Any]:
        facts = await made(*args)
        return facts | {"signature": facts["signature"] | {"reason": "nobody signed this"}}

    with monkeypatch.context() as patched:
        patched.setattr(sealing, "facts_of", wrong)
        with pytest.raises(NotVerified, match="the reason differs from the signed operation"):
            await seal(app, sealer, visit_id)
    assert await leaves(company) == 0
    assert await company.must("mei", "GET", f"/v1/visits/{visit_id}/records") == []
    assert await seal(app, sealer, visit_id) == 1


async def test_what_comes_in_while_a_record_is_tried_out_is_in_the_record(
    company: Company, app: Litestar, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    tried: list[bytes] = []
    honest, loop = sealing.try_seal, asyncio.get_running_loop()

    def slow(sealer: Sealer, record: bytes, *rest: Any) -> None:
        if not tried:
            wei.tap("note", visit_id, {"note_id": uuid7(), "text": "the customer called back"})
            asyncio.run_coroutine_threadsafe(wei.sync(), loop).result(30)
        tried.append(record)
        honest(sealer, record, *rest)

    monkeypatch.setattr(sealing, "try_seal", slow)
    assert await seal(app, sealer, visit_id) == 1
    assert len(tried) == 2
    assert b"the customer called back" in tried[1]
    _, pdf = await record_and_pdf(company, visit_id)
    assert all_hold(list((await verified(pdf, sealer)).values()))


async def test_a_clock_that_was_set_back_seals_at_the_newest_time_that_the_server_gave(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    back = clock.micros() - 3_600_000_000
    clock.hold(lambda: back)
    try:
        assert await seal(app, sealer, visit_id) == 1
    finally:
        clock.hold(None)
    _, pdf = await record_and_pdf(company, visit_id)
    assert all_hold(list((await verified(pdf, sealer)).values()))


async def test_an_amendment_waits_for_the_report_that_it_amends(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    async with app.state.sessions() as session:
        [first] = await waiting_reports(session, UUID(visit_id))
    await amend(company, wei, visit_id, str(first), "更换风机，并校准压力开关")
    async with app.state.sessions() as session:
        [_, second] = await waiting_reports(session, UUID(visit_id))
    with pytest.raises(sealing.Busy, match="sealed first"):
        await seal_report(app.state.sessions, app.state.storage, sealer, second)
    assert await seal(app, sealer, visit_id) == 2
    records = await company.must("wei", "GET", f"/v1/visits/{visit_id}/records")
    assert [one["amends_id"] for one in records] == [None, str(first)]


@pytest.mark.parametrize("tap", ["cannot_complete", "cancel"])
async def test_what_was_signed_on_a_visit_that_ended_otherwise_is_sealed(
    company: Company, app: Litestar, sealer: Sealer, tap: str
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    state = {"cannot_complete": "cannot_complete", "cancel": "cancelled"}[tap]
    async with app.state.sessions.begin() as session:
        await session.execute(
            text("update visit set state = :state where id = :id"), {"state": state, "id": UUID(visit_id)}
        )
    assert await seal(app, sealer, visit_id) == 1
    assert (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"] == state
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    assert history[-1]["kind"] == "sealed"


async def test_one_drawing_that_cannot_be_erased_stops_none_of_the_others(
    company: Company, app: Litestar, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wei = await enrolled(company, "wei")
    visits = [await sealed_visit(company, app, sealer, wei) for _ in range(3)]
    bad, _ = await record_and_pdf(company, visits[0])
    drawn = erase.draw_pdf

    async def draw(storage: Any, sealer: Any, record: bytes, *args: Any, **kwargs: Any) -> bytes:
        if str(bad["id"]).encode() in record:
            raise ValueError("no PDF of this one")
        return await drawn(storage, sealer, record, *args, **kwargs)

    monkeypatch.setattr(erase, "draw_pdf", draw)
    at_once = msgspec.structs.replace(sealer, strokes_days=0)
    done = await erase.tidy_strokes(app.state.sessions, app.state.storage, at_once)
    assert (done.erased, done.failed) == (2, 1)
    [fault] = await company.must("mei", "GET", "/v1/faults")
    assert (fault["task"], fault["tries"], fault["held"]) == ("strokes_due", 1, False)
    monkeypatch.undo()
    done = await erase.tidy_strokes(app.state.sessions, app.state.storage, at_once)
    assert (done.erased, done.failed) == (1, 0)
    assert await company.must("mei", "GET", "/v1/faults") == []
    for visit_id in visits:
        _, pdf = await record_and_pdf(company, visit_id)
        assert (await verified(pdf, sealer))["strokes"].ok is None


async def test_a_record_that_is_only_logged_keeps_its_link_until_its_pdf_shows_it(
    company: Company, app: Litestar, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing.secrets, "token_urlsafe", lambda _: "the-only-token")
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    [record_id] = await logged(app, sealer, visit_id)
    async with app.state.sessions() as session:
        link = await session.scalar(text("select link from sealed_record"))
    assert b"the-only-token" not in bytes(link)
    links: list[str | None] = []
    rendered = issue.render_pdf

    def render(*args: Any, link: str | None) -> bytes:
        links.append(link)
        return rendered(*args, link=link)

    monkeypatch.setattr(issue, "render_pdf", render)
    assert await issue_record(app.state.sessions, app.state.storage, sealer, record_id)
    assert links == [f"{sealer.public_url}/r/the-only-token"]
    async with app.state.sessions() as session:
        assert await session.scalar(text("select link from sealed_record")) is None
    assert (await company.http.get("/r/the-only-token")).status_code == 200


async def test_receipts_never_run_backwards_when_the_clock_is_set_back_between_two_pushes(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    back = clock.micros() - 600_000_000
    clock.hold(lambda: back)
    try:
        wei.tap("note", visit_id, {"note_id": uuid7(), "text": "written after the clock was set back"})
        await wei.sync()
    finally:
        clock.hold(None)
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    assert all_hold(list((await verified(pdf, sealer)).values()))
