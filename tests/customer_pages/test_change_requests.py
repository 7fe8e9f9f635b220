"""A customer asks for another time on their page; the desk answers, and the appointment stands until another is agreed."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar import Litestar

from server.desk_feed.looking import Change, look
from server.ground import clock
from tests.company import Company
from tests.customer_pages.pages import counted, desk_token, follow, form_of, page, send
from tests.phones import enrolled

WISH = "Bitte erst nach 15 Uhr"


@pytest.fixture
async def visit_id(company: Company) -> str:
    return await company.visit("wei")


@pytest.fixture
async def path(company: Company, visit_id: str) -> str:
    return f"/v/{await desk_token(company, visit_id)}"


def coming(days: int = 30) -> str:
    return f"{clock.now() + timedelta(days=days):%Y-%m-%d}"


async def waiting(company: Company) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await company.must("mei", "GET", "/v1/change-requests?waiting=true")
    return found


async def test_a_wish_waits_for_the_desk_and_its_answer_shows_on_the_page(
    company: Company, visit_id: str, path: str
) -> None:
    day = coming()
    times = {"day1": day, "from1": "15:00", "to1": "17:30"}
    shown = await follow(company, await send(company, path, "change", wishes=WISH, **times))
    assert "Your request is with the office." in shown
    assert "Not answered yet. Your appointment stands until we agree on another." in shown
    assert f"{day} 15:00–17:30 (UTC+8)" in shown, "on the site's clocks"
    [asked] = await waiting(company)
    assert (asked["visit_id"], asked["wishes"], asked["whose"]) == (visit_id, WISH, "desk")
    assert [one["start"] for one in asked["windows"]] == [f"{day}T15:00:00+08:00"]
    answer = {"answer": "Donnerstag, 15 Uhr passt."}
    await company.must("mei", "POST", f"/v1/change-requests/{asked['id']}/answer", json=answer)
    assert await waiting(company) == []
    assert "Donnerstag, 15 Uhr passt." in await page(company, path)
    await company.must_be(409, "mei", "POST", f"/v1/change-requests/{asked['id']}/answer", json=answer)
    await company.must_be(404, "mei", "POST", f"/v1/change-requests/{uuid4()}/answer", json=answer)
    visit = await company.must("mei", "GET", f"/v1/visits/{visit_id}")
    assert visit["window_start"].startswith("2026-03-02T"), "nothing moved by itself"
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    assert [line["kind"] for line in history[-2:]] == ["change_asked", "change_answered"]


async def test_a_time_alone_is_a_wish_too(company: Company, path: str) -> None:
    answer = await send(company, path, "change", wishes="", day2=coming(), from2="08:00", to2="09:00")
    assert answer.status_code == 303
    assert len((await waiting(company))[0]["windows"]) == 1


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"wishes": " \n\u200b"}, "wishes", "Say what would suit you, or name another time."),
        ({"wishes": "x" * 2001}, "wishes", "Write at most 2,000 characters."),
        ({"wishes": WISH, "day1": "+1"}, "window1", "Fill in day, from and to, or leave all three empty."),
        ({"wishes": WISH, "day3": "+1", "from3": "12:00", "to3": "12:00"}, "window3", "The end must be later"),
        ({"wishes": WISH, "day1": "2020-01-01", "from1": "09:00", "to1": "10:00"}, "window1", "This time is over."),
        (
            {"wishes": WISH, "day1": "9999-12-31", "from1": "09:00", "to1": "10:00"},
            "window1",
            "This is no day and time",
        ),
        ({"wishes": WISH, "day1": "31.12.", "from1": "9", "to1": "<b>"}, "window1", "This is no day and time"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(
    company: Company, app: Litestar, path: str, typed: dict[str, str], field: str, says: str
) -> None:
    before = await counted(app)
    typed = {name: coming(1) if text == "+1" else text for name, text in typed.items()}
    answer = await send(company, path, "change", **typed)
    assert answer.status_code == 422
    assert re.search(rf'<p class="wrong" id="{field}-wrong">{re.escape(says)}', answer.text)
    assert f'aria-describedby="{field}-wrong"' in answer.text
    assert '<details id="change" open>' in answer.text
    if typed["wishes"] == WISH:
        assert f">{WISH}</textarea>" in answer.text
    assert "<b>" not in answer.text
    assert await counted(app) == before


async def test_the_same_form_asks_once_also_when_it_is_sent_twice_at_a_time(company: Company, path: str) -> None:
    form = form_of(await page(company, path), "change")
    both = await asyncio.gather(*(send(company, path, "change", form=form, wishes=WISH) for _ in range(3)))
    assert {one.status_code for one in both} == {303}
    assert len(await waiting(company)) == 1


async def test_so_many_wait_and_no_more(company: Company, path: str) -> None:
    for _ in range(5):
        assert (await send(company, path, "change", wishes=WISH)).status_code == 303
    refused = await send(company, path, "change", wishes=WISH)
    assert refused.status_code == 409
    assert "takes no more for now" in refused.text
    assert f">{WISH}</textarea>" in refused.text
    assert len(await waiting(company)) == 5


async def test_who_has_set_off_is_called(company: Company, visit_id: str, path: str) -> None:
    wei = await enrolled(company, "wei")
    form = form_of(await page(company, path), "change")
    wei.tap("depart", visit_id)
    await wei.sync()
    late = await send(company, path, "change", form=form, wishes=WISH)
    assert late.status_code == 409
    assert "Somebody has set off" in late.text
    assert await waiting(company) == []


async def test_desks_are_told_of_it(company: Company, app: Litestar, visit_id: str, path: str) -> None:
    assert (await send(company, path, "change", wishes=WISH)).status_code == 303
    found = (await look(app.state.readers, 0)).changes
    office = UUID(company.ids["office"])
    assert Change("change_requests", UUID(visit_id), office) in found


async def test_what_no_page_sends_is_refused_with_a_page(company: Company, path: str) -> None:
    for data in ({"wishes": WISH}, {"form": "x", "wishes": WISH}):
        refused = await company.http.post(f"{path}/change", data=data)
        assert refused.status_code == 422
        assert "Nothing was changed" in refused.text or "未作任何更改" in refused.text
    assert (await company.http.post(f"{path}/change", json={"wishes": WISH})).status_code in (400, 415, 422)
    assert await waiting(company) == []
