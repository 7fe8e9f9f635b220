"""Takes a client through a recording that is being played: what a test in any language does, here in Python.

The client is whatever you build; `Client` says what the driver must be able to do with it.
"""

import asyncio
from typing import Any, Protocol

import httpx

from mobile_contract.conformance.recording import Driver, Expect, Photo, Recording, Tap

Json = dict[str, Any]
TRIES = 500


class SyncFailed(Exception):
    """The client could not sync: no network, or refused with a problem's `code`, or to wait for `retry_after` seconds."""

    def __init__(self, code: str | None = None, retry_after: float = 0.0) -> None:
        super().__init__(code or "no network")
        self.code = code
        self.retry_after = retry_after


class Client(Protocol):
    """A client under test."""

    async def enrol(self, code: str) -> None:
        """Enrol with a one-time code; in place of the device that it was, when it was one."""

    def tap(self, tap: Tap) -> None:
        """Put an operation into the outbox. The ids in its body may be replaced by the client's own."""

    def photo(self, photo: Photo) -> None:
        """Take a photo: its promise into the outbox, with an id of the client's own, and its bytes kept."""

    async def upload(self) -> None:
        """Bring the photos that were promised, all that can be brought."""

    async def sync(self) -> None:
        """One attempt to send everything and to get everything. Raises `SyncFailed`."""

    def backup(self) -> None:
        """Copy what is on the disk."""

    def go_back(self) -> None:
        """Put the disk back to the copy."""

    def lose_row(self, row: str) -> None:
        """Lose a row (`collection/id`) from the disk."""

    def state(self) -> Json:
        """What it holds, in the form of `State` in recording.py; members that the client does not keep are left out."""


async def drive(client: Client, recording: Recording, player: httpx.AsyncClient) -> list[str]:
    """Play a recording with a client. Returns what is wrong, in sentences; empty when all is as it must be."""
    (await player.post(f"/__play/{recording.name}")).raise_for_status()
    run = _Run(client, player)
    for step in recording.steps:
        if isinstance(step, Driver):
            await run.step(step)
        elif isinstance(step, Expect):
            await run.compare()
    await run.compare()
    return run.found


class _Run:
    def __init__(self, client: Client, player: httpx.AsyncClient) -> None:
        self.client, self.player = client, player
        self.found: list[str] = []
        self._stopped_by: str | None = None
        self._held: asyncio.Task[None] | None = None

    async def step(self, step: Driver) -> None:
        client = self.client
        if step.does == "enrol" and step.code is not None:
            await client.enrol(step.code)
        elif step.does == "tap" and step.tap is not None:
            client.tap(step.tap)
        elif step.does == "photo" and step.photo is not None:
            client.photo(step.photo)
        elif step.does == "upload":
            await client.upload()
        elif step.does == "backup":
            client.backup()
        elif step.does == "go_back":
            client.go_back()
        elif step.does == "lose_row" and step.row is not None:
            client.lose_row(step.row)
        elif step.does == "sync" and step.held:
            self._held = asyncio.create_task(self._sync())
            await self._until_held()
        elif step.does == "sync":
            await self._sync()
        elif step.does == "release" and self._held is not None:
            await self.player.post("/__release")
            await self._held

    async def compare(self) -> None:
        answer = (
            await self.player.post("/__state", json={"stopped_by": self._stopped_by, **self.client.state()})
        ).json()
        self.found += [line for line in answer["differences"] + answer["faults"] if line not in self.found]

    async def _sync(self) -> None:
        self._stopped_by = None
        try:
            await self.client.sync()
        except SyncFailed as failure:
            if failure.code in ("device_forked", "chain_broken", "wrong_signature"):
                self._stopped_by = failure.code
            await asyncio.sleep(failure.retry_after)

    async def _until_held(self) -> None:
        for _ in range(TRIES):
            if (await self.player.get("/__state")).json()["held"]:
                return
            await asyncio.sleep(0.01)
        self.found.append("the client never made the request whose reply is held")
