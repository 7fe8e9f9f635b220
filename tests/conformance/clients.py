"""Clients that recordings are played to: the reference phone, and the kit's own model of what a client must do."""

import copy
import json
from typing import Any

import httpx

from mobile_contract.conformance.drive import SyncFailed
from mobile_contract.conformance.raw_phone import RawPhone
from mobile_contract.conformance.recording import Tap
from mobile_contract.phone import Phone, SyncRefused

Json = dict[str, Any]


class ReferenceClient:
    """`mobile_contract/phone.py`."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.phone = Phone(http)
        self.copy: Json = {}

    async def enrol(self, code: str) -> None:
        await self.phone.enrol(code)

    def tap(self, tap: Tap) -> None:
        self.phone.tap(tap.kind, tap.visit_id, tap.body)

    async def sync(self) -> None:
        try:
            await self.phone.sync()
        except httpx.TransportError as error:
            raise SyncFailed from error
        except httpx.HTTPStatusError as error:
            raise SyncFailed(retry_after=float(error.response.headers.get("retry-after", 0))) from error
        except SyncRefused as error:
            raise SyncFailed(error.problem["code"]) from error

    def backup(self) -> None:
        self.copy = copy.deepcopy(self.phone.state)

    def go_back(self) -> None:
        self.phone.state = copy.deepcopy(self.copy)

    def lose_row(self, row: str) -> None:
        del self.phone.state["rows"][row]

    def state(self) -> Json:
        state = self.phone.state
        rows: Json = {}
        for key, row in state["rows"].items():
            collection, _, row_id = key.partition("/")
            rows.setdefault(collection, {})[row_id] = {"rev": row["rev"], "hash": row["hash"]}
        return {
            "rows": rows,
            "taken_away": sorted(key for key, row in state["rows"].items() if row.get("taken_away")),
            "outbox": [json.loads(wire["body"])["seq"] for wire in state["outbox"]],
            "outcomes": {str(one["seq"]): one for one in state["outcomes"].values()},
            "cursor": state["cursor"],
        }


class ModelClient:
    """The kit's raw phone with its holding: does what the contract says, and nothing clever. Broken ones override it."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.phone = RawPhone(http)
        self.copy: Any = None

    async def enrol(self, code: str) -> None:
        await self.phone.enrol(code)

    def tap(self, tap: Tap) -> None:
        self.phone.tap(tap.kind, tap.visit_id, tap.body)

    async def sync(self) -> None:
        phone, more = self.phone, True
        while more or phone.held.outbox:
            answer = await self.ask("/v1/sync", self.exchange())
            self.apply(answer)
            phone.anchor = {"token": answer["anchor"], "monotonic": 1, "boot_id": phone.boot_id, "round_trip": 1}
            more = answer.get("more", False)
        for scope in phone.held.scopes if phone.held.differences() else ():
            total = phone.held.scopes[scope]
            if phone.held.digest(scope) != (total["count"], total["checksum"]):
                body = {"scope": scope, "buckets": phone.held.buckets(scope)}
                phone.held.reconcile(scope, await self.ask("/v1/sync/reconcile", body))

    def exchange(self) -> Json:
        return {"contract_version": 1, "operations": self.phone.held.outbox, "cursor": self.phone.held.cursor}

    def apply(self, answer: Json) -> None:
        self.phone.held.apply(answer)

    async def ask(self, path: str, body: Json) -> Json:
        phone = self.phone
        try:
            answer = await phone.http.post(path, json=body, headers=phone.bearer())
            if answer.status_code == 401:
                way = f"/v1/auth/device/{phone.device_id}/challenge"
                challenge = (await phone.http.post(way)).json()["challenge"]
                proof = {"challenge": challenge, "signature": phone.key.sign(challenge)}
                phone.token = (await phone.http.post("/v1/auth/device", json=proof)).json()["access_token"]
                answer = await phone.http.post(path, json=body, headers=phone.bearer())
        except httpx.TransportError as error:
            raise SyncFailed from error
        if answer.is_error:
            raise SyncFailed(answer.json()["code"], float(answer.headers.get("retry-after", 0)))
        found: Json = answer.json()
        return found

    def backup(self) -> None:
        self.copy = copy.deepcopy(self.phone.held), self.phone.seq, self.phone.prev

    def go_back(self) -> None:
        self.phone.held, self.phone.seq, self.phone.prev = copy.deepcopy(self.copy)

    def lose_row(self, row: str) -> None:
        del self.phone.held.rows[row]

    def state(self) -> Json:
        held, rows = self.phone.held, {}
        for key, row in held.rows.items():
            collection, _, row_id = key.partition("/")
            rows.setdefault(collection, {})[row_id] = {"rev": row["rev"], "hash": row["hash"]}
        outbox = [json.loads(wire["body"])["seq"] for wire in held.outbox]
        outcomes = {str(seq): one for seq, one in held.outcomes.items()}
        return {
            "rows": rows, "taken_away": sorted(held.taken_away), "outbox": outbox, "outcomes": outcomes,
            "cursor": held.cursor,
        }  # fmt: skip
