"""Serves recordings to clients in any language: the recorded API, and `/__...` for the test that drives the client."""

import contextlib
from collections.abc import AsyncIterator

import msgspec

from mobile_contract.conformance.http_server import HOST, Reply, Request, serving
from mobile_contract.conformance.play import Play, problem, state_differences
from mobile_contract.conformance.play_photos import STORAGE
from mobile_contract.conformance.recording import Recording


class Player:
    """Holds the recordings and the one that is being played."""

    def __init__(self, recordings: dict[str, Recording]) -> None:
        self.recordings = recordings
        self.play = Play(next(iter(recordings.values())))

    async def handle(self, request: Request, reply: Reply) -> None:
        """Control, or the recorded API."""
        path = request.target.partition("?")[0]
        if not path.startswith("/__") or path.startswith(STORAGE):
            await self.play.answer(request, reply)
        elif (request.method, path) == ("GET", "/__recordings"):
            await reply.json(
                200, [{"name": one.name, "title": one.title, "needs": one.needs} for one in self.recordings.values()]
            )
        elif request.method == "POST" and path.removeprefix("/__play/") in self.recordings:
            self.play = Play(self.recordings[path.removeprefix("/__play/")])
            await reply.json(200, msgspec.to_builtins(self.play.recording))
        elif (request.method, path) == ("GET", "/__state"):
            await reply.json(200, self.play.report())
        elif (request.method, path) == ("POST", "/__state"):
            await self._compare(request, reply)
        elif (request.method, path) == ("POST", "/__release"):
            await reply.json(200, {"released": self.play.release()})
        else:
            await reply.json(404, problem(404, "not_found", "See the README for what there is under /__."))

    async def _compare(self, request: Request, reply: Reply) -> None:
        expected = self.play.expected()
        try:
            seen = msgspec.json.decode(request.body, type=dict)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            await reply.json(400, problem(400, "malformed", str(error)))
            return
        if expected is None:
            step = self.play.report()
            found = [f"the recording is not at an end: {step['step']} of {step['of']} requests were made"]
        else:
            found = state_differences(expected, seen) + self.play.photos_missing()
        self.play.pass_expectation()
        await reply.json(
            200, {"ok": not found and not self.play.faults, "differences": found, "faults": self.play.faults}
        )


@contextlib.asynccontextmanager
async def playing(recordings: dict[str, Recording], port: int = 0) -> AsyncIterator[tuple[Player, str]]:
    """Serve recordings on a port of loopback while the context is open; gives the player and its address."""
    player = Player(recordings)
    async with serving(player.handle, port) as bound:
        yield player, f"http://{HOST}:{bound}"
