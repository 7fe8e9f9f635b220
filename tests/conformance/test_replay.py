"""Recordings played to clients: right ones pass, and each wrong one is told what it did."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from mobile_contract.conformance.drive import SyncFailed, drive
from mobile_contract.conformance.player import playing
from mobile_contract.conformance.recording import Tap, load_all
from mobile_contract.phone import Phone
from tests.conformance.clients import ModelClient, ReferenceClient

RECORDED = load_all()
BEYOND_THE_REFERENCE_PHONE = set() if hasattr(Phone, "reconcile") else {"removal_with_unsent_work", "reconcile"}
Json = dict[str, Any]


@pytest.fixture
async def player() -> AsyncIterator[httpx.AsyncClient]:
    async with playing(RECORDED) as (_, url), httpx.AsyncClient(base_url=url, timeout=15) as http:
        yield http


@pytest.mark.parametrize("name", RECORDED)
async def test_a_client_that_keeps_the_contract_passes(name: str, player: httpx.AsyncClient) -> None:
    assert await drive(ModelClient(player), RECORDED[name], player) == []


@pytest.mark.parametrize("name", RECORDED)
async def test_the_reference_phone_passes(name: str, player: httpx.AsyncClient, request: pytest.FixtureRequest) -> None:
    if name in BEYOND_THE_REFERENCE_PHONE:
        request.applymarker(pytest.mark.xfail(strict=True, reason="the reference phone does not do this yet"))
    assert await drive(ReferenceClient(player), RECORDED[name], player) == []


class TriesAgain(ModelClient):
    """Tries up to three times by itself before it says that it failed."""

    async def sync(self) -> None:
        for attempt in range(3):
            try:
                return await super().sync()
            except SyncFailed as failure:
                if failure.code not in (None, "busy", "sequence_gap") or attempt == 2:
                    raise
                await asyncio.sleep(failure.retry_after)
        return None


@pytest.mark.parametrize("name", RECORDED)
async def test_a_client_that_tries_again_by_itself_passes(name: str, player: httpx.AsyncClient) -> None:
    assert await drive(TriesAgain(player), RECORDED[name], player) == []


class SignsAgain(ModelClient):
    """Makes a new text for a retry."""

    def exchange(self) -> Json:
        operations = [self.phone.sign(json.loads(wire["body"])) for wire in self.phone.held.outbox]
        return {**super().exchange(), "operations": operations}


class ForgetsItsOutbox(ModelClient):
    """Drops what it has sent, whether it was acknowledged or not."""

    def exchange(self) -> Json:
        body = super().exchange()
        self.phone.held.outbox = []
        return body


class DestroysUnsentWork(ModelClient):
    """Removes rows at once, although work on them is unsent."""

    def apply(self, answer: Json) -> None:
        super().apply(answer)
        for change in answer.get("changes", []):
            if change.get("body") is None:
                self.phone.held.rows.pop(f"{change['collection']}/{change['id']}", None)
        self.phone.held.taken_away.clear()


class IgnoresResync(ModelClient):
    def apply(self, answer: Json) -> None:
        super().apply({**answer, "resync": []})


class IsImpatient(ModelClient):
    """Does not wait for as long as it is told."""

    async def ask(self, path: str, body: Json) -> Json:
        try:
            return await super().ask(path, body)
        except SyncFailed as failure:
            raise SyncFailed(failure.code) from failure


class KeepsItsFirstCursor(ModelClient):
    def apply(self, answer: Json) -> None:
        super().apply({**answer, "cursor": self.phone.held.cursor or answer.get("cursor")})


class GoesOnAfterAFork(ModelClient):
    async def sync(self) -> None:
        try:
            await super().sync()
        except SyncFailed:
            await super().sync()


class BreaksItsChain(ModelClient):
    def tap(self, tap: Tap) -> None:
        self.phone.tap(tap.kind, tap.visit_id, tap.body, prev="0" * 64)


class NeverReconciles(ModelClient):
    async def sync(self) -> None:
        self.phone.held.scopes = {}
        await super().sync()

    def apply(self, answer: Json) -> None:
        super().apply({**answer, "scopes": {}})


@pytest.mark.parametrize(
    ("client", "recording", "said"),
    [
        (SignsAgain, "lost_reply", "not the same bytes"),
        (ForgetsItsOutbox, "lost_reply", "the operations have the numbers [], not [1, 2]"),
        (DestroysUnsentWork, "removal_with_unsent_work", "is missing"),
        (IgnoresResync, "resync", "is too much"),
        (IsImpatient, "busy", "before Retry-After was over"),
        (KeepsItsFirstCursor, "first_sync", "cursor is"),
        (GoesOnAfterAFork, "fork", "expected nothing more"),
        (BreaksItsChain, "outcomes", "prev is"),
        (NeverReconciles, "reconcile", "the recording is not at an end"),
    ],
)
async def test_a_broken_client_is_told_what_it_did(
    client: type[ModelClient], recording: str, said: str, player: httpx.AsyncClient
) -> None:
    found = await drive(client(player), RECORDED[recording], player)
    assert any(said in line for line in found), found
