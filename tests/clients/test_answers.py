"""What is no answer of the server writes nothing: foreign JSON under 200, whatever it is, and problems that lack their facts."""

import json
from typing import Any

import httpx
import pytest
from litestar import Litestar

from mobile_contract import upload
from mobile_contract.answers import ANSWERS, is_answer, is_problem
from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone, SyncRefused
from server.contract.written import openapi
from tests.clients.test_phone_in_trouble import behind, note, outcome, unsent, wei
from tests.company import Company
from tests.conformance.wrapping import Answer, Ask, Asked, wrapped
from tests.day import jpeg

__all__ = ["wei"]

FOREIGN: list[Any] = [
    {}, [], None, "x", 5, True, {"anchor": None, "last_seq": 0}, {"anchor": "x"}, {"outcomes": "x"},
    {"anchor": "x", "last_seq": "1"}, {"anchor": "x", "last_seq": 0.5}, {"anchor": "x", "last_seq": 0, "outcomes": "x"},
    {"anchor": "x", "last_seq": 1, "outcomes": [{}]}, {"anchor": "x", "last_seq": 0, "changes": {"a": 1}},
    {"anchor": "x", "last_seq": 0, "scopes": {"a": 1}}, {"anchor": "x", "last_seq": 0, "cursor": 1},
    {"anchor": ["x"], "last_seq": 0}, {"anchor": "", "last_seq": 0},
]  # fmt: skip


@pytest.mark.parametrize("body", FOREIGN, ids=json.dumps)
async def test_foreign_json_is_no_answer_and_what_is_tapped_behind_it_lands(
    company: Company, wei: Phone, app: Litestar, body: Any
) -> None:
    async def portal(asked: Asked, ask: Ask) -> Answer:
        return Answer(200, body)

    visit_id = await company.visit("wei")
    await wei.sync()
    taps = [note(wei, visit_id, "before")]
    behind(app, wei, portal)
    before = json.dumps(wei.state)
    with pytest.raises(httpx.TransportError):
        await wei.sync()
    assert json.dumps(wei.state) == before, "nothing is written"
    taps.append(note(wei, visit_id, "behind"))
    wei.http = company.http
    await wei.sync()
    assert [outcome(wei, one) for one in taps] == ["applied", "applied"]


@pytest.mark.parametrize("status", [400, 403, 409, 422])
@pytest.mark.parametrize(
    "body",
    [
        {}, [], None, "x", {"code": None}, {"code": 1}, {"code": "device_forked"}, {"code": "sequence_gap"},
        {"code": "sequence_gap", "expected_seq": "x"}, {"code": "not_canonical", "outcomes": "x"},
        {"code": "chain_broken", "outcomes": None}, {"code": "x", "status": "fail"}, {"code": "cursor_refused"},
    ],
    ids=json.dumps,
)  # fmt: skip
async def test_a_refusal_of_any_form_loses_nothing(
    company: Company, wei: Phone, app: Litestar, status: int, body: Any
) -> None:
    async def portal(asked: Asked, ask: Ask) -> Answer:
        return Answer(status, body)

    visit_id = await company.visit("wei")
    await wei.sync()
    tap = note(wei, visit_id, "kept")
    behind(app, wei, portal)
    with pytest.raises((httpx.HTTPError, SyncRefused)):
        await wei.sync()
    assert unsent(wei) == [tap]
    wei.http = company.http
    await wei.sync()
    assert outcome(wei, tap) == "applied"


@pytest.mark.parametrize(
    "body",
    [
        {"code": 413, "status": "error"}, {"code": "PAYLOAD_TOO_LARGE", "status": "fail"},
        {"code": "x", "status": "413"}, {"code": "x", "status": 500}, {"error": "x"}, [], None,
    ],
    ids=json.dumps,
)  # fmt: skip
async def test_what_is_too_large_for_a_gateway_that_says_so_in_json_goes_in_pieces(
    company: Company, wei: Phone, app: Litestar, body: Any
) -> None:
    async def a_small_door(asked: Asked, ask: Ask) -> Answer:
        return Answer(413, body) if len(json.dumps(asked.body)) > 4000 else await ask(asked)

    visit_id = await company.visit("wei")
    await wei.sync()
    taps = [note(wei, visit_id, f"{number} " + "x" * 300) for number in range(20)]
    behind(app, wei, a_small_door)
    await wei.sync()
    assert [outcome(wei, one) for one in taps] == ["applied"] * 20


@pytest.mark.parametrize(
    ("part", "status", "body"),
    [
        ("/upload", 200, {}), ("/upload", 200, []), ("/upload", 200, None), ("/upload", 204, b""),
        ("/upload", 200, {"state": "promised"}), ("/upload", 200, {"state": "promised", "url": 5, "headers": {}}),
        ("/upload", 200, {"state": "promised", "url": "http://[", "headers": {}}), ("/upload", 302, b""),
        ("/complete", 200, {}), ("/complete", 200, []), ("/complete", 200, {"state": "promised"}),
        ("/upload", 409, {"code": "parts_missing"}), ("/upload", 422, {"code": "invalid", "status": "error"}),
    ],
)  # fmt: skip
async def test_an_odd_answer_to_one_photo_stops_no_other(
    company: Company, wei: Phone, app: Litestar, monkeypatch: pytest.MonkeyPatch, part: str, status: int, body: Any
) -> None:
    monkeypatch.setattr(upload, "PAUSE", 0.001)
    visit_id = await company.visit("wei")
    await wei.sync()
    first, *others = [wei.photo(visit_id, slot, jpeg()) for slot in ("before", "after", "fault")]
    await wei.sync()

    async def oddly(asked: Asked, ask: Ask) -> Answer:
        return Answer(status, body) if f"{first}{part}" in asked.path else await ask(asked)

    wei.http = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=wrapped(app, oddly, "/v1/photos")), base_url="http://test"
    )
    assert await wei.upload_photos() == 2
    assert [wei.state["photos"][one]["state"] for one in others] == ["verified"] * 2
    assert wei.state["photos"][first]["state"] != "verified"
    wei.http = company.http
    assert await wei.upload_photos() == 1


def test_the_examples_of_the_contract_are_answers() -> None:
    """Each path is one of the contract, and what its schema demands suffices."""
    paths = openapi()["paths"]
    for pattern, _ in ANSWERS:
        known = [
            path
            for path in paths
            if pattern.fullmatch("POST " + path.replace("{", "").replace("}", "")) and "post" in paths[path]
        ]
        assert known, pattern
    change = {"collection": "visit", "id": uuid7(), "rev": 1, "scope": "s"}
    assert is_answer("POST", "/v1/sync", {"anchor": "a", "last_seq": 0, "changes": [change], "new_member": 1})
    assert is_answer("POST", "/v1/unknown", 5)
    assert is_problem({"code": "x"})
    assert not is_problem({"code": "sequence_gap", "expected_seq": "1"})
