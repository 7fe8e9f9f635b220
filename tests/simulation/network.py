"""The network between a phone and the server: it drops, delays, repeats and reorders requests and replies.

What happens to a request is drawn from the source of the action that sent it; when it happens is one more thing that the
simulation chooses between, beside the statements that wait at the gate.
"""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import httpx

FATES = ("well", "well", "well", "well", "request lost", "reply lost", "twice", "late", "impatient", "busy")


class Mail:
    """Deliveries that are under way; the simulation takes one when it likes."""

    def __init__(self) -> None:
        self.items: list[tuple[str, Callable[[], None]]] = []

    def post(self, label: str, deliver: Callable[[], None]) -> None:
        self.items.append((label, deliver))


class Network(httpx.AsyncBaseTransport):
    """One phone's way to the server. `chance` is None when the network is well."""

    def __init__(self, world: Any, phone: str) -> None:
        self.world = world
        self.phone = phone
        self.client = f"client {phone}"
        self.chance: random.Random | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        fate = self.chance.choice(FATES) if self.chance else "well"
        world, name = self.world, f"{self.phone} {request.url.path}"
        if fate != "well":
            world.say(f"{name}: {fate}")
        answer: asyncio.Future[httpx.Response] = asyncio.get_running_loop().create_future()
        if fate == "request lost":
            world.mail.post(f"{name} fails", lambda: self._fail(answer, httpx.ConnectError("lost", request=request)))
        elif fate == "busy":
            busy = httpx.Response(503, headers={"retry-after": "1"}, json={"code": "unavailable"}, request=request)
            world.mail.post(f"{name} is refused", lambda: self._give(answer, busy))
        elif fate == "late":
            world.mail.post(f"{name} arrives", lambda: self._serve(name, request, answer))
        else:
            self._serve(name, request, None if fate == "reply lost" else answer, lost=fate == "reply lost", told=answer)
            if fate == "twice":
                world.mail.post(f"{name} arrives again", lambda: self._serve(f"{name} again", request, None))
            if fate == "impatient":
                world.mail.post(
                    f"{name} is given up", lambda: self._fail(answer, httpx.ReadTimeout("", request=request))
                )
        world.gate.rests(self.client)
        return await answer

    def _serve(
        self,
        name: str,
        request: httpx.Request,
        answer: "asyncio.Future[httpx.Response] | None",
        *,
        lost: bool = False,
        told: "asyncio.Future[httpx.Response] | None" = None,
    ) -> None:
        def reply(response: httpx.Response | None) -> None:
            if response is None or lost:
                target = answer or told
                if target is not None:
                    error = httpx.ReadError("the connection broke", request=request)
                    self.world.mail.post(f"{name} breaks off", lambda: self._fail(target, error))
            elif answer is not None:
                self.world.mail.post(f"{name} is answered", lambda: self._give(answer, response))

        self.world.serve(name, request, reply)

    def _fail(self, answer: "asyncio.Future[httpx.Response]", error: Exception) -> None:
        if not answer.done():
            self.world.gate.moves(self.client)
            answer.set_exception(error)

    def _give(self, answer: "asyncio.Future[httpx.Response]", response: httpx.Response) -> None:
        if not answer.done():
            self.world.gate.moves(self.client)
            answer.set_result(response)
