"""Recordings played to clients: right ones pass, and each wrong one is told what it did."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from mobile_contract.chain import uuid7
from mobile_contract.conformance.drive import SyncFailed, drive
from mobile_contract.conformance.player import playing
from mobile_contract.conformance.recording import Tap, load_all
from tests.conformance.clients import ModelClient, ReferenceClient

RECORDED = load_all()
Json = dict[str, Any]


@pytest.fixture
async def player() -> AsyncIterator[httpx.AsyncClient]:
    async with playing(RECORDED) as (_, url), httpx.AsyncClient(base_url=url, timeout=15) as http:
        yield http


@pytest.mark.parametrize("name", RECORDED)
async def test_a_client_that_keeps_the_contract_passes(name: str, player: httpx.AsyncClient) -> None:
    assert await drive(ModelClient(player), RECORDED[name], player) == []


@pytest.mark.parametrize("name", RECORDED)
async def test_the_reference_phone_passes(name: str, player: httpx.AsyncClient) -> None:
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


class NeverSplits(ModelClient):
    def goes_on(self, failure: SyncFailed) -> bool:
        return failure.code == "cursor_refused" and super().goes_on(failure)


class LeavesTheBadOneOut(ModelClient):
    """Gets past a bad operation by not sending it."""

    def goes_on(self, failure: SyncFailed) -> bool:
        del self.phone.held.outbox[1]
        return True


class KeepsARefusedCursor(ModelClient):
    def goes_on(self, failure: SyncFailed) -> bool:
        return False


class DropsTheOutboxWithTheCursor(ModelClient):
    def goes_on(self, failure: SyncFailed) -> bool:
        self.phone.held.outbox = []
        return super().goes_on(failure)


class KeepsRowsOfBefore(ModelClient):
    """Starts over without letting go of what it held."""

    def goes_on(self, failure: SyncFailed) -> bool:
        rows = self.phone.held.rows
        gone = super().goes_on(failure)
        self.phone.held.rows = rows
        return gone


class KeepsItsOldChain(ModelClient):
    """Is enrolled anew and sends what the old device signed."""

    async def enrol(self, code: str) -> None:
        outbox = self.phone.held.outbox
        await super().enrol(code)
        self.phone.held.outbox = outbox


class DoesItAllAgain(ModelClient):
    """Is enrolled anew and carries along what has landed."""

    async def enrol(self, code: str) -> None:
        if self.phone.device_id:
            self.phone.tap("accept", uuid7())
        await super().enrol(code)


class ForgetsItsWorkWhenEnrolledAnew(ModelClient):
    async def enrol(self, code: str) -> None:
        self.phone.held.outbox = []
        await super().enrol(code)


class StopsAtTheFirstPhoto(ModelClient):
    async def upload(self) -> None:
        for photo_id, data in self.photos:
            if not await self.bring(f"/v1/photos/{photo_id}", data):
                return


class SendsNoBytes(ModelClient):
    async def bring(self, path: str, data: bytes) -> bool:
        answers = [
            await self.phone.http.post(f"{path}/{what}", headers=self.phone.bearer()) for what in ("upload", "complete")
        ]
        return not answers[1].is_error


@pytest.mark.parametrize(
    ("client", "recording", "said"),
    [
        (NeverSplits, "too_large", "the recording is not at an end"),
        (NeverSplits, "unreadable", "the recording is not at an end"),
        (LeavesTheBadOneOut, "unreadable", "the operations have the numbers [1, 3], not [1, 2, 3]"),
        (KeepsARefusedCursor, "unknown_cursor", "the recording is not at an end"),
        (DropsTheOutboxWithTheCursor, "unknown_cursor", "the operations have the numbers [], not [1]"),
        (KeepsRowsOfBefore, "unknown_cursor", "is too much"),
        (KeepsItsOldChain, "fork_mended", "the operations have the numbers [2], not [1]"),
        (DoesItAllAgain, "fork_mended", "the operations have the numbers [1, 2], not [1]"),
        (ForgetsItsWorkWhenEnrolledAnew, "fork_mended", "the operations have the numbers [], not [1]"),
        (IsImpatient, "unavailable", "before Retry-After was over"),
        (StopsAtTheFirstPhoto, "photos", "nobody asked /v1/photos/"),
        (SendsNoBytes, "photos", "nobody asked /v1/photos/"),
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
