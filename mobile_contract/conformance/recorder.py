"""Plays a story against a real server and writes down what went over the wire: this is where recordings come from."""

import base64
import copy
import hashlib
import json
from typing import Any

import httpx

from mobile_contract.chain import DeviceKey, uuid7
from mobile_contract.conformance.faults import Weather
from mobile_contract.conformance.field import Field
from mobile_contract.conformance.holding import Holding
from mobile_contract.conformance.play import problem
from mobile_contract.conformance.proxy import flaky
from mobile_contract.conformance.raw_phone import CONTRACT_VERSION, RawPhone
from mobile_contract.conformance.recording import (
    Desk,
    Driver,
    Expect,
    Operator,
    Outcome,
    Phone,
    Photo,
    Recording,
    Reply,
    Request,
    Row,
    State,
    Step,
    Tap,
    Value,
)

Json = dict[str, Any]
KEPT_HEADERS = ("retry-after",)
MADE_UP: dict[str, Reply | None] = {
    "request lost": None,
    "too large": Reply(413),
    "unreadable": Reply(422, problem(422, "not_canonical", "An operation in this batch cannot be read.")),
}
"""What comes back when the server is not asked: nothing, or what an older server or something before it answers."""


class Recorder:
    """Records one story. `phone` is its client; `name` gives a name to a text that differs from run to run."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.phone = RawPhone(field.http)
        self.steps: list[Step] = []
        self.values: dict[str, Value] = {}
        self.stopped_by: str | None = None
        self.page_bytes: int | None = None
        self._backup: tuple[Holding, int, str | None] | None = None
        self.name("technician", field.technician)
        self.name("site", field.desk.site_id)
        self.name("customer", field.desk.customer_id)

    def name(self, name: str, value: str, made_by: str = "server") -> str:
        """Say that this text is another one in each run."""
        self.values.setdefault(value, Value(name, made_by, value))  # type: ignore[arg-type]
        return value

    async def desk(self, title: str, method: str, path: str, body: Json | None = None) -> Any:
        """Have the dispatcher do something."""
        answer = await self.field.desk.ask(method, path, body)
        answer.raise_for_status()
        reply = answer.json()
        self.steps.append(Desk(title, Request(method, path, body), Reply(answer.status_code, reply)))
        return reply

    async def visit(self) -> str:
        """The desk makes a job with a visit for the technician."""
        body = {"site_id": self.field.desk.site_id, "title": "Chiller shows E42", "checklist": ["Function tested"]}
        job = await self.desk("a job for the site", "POST", "/v1/jobs", body)
        visit_id = self.name(self._numbered("visit"), job["visits"][0]["id"])
        self.field.desk.made(visit_id)
        self.name(self._numbered("job"), job["id"])
        await self.assign(visit_id, self.field.technician)
        return visit_id

    async def assign(self, visit_id: str, technician: str) -> None:
        """The desk sends somebody."""
        if technician != self.field.technician:
            self.name("other technician", technician)
        plan = {
            "technician_ids": [technician], "window_start": "2026-03-02T09:00:00+08:00",
            "window_end": "2026-03-02T11:00:00+08:00",
        }  # fmt: skip
        await self.desk("the visit is assigned", "POST", f"/v1/visits/{visit_id}/assign", plan)

    async def operator(self, does: str) -> None:
        """Have the operator do something to the server."""
        await self.field.operate(does)
        self.steps.append(Operator(does))  # type: ignore[arg-type]

    async def enrol(self) -> None:
        """A code from the desk, and the phone enrols with it."""
        path = f"/v1/users/{self.field.technician}/enrolment-codes"
        code = self.name("enrolment code", (await self.desk("a code for a phone", "POST", path))["code"])
        self.steps.append(Driver("enrol", code=code))
        if self.phone.device_id:
            self.phone.key = DeviceKey()
        body = {
            "code": code, "public_key": self.phone.key.public(), "label": "conformance", "platform": "android",
            "proof": self.phone.key.sign(code),
        }  # fmt: skip
        pair = await self._ask("enrol", "/v1/devices", body)
        self.phone.become({**pair, "access_token": self.phone.token})
        for wire in self.phone.held.outbox:
            envelope = json.loads(wire["body"])
            self.name(f"operation {envelope['seq']} of the new device", envelope["id"], "client")

    def tap(self, kind: str, visit_id: str, body: Json | None = None) -> None:
        """The technician taps."""
        body = body or {}
        self.steps.append(Driver("tap", tap=Tap(kind, visit_id, body)))
        self._tapped(kind, visit_id, body)

    def photo(self, visit_id: str, slot: str, data: bytes) -> str:
        """The technician takes a photo. Returns its id."""
        text = base64.b64encode(data).decode()
        self.steps.append(Driver("photo", photo=Photo(visit_id, slot, "image/png", text)))
        body = {
            "photo_id": uuid7(), "slot": slot, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data),
            "content_type": "image/png",
        }  # fmt: skip
        self._tapped("photo", visit_id, body)
        return str(body["photo_id"])

    def _tapped(self, kind: str, visit_id: str, body: Json) -> None:
        wire = self.phone.tap(kind, visit_id, body)
        envelope = json.loads(wire["body"])
        self.name(f"operation {envelope['seq']}", envelope["id"], "client")
        for key, value in body.items():
            if key.endswith("_id") and value not in self.values:
                self.name(f"{key} of operation {envelope['seq']}", value, "client")

    def drive(self, does: str, **facts: Any) -> None:
        """The driver does something to the client; the recorder's own phone goes along."""
        self.steps.append(Driver(does, **facts))  # type: ignore[arg-type]
        phone = self.phone
        if does == "backup":
            self._backup = copy.deepcopy(phone.held), phone.seq, phone.prev
        elif does == "go_back" and self._backup is not None:
            held, phone.seq, phone.prev = self._backup
            phone.held = copy.deepcopy(held)
        elif does == "lose_row":
            del phone.held.rows[facts["row"]]

    async def sync(self, **facts: Any) -> None:
        """The client syncs to the end, on a good network."""
        self.drive("sync", **facts)
        while True:
            answer = await self.exchange("exchange")
            if not answer.get("more") and not self.phone.held.outbox:
                return

    async def exchange(self, title: str, network: str = "ok", *, suffix: int = 0, **how: Any) -> Json:
        """One exchange of the client; `suffix` leaves out so many operations at the front. Returns the reply's body."""
        held = self.phone.held
        operations = held.outbox[suffix:]
        body = {"contract_version": CONTRACT_VERSION, "operations": operations, "cursor": held.cursor}
        if self.page_bytes is not None:
            body["page_bytes"] = self.page_bytes
        reply = await self._ask(title, "/v1/sync", body, network, suffix=bool(suffix), **how)
        if network == "ok" and "anchor" in reply:
            self.take_in(reply)
        return reply

    def take_in(self, reply: Json) -> None:
        """The client takes the answer of an exchange in."""
        self.phone.held.apply(reply)
        token = reply["anchor"]
        self.phone.anchor = {"token": token, "monotonic": 1, "boot_id": self.phone.boot_id, "round_trip": 1}
        if reply.get("cursor"):
            self.name(self._numbered("cursor"), reply["cursor"])

    async def bring(self, photo_id: str, data: bytes) -> None:
        """What a client asks to bring a photo, in whatever order it brings them; up to the first refusal."""
        path = f"/v1/photos/{photo_id}"
        where = await self._ask("an address for a photo", f"{path}/upload", None, any_order=True)
        if "url" in where:
            async with httpx.AsyncClient(timeout=60) as storage:
                (await storage.put(where["url"], headers=where["headers"], content=data)).raise_for_status()
            await self._ask("the photo is there", f"{path}/complete", None, any_order=True)

    async def reconcile(self, scope: str) -> None:
        """The client compares digests with the server, and takes in what differs."""
        body = {"scope": scope, "buckets": self.phone.held.buckets(scope)}
        reply = await self._ask("reconcile", "/v1/sync/reconcile", body)
        self.phone.held.reconcile(scope, reply)

    async def sign_in(self) -> None:
        """The device signs itself in."""
        path = f"/v1/auth/device/{self.phone.device_id}/challenge"
        challenge = (await self._ask("a challenge", path, None))["challenge"]
        self.name("challenge", challenge)
        body = {"challenge": challenge, "signature": self.phone.key.sign(challenge)}
        await self._ask("the device signs in", "/v1/auth/device", body)

    def expect(self) -> None:
        """Write down what the client holds now."""
        self.steps.append(Expect(self.state()))

    def state(self) -> State:
        """What the client holds."""
        held = self.phone.held
        rows: dict[str, dict[str, Row]] = {}
        for key, row in sorted(held.rows.items()):
            collection, _, row_id = key.partition("/")
            rows.setdefault(collection, {})[row_id] = Row(row["rev"], row["hash"])
        outcomes = {
            str(seq): Outcome(one["outcome"], one.get("was"), one.get("code"))
            for seq, one in sorted(held.outcomes.items())
        }
        outbox = [json.loads(wire["body"])["seq"] for wire in held.outbox]
        return State(rows, sorted(held.taken_away), outbox, outcomes, held.cursor, self.stopped_by)

    def recording(self, name: str, title: str, story: str, needs: list[str]) -> Recording:
        """The whole story."""
        return Recording(
            1, name, title, story, needs, CONTRACT_VERSION, self.phone.key.public(), list(self.values.values()),
            self.steps, self.state(),
        )  # fmt: skip

    async def _ask(self, title: str, path: str, body: Json | None, network: str = "ok", **how: Any) -> Json:
        request = Request("POST", path, copy.deepcopy(body))
        step = Phone(title, request, network, **how)  # type: ignore[arg-type]
        self.steps.append(step)
        if network in MADE_UP:
            step.reply = MADE_UP[network]
            return {}
        if network == "unknown cursor":
            body = {**(body or {}), "cursor": "of another server"}
        open_to_anyone = path.startswith(("/v1/auth/", "/v1/devices"))
        headers = {} if open_to_anyone else self.phone.bearer()
        if network in ("busy", "unavailable"):
            weather = Weather(weights={network: 1}, retry_after=(1, 1))
            async with (
                flaky(str(self.field.http.base_url), 1, weather=weather) as proxy,
                httpx.AsyncClient(base_url=proxy.url) as http,
            ):
                answer = await http.post(path, json=body, headers=headers)
        else:
            answer = await self.field.http.post(path, json=body, headers=headers)
        reply: Json = answer.json()
        reply.pop("request_id", None)  # this server's own, for whoever reads its log
        if "access_token" in reply:
            self.phone.token = reply["access_token"]
            self.phone.device_id = self.name("device", reply["device_id"])
            # What opens doors is not written down; a client does not look inside.
            reply = {**reply, "access_token": "access-token", "refresh_token": "refresh-token"}
        kept = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
        step.reply = Reply(answer.status_code, reply, kept)
        return reply

    def _numbered(self, kind: str) -> str:
        return f"{kind} {1 + sum(value.name.startswith(kind + ' ') for value in self.values.values())}"
