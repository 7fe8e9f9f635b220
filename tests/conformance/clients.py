"""Clients that recordings are played to: the reference phone, and the kit's own model of what a client must do."""

import base64
import copy
import hashlib
import json
from typing import Any

import httpx

from mobile_contract.chain import uuid7
from mobile_contract.conformance.drive import SyncFailed
from mobile_contract.conformance.raw_phone import RawPhone
from mobile_contract.conformance.recording import Photo, Tap
from mobile_contract.phone import Phone, SyncRefused, TryLater

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

    def photo(self, photo: Photo) -> None:
        self.phone.photo(photo.visit_id, photo.slot, base64.b64decode(photo.data), photo.content_type)

    async def upload(self) -> None:
        await self.phone.upload_photos()

    async def sync(self) -> None:
        try:
            await self.phone.sync()
        except httpx.TransportError as error:
            raise SyncFailed from error
        except TryLater as error:
            raise SyncFailed(retry_after=error.retry_after) from error
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
        self.photos: list[tuple[str, bytes]] = []
        self.most = 500

    async def enrol(self, code: str) -> None:
        await self.phone.enrol(code)

    def photo(self, photo: Photo) -> None:
        data, photo_id = base64.b64decode(photo.data), uuid7()
        promise = {"photo_id": photo_id, "slot": photo.slot, "content_type": photo.content_type, "size": len(data)}
        self.phone.tap("photo", photo.visit_id, {**promise, "sha256": hashlib.sha256(data).hexdigest()})
        self.photos.append((photo_id, data))

    async def upload(self) -> None:
        for photo_id, data in self.photos:
            await self.bring(f"/v1/photos/{photo_id}", data)

    async def bring(self, path: str, data: bytes) -> bool:
        http, bearer = self.phone.http, self.phone.bearer()
        where = await http.post(f"{path}/upload", headers=bearer)
        if where.is_error:
            return False
        await http.put(where.json()["url"], content=data)
        return (await http.post(f"{path}/complete", headers=bearer)).is_success

    def tap(self, tap: Tap) -> None:
        self.phone.tap(tap.kind, tap.visit_id, tap.body)

    async def sync(self) -> None:
        phone, more = self.phone, True
        while more or phone.held.outbox:
            try:
                answer = await self.ask("/v1/sync", self.exchange())
            except SyncFailed as failure:
                if not self.goes_on(failure):
                    raise
                continue
            self.apply(answer)
            phone.anchor = {"token": answer["anchor"], "monotonic": 1, "boot_id": phone.boot_id, "round_trip": 1}
            more = answer.get("more", False)
        for scope in phone.held.scopes if phone.held.differences() else ():
            total = phone.held.scopes[scope]
            if phone.held.digest(scope) != (total["count"], total["checksum"]):
                body = {"scope": scope, "buckets": phone.held.buckets(scope)}
                phone.held.reconcile(scope, await self.ask("/v1/sync/reconcile", body))

    def goes_on(self, failure: SyncFailed) -> bool:
        """Whether something else is asked next, after a refusal."""
        held, asked = self.phone.held, len(self.exchange()["operations"])
        if failure.code == "cursor_refused":
            held.cursor, held.rows = None, {}
            return True
        if failure.code in ("too_large", "not_canonical") and asked > 1:
            self.most = asked // 2
            return True
        return False

    def exchange(self) -> Json:
        held = self.phone.held
        return {"contract_version": 1, "operations": held.outbox[: self.most], "cursor": held.cursor}

    def apply(self, answer: Json) -> None:
        self.most = 500
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
            code = "too_large" if answer.status_code == 413 else answer.json()["code"]
            raise SyncFailed(code, float(answer.headers.get("retry-after", 0)))
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
