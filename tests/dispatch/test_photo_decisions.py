"""A photo that does not come, or came damaged, holds no record for ever: the desk decides, with a reason, on record."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mobile_contract.phone import Phone
from server.dispatch.missing import alert_missing
from server.ground import clock
from server.media.custody import standing
from server.media.rules import USUAL
from server.media.storage import object_key
from server.records.sealer import Sealer
from tests.company import Company
from tests.day import finished_visit
from tests.media.pictures import encoded, promised, state_of
from tests.media.test_faults import put, sha
from tests.media.test_kept import came, damaged
from tests.media.test_uploads import bring, sent_in_parts
from tests.records.sealing import seal

REASON = "The phone fell into a shaft"


async def decide(
    company: Company, photo_id: str, kind: str = "never_arrived", reason: str = REASON, who: str | None = "mei"
) -> httpx.Response:
    body = {"kind": kind, "reason": reason}
    return await company.call(who, "POST", f"/v1/photos/{photo_id}/decision", json=body)


async def refusal(company: Company, photo_id: str, kind: str = "never_arrived", **more: Any) -> tuple[int, str]:
    answer = await decide(company, photo_id, kind, **more)
    return answer.status_code, answer.json()["code"]


async def stands(app: Litestar, visit_id: str) -> dict[str, int]:
    async with app.state.sessions() as session:
        return await standing(session, visit_id)  # type: ignore[arg-type]


async def test_a_photo_of_a_lost_phone_holds_the_record_no_longer(
    company: Company, app: Litestar, wei: Phone, sealer: Sealer
) -> None:
    visit_id = await finished_visit(company, wei)
    first, second = wei.state["photos"]
    assert await bring(wei, first, wei.pictures.read(first)) == "verified"
    assert await seal(app, sealer, visit_id) == 0
    decided = await decide(company, second)
    assert decided.status_code == 200, decided.text
    [decision] = decided.json()["decisions"]
    assert (decision["kind"], decision["reason"], decision["decided_by"]) == (
        "never_arrived",
        REASON,
        company.ids["mei"],
    )
    assert await stands(app, visit_id) == {"promised": 2, "verified": 1, "thumbnails": 1, "decided": 1, "waiting": 0}
    assert await seal(app, sealer, visit_id) == 1
    visit = await company.must("mei", "GET", f"/v1/visits/{visit_id}")
    assert (visit["state"], visit["custody"]) == ("closed", {"promised": 2, "verified": 1, "decided": 1})
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    [line] = [line for line in history if line["kind"] == "photo_decided"]
    assert line["actor_id"] == company.ids["mei"]
    assert line["facts"]["reason"] == REASON
    assert line["facts"]["photo_id"] == second


async def test_a_decision_has_the_worker_look_whether_the_record_is_complete(
    company: Company, app: Litestar, wei: Phone
) -> None:
    _, photo_id = await promised(company, wei, encoded())
    query = text("select count(*) from pgqueuer where entrypoint = 'custody_changed'")
    async with app.state.sessions() as session:
        before = (await session.execute(query)).scalar_one()
    assert (await decide(company, photo_id)).status_code == 200
    async with app.state.sessions() as session:
        assert (await session.execute(query)).scalar_one() == before + 1


async def test_a_damaged_photo_waits_for_the_desk_and_is_then_kept_on_record(
    company: Company, app: Litestar, wei: Phone
) -> None:
    data = damaged()
    visit_id, photo_id = await promised(company, wei, data)
    await came(company, photo_id, data)
    assert (await stands(app, visit_id))["waiting"] == 1
    assert await refusal(company, photo_id, "never_arrived") == (409, "photo_stands_otherwise")
    [decision] = (await decide(company, photo_id, "damaged_kept")).json()["decisions"]
    assert decision["finding"] == "the file ends in the middle of the picture"
    assert (await stands(app, visit_id))["waiting"] == 0


async def test_what_is_not_there_cannot_be_kept_and_what_is_verified_needs_no_decision(
    company: Company, wei: Phone
) -> None:
    data = encoded()
    _, photo_id = await promised(company, wei, data)
    assert await refusal(company, photo_id, "damaged_kept") == (409, "photo_stands_otherwise")
    assert await bring(wei, photo_id, data) == "verified"
    for kind in ("damaged_kept", "never_arrived"):
        assert await refusal(company, photo_id, kind) == (409, "photo_stands_otherwise")


@pytest.mark.parametrize("reason", ["", "  \n\t ", "\u200b\u2060", "\0", "\u3000"])
async def test_a_reason_must_say_something(company: Company, wei: Phone, reason: str) -> None:
    _, photo_id = await promised(company, wei, encoded())
    assert await refusal(company, photo_id, reason=reason) == (422, "invalid")


async def test_a_reason_is_kept_as_one_line_without_control_characters(company: Company, wei: Phone) -> None:
    _, photo_id = await promised(company, wei, encoded())
    answer = await decide(company, photo_id, reason=" lost\0 in\r\nthe\tshaft\x07 ")
    assert answer.json()["decisions"][0]["reason"] == "lost in the shaft"


async def test_only_the_desk_decides(company: Company, wei: Phone) -> None:
    _, photo_id = await promised(company, wei, encoded())
    assert await refusal(company, photo_id, who=None) == (401, "unauthenticated")
    assert await refusal(company, photo_id, who="wei") == (403, "forbidden")
    assert await refusal(company, company.ids["site"]) == (404, "not_found")
    assert (
        await company.call("mei", "POST", f"/v1/photos/{photo_id}/decision", json={"kind": "lost"})
    ).status_code == 400


async def test_a_decision_is_made_once_and_by_one(company: Company, wei: Phone) -> None:
    _, photo_id = await promised(company, wei, encoded())
    answers = await asyncio.gather(*(decide(company, photo_id) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.json().get("code") for answer in answers if answer.status_code == 409} == {"already_decided"}


async def test_a_decision_is_never_changed_nor_removed(company: Company, app: Litestar, wei: Phone) -> None:
    _, photo_id = await promised(company, wei, encoded())
    await decide(company, photo_id)
    for statement in ("update photo_decision set reason = 'other'", "delete from photo_decision"):
        with pytest.raises(IntegrityError, match="never changed or removed"):
            async with app.state.sessions.begin() as session:
                await session.execute(text(statement))


async def test_bytes_that_nobody_had_looked_at_are_found_before_it_is_said_that_they_never_came(
    company: Company, wei: Phone
) -> None:
    data = encoded()
    visit_id, photo_id = await promised(company, wei, data)
    assert await put(await company.must("wei", "POST", f"/v1/photos/{photo_id}/upload"), data) == 200
    assert await refusal(company, photo_id) == (409, "photo_stands_otherwise")
    assert await state_of(company, visit_id) == {photo_id: ("verified", "")}


async def test_parts_that_nobody_had_joined_are_found_too(company: Company, wei: Phone) -> None:
    data = encoded()
    visit_id, photo_id = await promised(company, wei, data)
    await sent_in_parts(company, photo_id, data)
    assert await refusal(company, photo_id) == (409, "photo_stands_otherwise")
    assert await state_of(company, visit_id) == {photo_id: ("verified", "")}


async def test_what_an_older_version_set_aside_though_it_was_the_promised_photo_is_brought_back(
    company: Company, app: Litestar, wei: Phone, database_url: str
) -> None:
    data = damaged()
    visit_id, photo_id = await promised(company, wei, data)
    await app.state.storage.write(f"quarantine/{sha(data)}/1", damaged(), "image/jpeg")
    await app.state.storage.write(f"quarantine/{sha(data)}/2", data, "image/jpeg")
    connection = await asyncpg.connect(database_url)
    await connection.execute("update photo set state = 'quarantined', finding = 'it cannot be decoded as an image'")
    await connection.close()
    assert await refusal(company, photo_id) == (409, "photo_stands_otherwise")
    assert (await state_of(company, visit_id))[photo_id][0] == "kept"
    assert await app.state.storage.read(object_key(sha(data)), 10**6) == data
    assert (await decide(company, photo_id, "damaged_kept")).status_code == 200


async def test_a_photo_of_which_only_other_bytes_came_never_arrived(
    company: Company, app: Litestar, wei: Phone
) -> None:
    data = encoded()
    visit_id, photo_id = await promised(company, wei, data)
    await app.state.storage.write(object_key(sha(data)), damaged(), "image/jpeg")
    await company.call("wei", "POST", f"/v1/photos/{photo_id}/complete")
    assert (await state_of(company, visit_id))[photo_id][0] == "quarantined"
    assert (await decide(company, photo_id)).status_code == 200
    assert (await stands(app, visit_id))["waiting"] == 0


async def test_bytes_that_come_after_the_decision_are_taken_and_shown_and_the_decision_stays(
    company: Company, app: Litestar, wei: Phone
) -> None:
    data = encoded()
    visit_id, photo_id = await promised(company, wei, data)
    await decide(company, photo_id)
    assert await bring(wei, photo_id, data) == "verified"
    [photo] = await company.must("mei", "GET", f"/v1/visits/{visit_id}/photos")
    assert (photo["state"], [one["kind"] for one in photo["decisions"]]) == ("verified", ["never_arrived"])
    shown = await company.must("mei", "GET", f"/v1/photos/{photo_id}/download", params={"thumbnail": "true"})
    async with httpx.AsyncClient() as store:
        assert (await store.get(shown["url"])).content.startswith(b"\xff\xd8\xff")
    assert await stands(app, visit_id) == {"promised": 1, "verified": 1, "thumbnails": 1, "decided": 0, "waiting": 0}


async def test_damaged_bytes_that_come_after_it_was_decided_that_none_would_wait_for_another_decision(
    company: Company, app: Litestar, wei: Phone
) -> None:
    data = damaged()
    visit_id, photo_id = await promised(company, wei, data)
    await decide(company, photo_id)
    await came(company, photo_id, data)
    assert (await stands(app, visit_id))["waiting"] == 1
    decisions = (await decide(company, photo_id, "damaged_kept", "The card was wet")).json()["decisions"]
    assert [one["kind"] for one in decisions] == ["never_arrived", "damaged_kept"]
    assert (await stands(app, visit_id))["waiting"] == 0


async def test_a_storage_that_is_away_lets_nobody_say_what_it_holds(
    company: Company, app: Litestar, wei: Phone, s3_address: Any
) -> None:
    from tests.media.between import between

    _, photo_id = await promised(company, wei, encoded())
    with between(s3_address) as (server, storage):
        server.away, app.state.storage = True, storage
        assert await refusal(company, photo_id) == (503, "unavailable")


async def test_a_decided_photo_is_counted_and_is_late_no_more(company: Company, app: Litestar, wei: Phone) -> None:
    visit_id = await finished_visit(company, wei)
    first, second = wei.state["photos"]
    later = clock.micros() + timedelta(hours=2, minutes=1) // timedelta(microseconds=1)
    clock.hold(lambda: later)
    try:
        await company.log_in("mei")
        [missing] = await company.must("mei", "GET", "/v1/photos/missing")
        assert (missing["late"], missing["kept"], missing["decided"]) == (2, 0, 0)
        await decide(company, first)
        [missing] = await company.must("mei", "GET", "/v1/photos/missing")
        assert (missing["late"], missing["decided"]) == (1, 1)
        assert missing["words"].startswith("0 of 2 photos, 1 decided, phone last heard ")
        await decide(company, second)
        assert await company.must("mei", "GET", "/v1/photos/missing") == []
        async with app.state.sessions.begin() as session:
            assert await alert_missing(session, USUAL.late_after) == 0
        board = await company.must("mei", "GET", "/v1/board", params={"start": "2026-03-02T00:00:00Z"})
        [card] = [card for card in board["visits"] if card["visit_id"] == visit_id]
        assert (card["photos_late"], card["photos_decided"]) == (0, 2)
        assert card["photos_words"] == "0 of 2 photos, 2 decided"
    finally:
        clock.hold(None)


async def test_a_damaged_photo_is_set_before_the_desk_at_once(company: Company, wei: Phone) -> None:
    data = damaged()
    visit_id, photo_id = await promised(company, wei, data)
    assert await company.must("mei", "GET", "/v1/photos/missing") == []
    await came(company, photo_id, data)
    [missing] = await company.must("mei", "GET", "/v1/photos/missing")
    assert (missing["visit_id"], missing["late"], missing["kept"]) == (visit_id, 1, 1)
    assert missing["words"] == "0 of 1 photos, 1 damaged"
    await decide(company, photo_id, "damaged_kept")
    assert await company.must("mei", "GET", "/v1/photos/missing") == []
