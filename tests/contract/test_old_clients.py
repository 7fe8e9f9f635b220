"""Clients that were built against the release before this one keep working: the contract of then, held against the one of now.

`landed/contract-c2d37a3.json.gz` is what `mobile_contract` held at that commit: the API's description and the schemas of what phones send and hold.
"""

import copy
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.contract.written import FOLDER
from server.sync.down.collections import DECLARED
from tests.contract.old_clients import Change

THEN: dict[str, Any] = json.loads(
    gzip.decompress((Path(__file__).parent.with_name("landed") / "contract-c2d37a3.json.gz").read_bytes())
)
DECIDED = {
    "get /v1/incidents: parameter code: choices were taken away": "a word that a filter has not was ignored, and is refused",
    "get /v1/tickets: parameter status: choices were taken away": "the same",
}
SCHEMAS = sorted(path for path in THEN if path.startswith("schemas/"))


def now(path: str) -> Any:
    return json.loads((FOLDER / path).read_text())


def test_no_route_asks_more_or_gives_less_than_it_did() -> None:
    found = set(Change(THEN["openapi.json"], now("openapi.json")).breaks())
    assert found == set(DECIDED), (
        "an app that is on phones breaks; keep the old form working, or say here why it is decided"
    )


@pytest.mark.parametrize("path", SCHEMAS)
def test_what_phones_send_is_taken_and_what_they_hold_is_there(path: str) -> None:
    before, after = THEN[path], now(path)
    change = Change(before, after)
    look = change.given if "collections" in path else change.asked
    assert list(look(path, before, after)) == []


def test_every_collection_that_came_since_says_so() -> None:
    """An app of then adds up its rows by the tables that it had (`sync_scope` of PowerSync)."""
    first = {Path(path).stem for path in SCHEMAS if "collections" in path}
    assert {one.name for one in DECLARED if one.came == 1} == first, "say with which contract it came: came=2"


def route(document: Any) -> Any:
    return document["paths"]["/v1/sync"]["post"]


def schema(document: Any, name: str) -> Any:
    return document["components"]["schemas"][name]


BREAKS: dict[str, Callable[[Any], Any]] = {
    "post /v1/sync: is no more": lambda d: d["paths"].pop("/v1/sync"),
    "post /v1/sync: body.operations: maxItems is stricter": lambda d: schema(d, "SyncIn")["properties"]["operations"].update(maxItems=1),
    "post /v1/sync: body.page_bytes: minimum is stricter": lambda d: schema(d, "SyncIn")["properties"]["page_bytes"].update(minimum=9000),
    "post /v1/sync: body.cursor: is required now": lambda d: schema(d, "SyncIn")["required"].append("cursor"),
    "post /v1/sync: body.cursor: null is not taken any more": lambda d: schema(d, "SyncIn")["properties"].update(cursor={"type": "string"}),
    "post /v1/sync: answer.last_seq: is no more": lambda d: schema(d, "SyncOut")["properties"].pop("last_seq"),
    "post /v1/sync: answer.anchor: may be absent now": lambda d: schema(d, "SyncOut")["required"].remove("anchor"),
    "post /v1/sync: answer.more: may be string now": lambda d: schema(d, "SyncOut")["properties"].update(more={"type": "string"}),
    "post /v1/sync: does not answer 200 any more": lambda d: route(d)["responses"].update({"201": route(d)["responses"].pop("200")}),
    "post /v1/sync: parameter trace is required now": lambda d: route(d).update(
        parameters=[{"in": "query", "name": "trace", "required": True, "schema": {"type": "string"}}]
    ),
}  # fmt: skip


@pytest.mark.parametrize("named", BREAKS)
def test_each_kind_of_break_is_found(named: str) -> None:
    document = now("openapi.json")
    changed = copy.deepcopy(document)
    BREAKS[named](changed)
    found = list(Change(document, changed).breaks())
    assert [one for one in found if "/v1/sync:" in one] == [named]


def test_what_only_grows_breaks_nobody() -> None:
    document = now("openapi.json")
    changed = copy.deepcopy(document)
    schema(changed, "SyncIn")["properties"]["hint"] = {"type": "string"}
    schema(changed, "SyncOut")["properties"]["hint"] = {"type": "string"}
    schema(changed, "SyncOut")["required"].append("hint")
    schema(changed, "SyncIn")["properties"]["operations"]["maxItems"] = 5000
    route(changed)["parameters"] = [{"in": "query", "name": "trace", "schema": {"type": "string"}}]
    assert list(Change(document, changed).breaks()) == []
