"""The reference phone: offline first, one exchange to sync, nothing lost when it is killed.

It is the shortest client that keeps every promise of the contract, and the one that the tests and the demo use. The
transport is an `httpx.AsyncClient`; the state is one JSON-able dictionary, written before anything is sent.
"""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from mobile_contract.chain import DeviceKey, make_operation, sha256_hex, uuid7
from mobile_contract.checksum import checksum, share

CONTRACT_VERSION = 1
Json = dict[str, Any]


class SyncRefused(Exception):
    """The server answered with a problem that sending again will not mend."""

    def __init__(self, problem: Json) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.problem = problem


class Phone:
    """One technician's phone. `micros` is its wall clock, `monotonic` its steady clock, both in microseconds."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        disk: Path | None = None,
        micros: Callable[[], int] | None = None,
        monotonic: Callable[[], int] | None = None,
    ) -> None:
        self.http = http
        self.disk = disk
        self.micros = micros or (lambda: time.time_ns() // 1000)
        self.monotonic = monotonic or (lambda: time.monotonic_ns() // 1000)
        self.boot_id = uuid7()
        self.access_token = ""
        self.state: Json = {
            "device_id": None, "key": None, "refresh_token": None, "next_seq": 1, "prev": None, "outbox": [],
            "outcomes": {}, "cursor": None, "rows": {}, "scopes": {}, "anchor": None, "photos": {}, "uploaded": [],
        }  # fmt: skip
        if disk is not None and disk.exists():
            self.state = json.loads(disk.read_text())
        self.key = DeviceKey.from_pem(self.state["key"]) if self.state["key"] else DeviceKey()

    async def enrol(self, code: str, *, label: str = "reference phone", platform: str = "android") -> None:
        """Enrol with a one-time code; the key is proven by signing the code."""
        body = {
            "code": code, "public_key": self.key.public(), "label": label, "platform": platform,
            "proof": self.key.sign(code),
        }  # fmt: skip
        self._keep_tokens(self._json(await self.http.post("/v1/devices", json=body)))
        self.state["key"] = self.key.pem()
        self._save()

    async def sign_in(self) -> None:
        """Back in by the device's key, after any time offline."""
        path = f"/v1/auth/device/{self.state['device_id']}/challenge"
        challenge = self._json(await self.http.post(path))["challenge"]
        body = {"challenge": challenge, "signature": self.key.sign(challenge)}
        self._keep_tokens(self._json(await self.http.post("/v1/auth/device", json=body)))

    def tap(self, kind: str, visit_id: str, body: Json | None = None, *, attachment: str | None = None) -> str:
        """Append an operation to the outbox; works with no network at all. Returns its id."""
        operation_id = uuid7()
        anchor = self.state["anchor"]
        envelope = {
            "id": operation_id, "device_id": self.state["device_id"], "seq": self.state["next_seq"],
            "prev": self.state["prev"], "kind": kind, "subject": {"type": "visit", "id": visit_id},
            "base": self.row("visit", visit_id).get("rev"), "body": body or {},
            "clock": {
                "wall": self.micros(), "monotonic": self.monotonic(), "boot_id": self.boot_id, "anchor": anchor,
            },
        }  # fmt: skip
        wire = make_operation(self.key, envelope, attachment)
        self.state["outbox"].append(wire)
        self.state["next_seq"] += 1
        self.state["prev"] = sha256_hex(wire["body"])
        self._save()
        return operation_id

    def photo(self, visit_id: str, slot: str, data: bytes, content_type: str = "image/jpeg") -> str:
        """Take a photo: a line of the manifest now, the bytes when there is a network. Returns the photo's id."""
        photo_id = uuid7()
        digest = hashlib.sha256(data).hexdigest()
        body = {"photo_id": photo_id, "slot": slot, "sha256": digest, "size": len(data), "content_type": content_type}
        self.state["photos"][photo_id] = {**body, "visit_id": visit_id, "bytes": data.hex()}
        self.tap("photo", visit_id, body)
        return photo_id

    async def sync(self, *, batch: int = 200) -> None:
        """Exchange until the outbox is empty and every page is here. Call it again after any network error."""
        while True:
            body = {
                "contract_version": CONTRACT_VERSION, "operations": self.state["outbox"][:batch],
                "cursor": self.state["cursor"],
            }  # fmt: skip
            sent = self.monotonic()
            answer = self._json(await self._call("POST", "/v1/sync", json=body))
            self._keep_anchor(answer["anchor"], sent)
            self._apply(answer)
            self._save()
            if not answer.get("more") and not self.state["outbox"]:
                return

    async def upload_photos(self) -> int:
        """Bring the promised photos to storage and have them verified. Returns how many were."""
        done = 0
        for photo_id, photo in self.state["photos"].items():
            if photo_id in self.state["uploaded"]:
                continue
            where = self._json(await self._call("POST", f"/v1/photos/{photo_id}/upload"))
            if where["state"] != "verified":
                data = bytes.fromhex(photo["bytes"])
                async with httpx.AsyncClient(timeout=60) as storage:
                    put = await storage.put(where["url"], headers=where["headers"], content=data)
                if put.status_code not in (200, 412):  # 412: these bytes are there already
                    raise httpx.HTTPStatusError("upload refused", request=put.request, response=put)
                self._json(await self._call("POST", f"/v1/photos/{photo_id}/complete"))
            self.state["uploaded"].append(photo_id)
            self._save()
            done += 1
        return done

    def row(self, collection: str, row_id: str) -> Json:
        """A row that the phone holds, with `rev`, `scope`, `hash` and `body`; empty when there is none."""
        found: Json = self.state["rows"].get(f"{collection}/{row_id}", {})
        return found

    def rows(self, collection: str) -> list[Json]:
        """The bodies of a collection."""
        return [row["body"] for key, row in self.state["rows"].items() if key.startswith(collection + "/")]

    def is_intact(self) -> bool:
        """Whether the rows agree with the server's count and checksum of every scope."""
        for scope, expected in self.state["scopes"].items():
            held = [(key, row) for key, row in self.state["rows"].items() if row["scope"] == scope]
            names = [(*key.partition("/"), row) for key, row in held]
            shares = [share(collection, row_id, row["rev"], row["hash"]) for collection, _, row_id, row in names]
            if len(held) != expected["count"] or checksum(shares) != expected["checksum"]:
                return False
        return True

    def _apply(self, answer: Json) -> None:
        for outcome in answer.get("outcomes", []):
            self.state["outcomes"][outcome["id"]] = outcome
        # What has landed leaves the outbox by the number the server has, not by what this reply says of it.
        self.state["outbox"] = [
            wire for wire in self.state["outbox"] if json.loads(wire["body"])["seq"] > answer["last_seq"]
        ]
        rows = self.state["rows"]
        for scope in answer.get("resync", []):
            for key in [key for key, row in rows.items() if row["scope"] == scope]:
                del rows[key]
        for change in answer.get("changes", []):
            key = f"{change['collection']}/{change['id']}"
            if change.get("body") is None:
                rows.pop(key, None)
            else:
                rows[key] = {name: change[name] for name in ("rev", "scope", "hash", "body")}
        self.state["cursor"] = answer.get("cursor") or self.state["cursor"]
        self.state["scopes"].update(answer.get("scopes", {}))

    async def _call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        for attempt in (1, 2):
            if not self.access_token:
                await self.sign_in()
            headers = {"authorization": f"Bearer {self.access_token}"}
            answer = await self.http.request(method, path, headers=headers, **kwargs)
            if answer.status_code != 401 or attempt == 2:
                return answer
            self.access_token = ""
        raise AssertionError("unreachable")

    def _json(self, answer: httpx.Response) -> Any:
        if answer.status_code >= 500 or answer.status_code == 429:
            answer.raise_for_status()
        if answer.is_error:
            raise SyncRefused(answer.json())
        return answer.json()

    def _keep_tokens(self, pair: Json) -> None:
        self.access_token = pair["access_token"]
        self.state["refresh_token"], self.state["device_id"] = pair["refresh_token"], pair["device_id"]
        self._save()

    def _keep_anchor(self, token: str, sent: int) -> None:
        arrived = self.monotonic()
        self.state["anchor"] = {
            "token": token, "monotonic": arrived, "boot_id": self.boot_id, "round_trip": arrived - sent,
        }  # fmt: skip

    def _save(self) -> None:
        if self.disk is not None:
            new = self.disk.with_suffix(".new")
            new.write_text(json.dumps(self.state))
            new.replace(self.disk)
