"""Plays the server's and the network's part of a recording to whatever client connects, and reports what it did wrong."""

import asyncio
import copy
import json
import time
from typing import Any

import msgspec

from mobile_contract.conformance.holding import Holding
from mobile_contract.conformance.http_server import Reply, Request
from mobile_contract.conformance.matching import Client
from mobile_contract.conformance.play_photos import Photos
from mobile_contract.conformance.recording import Driver, Expect, Phone, Recording, State
from mobile_contract.conformance.signatures import is_signed_by

Json = dict[str, Any]
LOSSES = ("request lost", "reply lost", "busy", "unavailable")
PAGE = b"<html><body>Request Entity Too Large</body></html>"
HOLD_AT_MOST = 10.0
"""Seconds that a held reply waits for the driver."""


class Play:
    """One run of one recording. `asked` lists the requests, `faults` what was wrong with them."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.client = Client(recording)
        self.asked: list[str] = []
        self.faults: list[str] = []
        self.held = False
        self._release = asyncio.Event()
        self._steps = [copy.copy(step) for step in recording.steps if not _is_photo(step)]
        self._photos = Photos([step for step in recording.phone_steps() if _is_photo(step)], self.client.bound)
        self._enrolled: Json = {}
        self._truth, self._seen = Holding(), Holding()
        self._not_before = 0.0
        self._last: Json = {"last_seq": 0, "anchor": "anchor"}
        self._challenge = ""
        self._lost: tuple[Phone, Any] | None = None

    @property
    def done(self) -> bool:
        """Whether the client has asked everything."""
        return not any(isinstance(step, Phone) for step in self._steps) and not self._photos.missing()

    def release(self) -> bool:
        """Let the held reply go. False when none is held."""
        held, self.held = self.held, False
        self._release.set()
        return held

    def expected(self) -> Json | None:
        """What the client must hold at this point, in its own ids; None in the middle of things."""
        waiting = [step for step in self._steps if isinstance(step, Phone | Expect)]
        if waiting and isinstance(waiting[0], Expect):
            state: State = waiting[0].state
        elif not waiting:
            state = self.recording.end
        else:
            return None
        found: Json = self.client.bound.put(msgspec.to_builtins(state))
        return found

    def photos_missing(self) -> list[str]:
        """What a client has not asked for its photos; they can be told when everything else was asked."""
        return [] if any(isinstance(step, Phone | Expect) for step in self._steps) else self._photos.missing()

    def pass_expectation(self) -> None:
        """The client has told what it holds here; the next report is about a later point."""
        waiting = [step for step in self._steps if isinstance(step, Phone | Expect)]
        if waiting and isinstance(waiting[0], Expect):
            self._steps.remove(waiting[0])

    def report(self) -> Json:
        """What `GET /__state` says."""
        total = len(self.recording.phone_steps())
        left = sum(isinstance(step, Phone) for step in self._steps)
        return {
            "recording": self.recording.name, "title": self.recording.title, "step": total - left, "of": total,
            "done": self.done, "held": self.held, "asked": self.asked, "faults": self.faults,
            "expected": self.expected(), "photos_missing": self._photos.missing(),
        }  # fmt: skip

    async def answer(self, request: Request, reply: Reply) -> None:
        """Answer a request of the client by the recording."""
        path = request.target.partition("?")[0]
        self.asked.append(f"{request.method} {path}")
        if path == "/v1/sync/stream":  # hints are not part of any recording, and a client may do without
            await reply.json(404, problem(404, "not_found", "Recordings have no stream of hints."))
            return
        if await self._photos.answer(request, path, reply):
            return
        try:
            body = msgspec.json.decode(request.body) if request.body else None
        except msgspec.DecodeError:
            body = None
        step = self._next()
        if path == "/v1/sync/reconcile" and (same := self._agrees(body)) is not None:
            await reply.json(200, same)
            return
        if step is None or (request.method, path) != (step.request.method, step.request.path):
            await self._beside(path, body, reply, step)
            return
        if self._lost is not None and self._is_eager(step, body):
            await self._reply(self._lost[0], body, reply)
            return
        if path == "/v1/sync" and self._is_extra(step, body):
            await reply.json(200, self._last)
            return
        faults = self._judge(step, request, body)
        if faults:
            self.faults += [f"{step.title}: {fault}" for fault in faults]
            await reply.json(409, problem(409, "not_as_recorded", "; ".join(faults)))
            return
        if step.pieces and isinstance(body, dict) and await self._piece(step, body, reply):
            return
        self._advance(step)
        self._lost = (step, body) if step.network in LOSSES else None
        await self._reply(step, body, reply)

    async def _piece(self, step: Phone, body: Json, reply: Reply) -> bool:
        """A part of the operations that may come in pieces: answered for itself; False for what is the last of them."""
        operations, left = body["operations"], step.request.body["operations"]
        numbers = [json.loads(wire["body"])["seq"] for wire in operations]
        if len(operations) > 1 and set(numbers) & set(step.alone):
            await reply.json(422, problem(422, "not_canonical", "An operation in this batch cannot be read."))
            return True
        if len(operations) == len(left) or step.reply is None:
            return False
        outcomes = [one for one in step.reply.body["outcomes"] if one["seq"] in numbers]
        answer = {"anchor": step.reply.body["anchor"], "last_seq": numbers[-1], "outcomes": outcomes}
        answer = self.client.bound.put(answer)
        self.client.anchors.add(answer["anchor"])
        self._truth.apply(answer)
        self._seen.apply(answer)
        rest = {**step.request.body, "operations": left[len(operations) :]}
        told = [one for one in step.reply.body["outcomes"] if one["seq"] not in numbers]
        step.request = msgspec.structs.replace(step.request, body=rest)
        step.reply = msgspec.structs.replace(step.reply, body={**step.reply.body, "outcomes": told})
        await reply.json(200, answer)
        return True

    def _next(self) -> Phone | None:
        return next((step for step in self._steps if isinstance(step, Phone)), None)

    def _advance(self, step: Phone) -> None:
        while (passed := self._steps.pop(0)) is not step:
            if isinstance(passed, Driver) and passed.does == "lose_row" and passed.row is not None:
                self._seen.rows.pop(passed.row, None)

    def _is_extra(self, step: Phone, body: Any) -> bool:
        """An exchange with nothing in it, before the driver's next move: allowed, and no step of the recording."""
        moves = any(isinstance(one, Driver) for one in self._steps[: self._steps.index(step)])
        empty = isinstance(body, dict) and not body.get("operations") and body.get("cursor") == self._truth.cursor
        return moves and empty and bool(step.request.body["operations"])

    def _is_eager(self, step: Phone, body: Any) -> bool:
        """A client that tries again by itself, before the driver has done what comes next: it meets the same trouble."""
        lost, sent = self._lost or (step, None)
        between = self._steps[: self._steps.index(step)]
        early = any(isinstance(one, Expect) for one in between) or any(
            isinstance(one, Driver) and one.does == "tap" for one in between
        )
        return early and lost.request.path == step.request.path and body == sent

    def _judge(self, step: Phone, request: Request, body: Any) -> list[str]:
        found = []
        if time.monotonic() < self._not_before:
            found.append(f"came back {self._not_before - time.monotonic():.1f} s before Retry-After was over")
        if not step.request.path.startswith(("/v1/devices", "/v1/auth")) and not request.header("authorization"):
            found.append("there is no Authorization header")
        if step.request.body is None:
            return found
        if not isinstance(body, dict):
            return [*found, "the body is not a JSON object"]
        if step.request.path == "/v1/sync/reconcile":
            return found + self._reconcile(step.request.body["scope"], body)
        try:
            return found + self.client.faults(step, body)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            return [*found, f"the body has not the shape of the contract ({type(error).__name__}: {error})"]

    def _reconcile(self, scope: str, body: Json) -> list[str]:
        if body.get("scope") != scope:
            return [f"scope is {body.get('scope')!r}, not {scope!r}"]
        expected = self._seen.buckets(scope)
        return [] if body.get("buckets") == expected else [f"buckets are {body.get('buckets')}, not {expected}"]

    def _agrees(self, body: Any) -> Json | None:
        """The answer to digests in which nothing differs. Asking is no step of a recording, and no fault."""
        if not isinstance(body, dict) or body.get("buckets") != self._truth.buckets(str(body.get("scope"))):
            return None
        count, total = self._truth.digest(body["scope"])
        rev = self._truth.scopes.get(body["scope"], {}).get("rev", 0)
        scopes = {body["scope"]: {"rev": rev, "count": count, "checksum": total}}
        return {"buckets": {}, "scopes": scopes, "more": False}

    async def _beside(self, path: str, body: Any, reply: Reply, step: Phone | None) -> None:
        """A request that is no step. Signing in is always answered; an exchange in which nothing is new, after the end."""
        if path.endswith("/challenge"):
            self._challenge = f"challenge {len(self.asked)}"
            await reply.json(200, {"challenge": self._challenge})
        elif path == "/v1/auth/device" and isinstance(body, dict) and self._challenge:
            if not is_signed_by(self.client.public_key, self._challenge, str(body.get("signature"))):
                self.faults.append("a challenge was not signed by the enrolled key")
            await reply.json(200, self._tokens())
        elif path == "/v1/auth/refresh":
            await reply.json(200, self._tokens())
        elif path == "/v1/sync" and _may_look(step) and isinstance(body, dict) and not body.get("operations"):
            await reply.json(200, self._last)
        else:
            expected = f"{step.request.method} {step.request.path} ({step.title})" if step else "nothing more"
            self.faults.append(f"asked {self.asked[-1]}, expected {expected}")
            await reply.json(409, problem(409, "not_as_recorded", self.faults[-1]))

    def _tokens(self) -> Json:
        return self._enrolled

    async def _reply(self, step: Phone, body: Any, reply: Reply) -> None:
        if step.network == "request lost" or step.reply is None:
            reply.cut()
            return
        if step.reply.body is None:  # not the server's: something before it, which knows of no problem documents
            await reply.whole(step.reply.status, [("content-type", "text/html")], PAGE)
            return
        answer = self.client.bound.put(copy.deepcopy(step.reply.body))
        if step.request.path == "/v1/devices":
            self._enrolled = answer
        if "anchor" in answer:
            self.client.anchors.add(answer["anchor"])
            if step.request.body["cursor"] is None:  # what does not come now is no more
                self._truth.rows, self._seen.rows = {}, {}
            self._take_in(answer, arrives=step.network != "reply lost")
        if step.request.path == "/v1/sync/reconcile" and step.reply.status == 200:
            self._seen.reconcile(body["scope"], answer)
        if step.network == "reply lost":
            reply.cut()
            return
        if step.network == "reply held":
            await self._hold(step)
        if "retry-after" in step.reply.headers:
            # A twentieth of a second is what two clocks may differ in.
            self._not_before = time.monotonic() + int(step.reply.headers["retry-after"]) - 0.05
        await reply.json(step.reply.status, answer, list(step.reply.headers.items()))

    def _take_in(self, answer: Json, *, arrives: bool) -> None:
        """Keep the books, and put in the checksums that belong to this client's ids."""
        self._truth.apply(answer)
        for scope, total in answer.get("scopes", {}).items():
            total["count"], total["checksum"] = self._truth.digest(scope)
        self._last = {"anchor": answer["anchor"], "last_seq": answer["last_seq"]}
        if arrives:
            self._seen.apply(answer)

    async def _hold(self, step: Phone) -> None:
        self._release.clear()
        self.held = True
        try:
            async with asyncio.timeout(HOLD_AT_MOST):
                await self._release.wait()
        except TimeoutError:
            self.held = False
            self.faults.append(f"{step.title}: nobody released the held reply (POST /__release)")


def _is_photo(step: object) -> bool:
    return isinstance(step, Phone) and step.any_order


def _may_look(step: Phone | None) -> bool:
    """An exchange with nothing in it, by a phone that has stopped or is through, changes nothing."""
    return step is None or step.request.path == "/v1/devices"


def problem(status: int, code: str, detail: str) -> Json:
    """A problem document of the player itself."""
    title = "The recording does not go on like this"
    return {
        "type": f"urn:fieldproof:conformance:{code}", "title": title, "status": status, "code": code, "detail": detail,
    }  # fmt: skip


def state_differences(expected: Json, seen: Json) -> list[str]:
    """Where a client's state is not what it must be; a client leaves out what it does not keep, but never rows or outbox."""
    found = [f"{member} is missing" for member in ("rows", "outbox") if member not in seen]
    rows, held = expected.get("rows", {}), seen.get("rows", {})
    # Which rows beside the visit a client keeps for it is the client's business; none but these may be kept.
    optional = {key for key in expected.get("taken_away", []) if not key.startswith("visit/")}
    for collection in sorted(rows.keys() | held.keys()):
        wanted, got = rows.get(collection, {}), held.get(collection, {})
        for row_id in sorted(wanted.keys() | got.keys()):
            want, have = wanted.get(row_id), got.get(row_id)
            if have is None and f"{collection}/{row_id}" in optional:
                continue
            if want is None or have is None:
                found.append(f"row {collection}/{row_id} is {'too much' if want is None else 'missing'}")
            elif any(have[name] != want[name] for name in want if name in have):
                found.append(f"row {collection}/{row_id} is {have}, not {want}")
    for seq, want in expected.get("outcomes", {}).items():
        have = seen.get("outcomes", {}).get(seq)
        if "outcomes" in seen and (have is None or any(have.get(name) != value for name, value in want.items())):
            found.append(f"outcome of operation {seq} is {have}, not {want}")
    if "taken_away" in seen and set(seen["taken_away"]) - optional != set(expected.get("taken_away", [])) - optional:
        found.append(f"taken_away is {seen['taken_away']}, not {expected.get('taken_away', [])}")
    for member, empty in (("outbox", []), ("cursor", None), ("stopped_by", None)):
        want = expected.get(member, empty)
        if member in seen and seen[member] != want:
            found.append(f"{member} is {seen[member]!r}, not {want!r}")
    return found
