"""The reference phone when a server, an older one, or something in between does not go along: nothing is lost, no item
stops those behind it, and what comes down still comes."""

import copy
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from mobile_contract.chain import uuid7
from mobile_contract.limits import ATTACHMENT_BYTES
from mobile_contract.phone import OtherTechniciansWork, Phone, SyncRefused, TryLater
from tests.company import Company
from tests.conformance.wrapping import Answer, Ask, Asked, wrapped
from tests.phones import enrolled, tap_unchecked

Change = Callable[[Asked, Ask], Awaitable[Answer]]


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


def behind(app: Litestar, phone: Phone, change: Change) -> None:
    """From here on something stands between the phone and the server."""
    phone.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=wrapped(app, change)), base_url="http://test")


def note(phone: Phone, visit_id: str, text: str) -> str:
    return phone.tap("note", visit_id, {"note_id": uuid7(), "text": text})


def outcome(phone: Phone, operation_id: str) -> str:
    found: str = phone.state["outcomes"].get(operation_id, {}).get("outcome", "none")
    return found


def unsent(phone: Phone) -> list[str]:
    return [json.loads(wire["body"])["id"] for wire in phone.state["outbox"]]


async def notes_of(app: Litestar) -> list[str]:
    rows = await app.state.readers.fetch("select text from note order by text")
    return [row["text"] for row in rows]


async def as_an_older_server(asked: Asked, ask: Ask) -> Answer:
    """One operation with a fraction, and the whole batch is 422."""
    if any('"quantity":0.5' in one["body"] for one in asked.body.get("operations", [])):
        problem = {"code": "not_canonical", "status": 422, "detail": "0.5 is no integer."}
        return Answer(422, problem, "application/problem+json")
    return await ask(asked)


async def test_one_bad_operation_of_an_older_version_lets_what_came_before_land_and_what_is_new_come_down(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    before = [note(wei, visit_id, f"before {number}") for number in range(5)]
    poison = tap_unchecked(wei, "part_used", visit_id, {"part_used_id": uuid7(), "part_id": uuid7(), "quantity": 0.5})
    after = [note(wei, visit_id, f"after {number}") for number in range(3)]
    later = await company.visit("wei")
    behind(app, wei, as_an_older_server)
    with pytest.raises(SyncRefused) as refused:
        await wei.sync()
    assert refused.value.code == "not_canonical"
    assert [outcome(wei, one) for one in before] == ["applied"] * 5
    assert unsent(wei) == [poison, *after]
    assert wei.row("visit", later), "the refusal does not stop what comes down"

    wei.http = company.http
    wei.state["outcomes"].pop(before[0])
    code = await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes")
    behind(app, wei, as_an_older_server)
    await wei.enrol(code["code"])
    assert [json.loads(one["wire"]["body"])["id"] for one in wei.state["set_aside"]] == [poison]
    assert "0.5" in wei.state["set_aside"][0]["sentence"]
    await wei.sync()
    assert [outcome(wei, one) for one in after] == ["applied"] * 3, "the app knows them by the ids that it has"
    assert await notes_of(app) == [
        *(f"after {number}" for number in range(3)),
        *(f"before {number}" for number in range(5)),
    ]
    assert wei.is_intact()


async def test_an_operation_that_is_refused_for_ever_stops_nothing_that_comes_down_and_is_left_behind(
    company: Company, wei: Phone, app: Litestar
) -> None:
    """The phone finds nothing wrong with the first; the second would be found out by it, and the server never saw it."""

    async def superstitious(asked: Asked, ask: Ask) -> Answer:
        if any("thirteen" in one["body"] for one in asked.body.get("operations", [])):
            return Answer(422, {"code": "not_canonical", "status": 422, "detail": "No thirteen here."})
        return await ask(asked)

    visit_id = await company.visit("wei")
    await wei.sync()
    left = [note(wei, visit_id, "thirteen"), tap_unchecked(wei, "note", visit_id, {"note_id": uuid7(), "text": 0.5})]
    after = note(wei, visit_id, "after")
    later = await company.visit("wei")
    behind(app, wei, superstitious)
    with pytest.raises(SyncRefused):
        await wei.sync()
    assert wei.row("visit", later)
    wei.http = company.http
    code = await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes")
    await wei.enrol(code["code"])
    assert [json.loads(one["wire"]["body"])["id"] for one in wei.state["set_aside"]] == left
    assert wei.state["set_aside"][0]["sentence"] == "No thirteen here."
    await wei.sync()
    assert outcome(wei, after) == "applied"
    assert await notes_of(app) == ["after"]


async def test_a_batch_that_is_too_large_for_somebody_in_between_goes_in_pieces(
    company: Company, wei: Phone, app: Litestar
) -> None:
    async def a_small_door(asked: Asked, ask: Ask) -> Answer:
        if len(json.dumps(asked.body)) > 4000:
            return Answer(413, b"<html>413 Request Entity Too Large</html>", "text/html")
        return await ask(asked)

    visit_id = await company.visit("wei")
    await wei.sync()
    taps = [note(wei, visit_id, f"{number:02} " + "x" * 300) for number in range(20)]
    behind(app, wei, a_small_door)
    await wei.sync()
    assert [outcome(wei, one) for one in taps] == ["applied"] * 20
    assert len(await notes_of(app)) == 20


async def test_an_attachment_that_no_server_takes_is_left_behind_and_its_operation_lands(
    company: Company, wei: Phone, app: Litestar
) -> None:
    async def as_an_older_server(asked: Asked, ask: Ask) -> Answer:
        if any(len(one.get("attachment") or "") > ATTACHMENT_BYTES for one in asked.body.get("operations", [])):
            return Answer(400, {"code": "malformed", "detail": "attachment: too long"}, "application/problem+json")
        return await ask(asked)

    visit_id = await company.visit("wei")
    await wei.sync()
    first = note(wei, visit_id, "first")
    signed = tap_unchecked(wei, "sign", visit_id, {"signature_id": uuid7()}, attachment="x" * (ATTACHMENT_BYTES + 1))
    last = note(wei, visit_id, "last")
    behind(app, wei, as_an_older_server)
    await wei.sync()
    assert [outcome(wei, one) for one in (first, signed, last)] == ["applied", "parked", "applied"]


async def test_what_is_wrong_with_the_whole_request_is_held_against_no_operation(
    company: Company, wei: Phone, app: Litestar
) -> None:
    async def only_newer_clients(asked: Asked, ask: Ask) -> Answer:
        return Answer(422, {"code": "contract_too_old", "status": 422, "detail": "Update the app."})

    visit_id = await company.visit("wei")
    await wei.sync()
    taps = [note(wei, visit_id, "one"), note(wei, visit_id, "two")]
    behind(app, wei, only_newer_clients)
    with pytest.raises(SyncRefused, match="contract_too_old"):
        await wei.sync()
    assert (unsent(wei), wei.state["stopped_by"]) == (taps, None)
    wei.http = company.http
    await wei.sync()
    assert [outcome(wei, one) for one in taps] == ["applied", "applied"]


async def test_a_refused_cursor_starts_over_drops_what_is_no_more_and_keeps_the_outbox(
    company: Company, wei: Phone
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    ghost = f"visit/{uuid7()}"
    wei.state["rows"][ghost] = {**wei.row("visit", visit_id), "rev": 1}
    wei.state["cursor"] = "of another server"
    tap = wei.tap("accept", visit_id)
    await wei.sync()
    assert outcome(wei, tap) == "applied"
    assert ghost not in wei.state["rows"]
    assert wei.is_intact()
    assert wei.state["mismatches"] == 0


async def test_a_forked_phone_that_is_enrolled_anew_takes_along_what_has_not_landed_and_nothing_else(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    landed = note(wei, visit_id, "landed, as the backup does not know yet")
    backup = copy.deepcopy(wei.state)
    gone = note(wei, visit_id, "landed, and gone from the phone")
    await wei.sync()
    wei.state = backup
    taps = [note(wei, visit_id, "tapped after the fork"), note(wei, visit_id, "and another")]
    with pytest.raises(SyncRefused, match="device_forked"):
        await wei.sync()
    assert outcome(wei, landed) == "duplicate"
    assert unsent(wei) == taps
    old_device = wei.state["device_id"]

    code = await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes")
    await wei.enrol(code["code"])
    assert [json.loads(wire["body"])["seq"] for wire in wei.state["outbox"]] == [1, 2]
    await wei.sync()
    assert [outcome(wei, one) for one in taps] == ["applied", "applied"]
    assert outcome(wei, gone) == "none", "the restored phone never heard of it"
    assert await notes_of(app) == sorted(
        [
            "landed, as the backup does not know yet",
            "landed, and gone from the phone",
            "tapped after the fork",
            "and another",
        ]
    )
    assert wei.state["device_id"] != old_device
    assert wei.is_intact()


async def test_a_phone_that_is_enrolled_anew_never_does_again_what_had_landed_unseen(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    part = wei.rows("part")[0]["id"]
    wei.tap("part_used", visit_id, {"part_used_id": uuid7(), "part_id": part, "quantity": 2})
    outbox = list(wei.state["outbox"])
    await wei.sync()
    wei.state["outbox"] = outbox  # as if the reply had been lost
    code = await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes")
    await wei.enrol(code["code"])
    assert unsent(wei) == []
    await wei.sync()
    assert [row["quantity"] for row in wei.rows("part_used")] == [2]


async def test_a_restored_phone_does_not_take_another_operation_of_its_number_for_its_own(
    company: Company, wei: Phone
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    backup = copy.deepcopy(wei.state)
    note(wei, visit_id, "before the disk was put back")
    await wei.sync()
    wei.state = backup
    ask = wei.session.json

    async def tapped_meanwhile(method: str, path: str, **kwargs: Any) -> Any:
        answer = await ask(method, path, **kwargs)
        wei.session.json = ask  # type: ignore[method-assign]
        note(wei, visit_id, "while the answer was on its way")
        return answer

    wei.session.json = tapped_meanwhile  # type: ignore[method-assign]
    with pytest.raises(SyncRefused, match="device_forked"):
        await wei.sync()
    assert len(wei.state["outbox"]) == 1


async def test_the_work_of_one_technician_is_not_sent_as_anothers(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    rows = wei.state["rows"]
    await company.must("root", "POST", f"/v1/devices/{wei.state['device_id']}/revoke")
    code = await company.must("mei", "POST", f"/v1/users/{company.ids['anna']}/enrolment-codes")
    wei.state["stopped_by"] = {"id": note(wei, visit_id, "wei's"), "poison": False, "problem": {}}
    with pytest.raises(OtherTechniciansWork):
        await wei.enrol(code["code"])
    assert (len(wei.state["outbox"]), wei.state["rows"]) == (1, rows)
    wei.commit(outbox=[])
    code = await company.must("mei", "POST", f"/v1/users/{company.ids['anna']}/enrolment-codes")
    await wei.enrol(code["code"])
    assert (wei.state["rows"], wei.state["cursor"]) == ({}, None)
    await wei.sync()
    assert wei.is_intact()
    assert not wei.row("visit", visit_id)


@pytest.mark.parametrize("status", [429, 503])
async def test_who_is_told_to_come_back_waits_or_says_when(
    company: Company, wei: Phone, app: Litestar, status: int
) -> None:
    refusals: list[Asked] = []

    async def busy_once(asked: Asked, ask: Ask) -> Answer:
        if len(refusals) < 2:
            refusals.append(asked)
            return Answer(status, {"code": "busy", "status": status}, headers={"retry-after": "1"})
        return await ask(asked)

    visit_id = await company.visit("wei")
    tap = note(wei, visit_id, "once")
    behind(app, wei, busy_once)
    with pytest.raises(TryLater) as later:
        await wei.sync()
    assert later.value.retry_after == 1
    wei.session.patience = 5
    await wei.sync()
    assert outcome(wei, tap) == "applied"
    assert refusals[0].body["operations"] == refusals[1].body["operations"], "the same bytes"


@pytest.mark.parametrize("status", [200, 302, 511])
async def test_the_page_of_a_hotel_is_not_the_server(company: Company, wei: Phone, app: Litestar, status: int) -> None:
    async def portal(asked: Asked, ask: Ask) -> Answer:
        return Answer(status, b"<html>Room number, please</html>", "text/html")

    tap = note(wei, await company.visit("wei"), "kept")
    behind(app, wei, portal)
    with pytest.raises(httpx.HTTPError):
        await wei.sync()
    wei.http = company.http
    await wei.sync()
    assert outcome(wei, tap) == "applied"


class Killed(Exception):
    pass


async def test_a_phone_that_is_killed_between_any_two_steps_goes_on_and_everything_lands_once(
    company: Company, app: Litestar, tmp_path: Path
) -> None:
    visit_id = await company.visit("wei")
    disk = tmp_path / "phone.json"
    code = await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes")
    await Phone(company.http, disk=disk).enrol(code["code"])
    tapped, step, finished = [], 0, False
    while not finished:
        phone, left = Phone(company.http, disk=disk), step
        keep, call = phone.commit, phone.http.request

        def dying() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed

        def commit(**changed: Any) -> None:
            dying()
            keep(**changed)  # noqa: B023
            dying()

        async def request(*args: Any, **kwargs: Any) -> httpx.Response:
            dying()
            answer = await call(*args, **kwargs)  # noqa: B023
            dying()
            return answer

        phone.commit = commit  # type: ignore[method-assign]
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(phone.http, "request", request)
            try:
                note(phone, visit_id, f"step {step}")
                tapped.append(f"step {step}")
                await phone.sync()
                finished = True
            except Killed:
                step += 1
    phone = Phone(company.http, disk=disk)
    await phone.sync()
    found = await notes_of(app)
    assert len(set(found)) == len(found), "none twice"
    assert set(tapped) <= set(found), "what was on disk when tap returned has landed"
    assert step >= 8, f"only {step} places to die were tried"
    assert phone.is_intact()
