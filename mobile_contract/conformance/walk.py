"""Walks a recording's requests against a server, with ids, keys and signatures of its own, and compares the replies.

What is compared, and what may differ, is stated in the README.
"""

import base64
import copy
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from mobile_contract.chain import DeviceKey, uuid7
from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.holding import Holding, seq_of
from mobile_contract.conformance.raw_phone import PAGES_AT_MOST, RawPhone
from mobile_contract.conformance.recording import Desk, Driver, Expect, Operator, Phone, Photo, Recording, Reply, Tap
from mobile_contract.conformance.substitution import Bound, differences
from mobile_contract.conformance.verdicts import Failed, NotOffered, equal, expect

Json = dict[str, Any]
VOLATILE = frozenset(
    {
        "access_note", "access_token", "anchor", "challenge", "cursor", "detail", "expires_in", "hash", "headers", "name",
        "number", "outcomes", "refresh_token", "rev", "sentence", "title", "unit_price", "currency", "url",
    }
)  # fmt: skip
"""Members that must be there, with whatever value."""


class Walk:
    """One walk. `bound` has this run's text for each recorded one."""

    def __init__(self, field: Field, recording: Recording) -> None:
        self.field = field
        self.recording = recording
        self.phone = RawPhone(field.http)
        self.bound = Bound()
        self.server_values = {value.value for value in recording.values if value.made_by == "server"}
        self._made: dict[int, Json] = {}
        self._backup: tuple[Holding, int, str | None] | None = None
        self._pending: Json | None = None
        self._bytes: dict[str, bytes] = {}
        known: dict[str, Callable[[], str]] = {
            "technician": lambda: field.technician, "other technician": lambda: field.other,
            "site": lambda: field.desk.site_id, "customer": lambda: field.desk.customer_id,
        }  # fmt: skip
        for value in recording.values:
            if value.made_by == "client":
                self.bound[value.value] = uuid7()
            elif value.name in known:
                self.bound[value.value] = known[value.name]()

    async def run(self) -> None:
        """Every step. Raises `Failed` at the first reply that is not as recorded."""
        steps = self.recording.steps
        number = 0
        while number < len(steps):
            step = steps[number]
            number += 1
            if isinstance(step, Phone) and step.network == "ok" and _is_page(step):
                # How many pages there are is the server's business: all of them are compared together.
                pages = [step]
                while _is_page(pages[-1]) and number < len(steps) and isinstance(later := steps[number], Phone):
                    pages.append(later)
                    number += 1
                await self._exchange(pages)
            else:
                await self._one(step)
        self._at_the_end()

    async def _one(self, step: Desk | Operator | Driver | Phone | Expect) -> None:
        if isinstance(step, Desk):
            await self._desk(step)
        elif isinstance(step, Operator):
            await self.field.operate(step.does)
        elif isinstance(step, Driver):
            self._drive(step)
        elif isinstance(step, Phone):
            await self._phone(step)
        else:
            equal(
                _visits(self.phone.held.taken_away),
                _visits(self.bound.put(step.state.taken_away)),
                "visits taken away:",
            )

    async def _desk(self, step: Desk) -> None:
        request: Json = self.bound.put({"path": step.request.path, "body": step.request.body})
        answer = await self.field.desk.ask(step.request.method, request["path"], request["body"])
        expect(
            answer.is_success, f"the desk's request to go well ({step.title})", f"{answer.status_code}: {answer.text}"
        )
        actual = answer.json()
        if not actual:
            raise NotOffered(f"{step.request.path} has nothing in it")
        self.bound.learn(step.reply.body, actual, self.server_values)
        if step.request.path == "/v1/jobs":
            self.field.desk.made(actual["visits"][0]["id"])

    def _drive(self, step: Driver) -> None:
        phone = self.phone
        if step.does == "tap" and step.tap is not None:
            self._tap(step.tap)
        elif step.does == "photo" and step.photo is not None:
            self._take_photo(step.photo)
        elif step.does == "backup":
            self._backup = copy.deepcopy(phone.held), phone.seq, phone.prev
        elif step.does == "go_back" and self._backup is not None:
            held, phone.seq, phone.prev = self._backup
            phone.held = copy.deepcopy(held)
        elif step.does == "lose_row" and step.row is not None:
            del phone.held.rows[self.bound.put(step.row)]
        elif step.does == "release" and self._pending is not None:
            phone.held.apply(self._pending)
            self._pending = None

    def _tap(self, tap: Tap) -> None:
        # The recorded operations come in this order, so the next one without a wire is this tap's.
        recorded = self._recorded_operation(self.phone.seq + 1, tap)
        wire = self.phone.tap(
            tap.kind, self.bound.put(tap.visit_id), self.bound.put(tap.body), id=self.bound[recorded["id"]]
        )
        self._made[self.phone.seq] = wire

    def _take_photo(self, photo: Photo) -> None:
        data = base64.b64decode(photo.data)
        sha256 = hashlib.sha256(data).hexdigest()
        for step in self.recording.phone_steps():
            for wire in (step.request.body or {}).get("operations", []):
                body = json.loads(wire["body"])["body"]
                if body.get("sha256") == sha256:
                    self._bytes[f"/v1/photos/{body['photo_id']}/upload"] = data
                    self._tap(Tap("photo", photo.visit_id, body))
                    return
        raise Failed("the photo's promise in the recording", "none; the recording is broken")

    def _recorded_operation(self, seq: int, tap: Tap) -> Json:
        for step in self.recording.phone_steps():
            for wire in (step.request.body or {}).get("operations", []):
                envelope: Json = json.loads(wire["body"])
                if (envelope["seq"], envelope["kind"], envelope["body"]) == (seq, tap.kind, tap.body):
                    return envelope
        raise Failed(f"operation {seq} in the recording", "none; the recording is broken")

    async def _phone(self, step: Phone) -> None:
        if step.network in ("request lost", "busy", "unavailable", "too large", "unreadable"):
            return  # not the server's doing: it never sees it
        path = step.request.path
        if path == "/v1/sync":
            await self._exchange([step])
        elif path == "/v1/sync/reconcile":
            await self._reconcile(step)
        elif step.any_order:
            await self._photo(step)
        else:
            await self._door(step)

    async def _door(self, step: Phone) -> None:
        """Enrolment and signing in: the kit's own key, the codes and challenges of this run."""
        request = self.bound.put({"path": step.request.path, "body": step.request.body})
        path, body = request["path"], request["body"]
        if path == "/v1/devices":
            if self.phone.device_id:
                self.phone.key = DeviceKey()
            body |= {"public_key": self.phone.key.public(), "proof": self.phone.key.sign(body["code"])}
        elif path == "/v1/auth/device":
            body |= {"signature": self.phone.key.sign(body["challenge"])}
        answer = await self.field.http.post(path, json=body)
        actual = self._compare(step, answer)
        if path == "/v1/devices":
            self._become(actual)
        elif "access_token" in actual:
            self.phone.token = actual["access_token"]

    def _become(self, pair: Json) -> None:
        """Be a device, with what is unsent in its chain, under the ids that the recording has there."""
        recorded = next(one for one, actual in self.bound.items() if actual == pair["device_id"])
        wires = [
            wire for step in self.recording.phone_steps() for wire in (step.request.body or {}).get("operations", [])
        ]  # fmt: skip
        envelopes = [json.loads(wire["body"]) for wire in wires]
        ids = {one["seq"]: self.bound[one["id"]] for one in envelopes if one["device_id"] == recorded}
        self.phone.become(pair, ids)
        self._made |= {seq_of(wire): wire for wire in self.phone.held.outbox}

    async def _photo(self, step: Phone) -> None:
        """A request about a photo; with an address in the answer, the bytes go there."""
        answer = await self.field.http.post(self.bound.put(step.request.path), headers=self.phone.bearer())
        actual = self._compare(step, answer)
        if "url" in actual:
            async with httpx.AsyncClient(timeout=60) as storage:
                data = self._bytes[step.request.path]
                put = await storage.put(actual["url"], headers=actual["headers"], content=data)
            expect(put.is_success or put.status_code == 412, "the storage to take the photo's bytes", put.status_code)

    async def _exchange(self, steps: list[Phone]) -> None:
        first, last = steps[0], steps[-1]
        recorded = first.request.body
        seqs = [json.loads(wire["body"])["seq"] for wire in recorded["operations"]]
        held = self.phone.held
        cursor = held.cursor if recorded["cursor"] else None
        if cursor is None:
            held.rows = {}
        elif first.network == "unknown cursor":
            cursor = "of another server"
        answer = await self.phone.post([self._made[seq] for seq in seqs], cursor)
        actual = self._compare(first, answer)
        if first.network == "reply lost" or answer.is_error:
            return
        changes = list(actual.get("changes", []))
        if first.network == "reply held":
            self._pending = actual
        else:
            self._take_in(actual)
            for _ in range(PAGES_AT_MOST):
                if not actual.get("more"):
                    break
                actual = (await self.phone.post([], held.cursor)).json()
                self._take_in(actual)
                changes += actual.get("changes", [])
        self._compare_rows(steps, changes)
        loses = any(isinstance(step, Driver) and step.does == "lose_row" for step in self.recording.steps)
        if last.reply and last.reply.body.get("scopes") and not held.taken_away and not self._pending and not loses:
            equal(held.differences(), [], f"{last.title}: differences from count and checksum:")

    def _take_in(self, answer: Json) -> None:
        self.phone.held.apply(answer)
        token = answer["anchor"]
        self.phone.anchor = {"token": token, "monotonic": 1, "boot_id": self.phone.boot_id, "round_trip": 1}

    async def _reconcile(self, step: Phone) -> None:
        scope = self.bound.put(step.request.body["scope"])
        for _ in range(PAGES_AT_MOST):
            body = {"scope": scope, "buckets": self.phone.held.buckets(scope)}
            answer = await self.field.http.post("/v1/sync/reconcile", json=body, headers=self.phone.bearer())
            if answer.status_code in (404, 405):
                raise NotOffered(f"POST /v1/sync/reconcile answers {answer.status_code}")
            equal(answer.status_code, 200, f"{step.title}: status")
            self.phone.held.reconcile(scope, answer.json())
            if not answer.json().get("more"):
                break
        equal(self.phone.held.differences(), [], f"{step.title}: differences from count and checksum:")

    def _compare(self, step: Phone, answer: httpx.Response) -> Json:
        """Status and everything but the rows. Returns the body."""
        reply = step.reply or Reply(0)
        if answer.status_code != reply.status:
            raise Failed(f"{step.title}: status {reply.status}", f"{answer.status_code}: {answer.text[:300]}")
        actual: Json = answer.json()
        self.bound.learn(reply.body, actual, self.server_values)
        recorded = self.bound.put(reply.body)
        if "anchor" in recorded:
            equal(_told(actual), _told(recorded), f"{step.title}: outcomes and last_seq")
            equal(self._scopes(actual), self._scopes(recorded), f"{step.title}: resync names")
            expect(bool(actual.get("anchor")), f"{step.title}: an anchor", actual.get("anchor"))
            if recorded.get("cursor"):
                expect(bool(actual.get("cursor")), f"{step.title}: a cursor", "none")
        else:
            found = differences(recorded, actual, skip=VOLATILE)
            equal(found, [], f"{step.title}: differences in the body:")
        return actual

    def _scopes(self, answer: Json) -> list[str]:
        own = f"technician:{self.field.technician}"
        return [scope for scope in answer.get("resync", []) if scope == own]

    def _compare_rows(self, steps: list[Phone], changes: list[Json]) -> None:
        """The rows that the recording names (the ones that its visits are made of), each way; others are none of ours."""
        recorded = [change for step in steps if step.reply for change in step.reply.body.get("changes", [])]
        ids = {self.bound.put(value) for value in self.server_values} | set(self.bound.values())
        want = {_key(change): change for change in self.bound.put(recorded) if change["id"] in ids}
        have = {_key(change): change for change in changes if change["id"] in ids}
        title = steps[-1].title
        equal(
            {k: "body" in v for k, v in have.items()}, {k: "body" in v for k, v in want.items()}, f"{title}: rows sent"
        )
        for key, change in want.items():
            found = differences(change.get("body"), have[key].get("body"), skip=VOLATILE, path=key)
            equal(found, [], f"{title}: differences in a row:")

    def _at_the_end(self) -> None:
        end, held = self.recording.end, self.phone.held
        equal([json.loads(wire["body"])["seq"] for wire in held.outbox], end.outbox, "the outbox in the end")
        ids = set(self.bound)
        want = {f"{c}/{self.bound[i]}" for c, rows in end.rows.items() for i in rows if i in ids}
        have = {key for key in held.rows if key.partition("/")[2] in set(self.bound.values())}
        equal(sorted(have), sorted(want), "rows in the end (of those that the recording names)")


def _is_page(step: Phone) -> bool:
    return bool(step.reply and isinstance(step.reply.body, dict) and step.reply.body.get("more"))


def _visits(keys: Iterable[str]) -> list[str]:
    return sorted(key for key in keys if key.startswith("visit/"))


def _told(answer: Json) -> Json:
    members = ("id", "seq", "outcome", "was", "code")
    outcomes = [{name: one.get(name) for name in members} for one in answer.get("outcomes", [])]
    return {"last_seq": answer.get("last_seq"), "outcomes": outcomes}


def _key(change: Json) -> str:
    return f"{change['collection']}/{change['id']}"


def walked(recording: Recording) -> Check:
    """A recording as a check of a server."""

    async def run(field: Field) -> None:
        await Walk(field, recording).run()

    return run
