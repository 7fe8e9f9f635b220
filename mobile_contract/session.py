"""How a phone asks the API: signed in by its key after any time offline, patient when it is told to wait.

An answer is either JSON of the server, or a problem that sending again will not mend (`SyncRefused`), or nothing that
counts: no network, an outage, too much to do, a page of somebody in between. Those are errors of httpx, and everything
is kept for later.
"""

import asyncio
import email.utils
import time
from collections.abc import Callable
from typing import Any

import httpx

from mobile_contract.answers import is_answer, is_problem
from mobile_contract.chain import DeviceKey

Json = dict[str, Any]
NO_JSON = object()
"""What stands for the JSON of an answer that has none."""


class SyncRefused(Exception):
    """The server answered with a problem that sending again will not mend. `problem` is its document (RFC 9457)."""

    def __init__(self, problem: Json) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.problem = problem

    @property
    def code(self) -> str:
        return str(self.problem.get("code"))


class TryLater(httpx.HTTPStatusError):
    """Overload or an outage (429, 5xx). Ask again, not before `retry_after` seconds have passed."""

    def __init__(self, answer: httpx.Response, retry_after: float) -> None:
        message = f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}; everything is kept"
        super().__init__(message, request=answer.request, response=answer)
        self.retry_after = retry_after


class NotTheServer(httpx.TransportError):
    """Something in between answered in the server's place, such as the page of a hotel's network."""


class Session:
    """One enrolled device at one server.

    `identity` gives the device's id and key. `patience` is how many seconds one call may wait in all where it is told to
    come back later; beyond that it raises `TryLater`, and the caller waits.
    """

    def __init__(
        self, http: httpx.AsyncClient, identity: Callable[[], tuple[str, DeviceKey]], *, patience: float
    ) -> None:
        self.http = http
        self.patience = patience
        self.access_token = ""
        self._identity = identity

    async def call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """A request as the device. Signs in when it must; the answer may be any problem but overload and outage."""
        for attempt in (1, 2):
            if not self.access_token:
                await self.sign_in()
            headers = {"authorization": f"Bearer {self.access_token}"}
            answer = await self.ask(method, path, headers=headers, **kwargs)
            if answer.status_code != 401 or attempt == 2:
                return answer
            self.access_token = ""
        raise AssertionError("unreachable")

    async def json(self, method: str, path: str, **kwargs: Any) -> Any:
        """`call` for an answer that must be good. Raises `SyncRefused`."""
        return good(await self.call(method, path, **kwargs))

    async def sign_in(self) -> Json:
        """By the device's key. Returns the tokens; the key is what stays, so none needs to be kept."""
        device_id, key = self._identity()
        for attempt in (1, 2, 3):
            challenge = good(await self.ask("POST", f"/v1/auth/device/{device_id}/challenge"))["challenge"]
            body = {"challenge": challenge, "signature": key.sign(challenge)}
            answer = await self.ask("POST", "/v1/auth/device", json=body)
            # A challenge counts once, and a network that repeats the request makes the second answer a refusal.
            if answer.status_code != 401 or attempt == 3:
                break
        pair: Json = good(answer)
        self.access_token = pair["access_token"]
        return pair

    async def ask(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """A request, again after each Retry-After as long as patience lasts. Raises `TryLater`."""
        patience = self.patience
        while True:
            answer = await self.http.request(method, path, **kwargs)
            if answer.status_code < 500 and answer.status_code != 429:
                return answer
            wait = retry_after(answer.headers.get("retry-after"))
            if wait is None or wait > patience:
                raise TryLater(answer, wait or 0.0)
            patience -= wait
            await asyncio.sleep(wait)


def good(answer: httpx.Response) -> Any:
    """The JSON of an answer. Raises `SyncRefused` for a problem and `NotTheServer` for what the server never says."""
    if answer.is_error:
        raise SyncRefused(problem_of(answer))
    found = _parsed(answer)
    asked = answer.request.method, answer.request.url.path
    if not answer.is_success or found is NO_JSON or not is_answer(*asked, found):
        raise NotTheServer(f"{answer.status_code} with {answer.text[:100]!r} is no answer of the server")
    return found


def problem_of(answer: httpx.Response) -> Json:
    """The problem document of an answer, with its HTTP status; a page of something in between becomes its detail."""
    found = _parsed(answer)
    if is_problem(found):
        return {**found, "status": answer.status_code}
    return {"code": "not_json", "status": answer.status_code, "detail": answer.text[:200]}


def _parsed(answer: httpx.Response) -> Any:
    """The JSON of an answer, or `NO_JSON`."""
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return NO_JSON


def retry_after(header: str | None) -> float | None:
    """Seconds of a Retry-After header (RFC 9110 section 10.2.3), which is a number or a date; None for none."""
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None
