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
SENT_KEPT = 500
"""Operations that stay at hand after they landed."""
Json = dict[str, Any]


def bucket_of(key: str) -> str:
    """The bucket of a row in digests: its collection and the last digit of its id."""
    return f"{key.partition('/')[0]}/{key[-1]}"


def _share(key: str, row: Json) -> int:
    collection, _, row_id = key.partition("/")
    return share(collection, row_id, row["rev"], row["hash"])


def _seq(wire: Json) -> int:
    seq: int = json.loads(wire["body"])["seq"]
    return seq


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
        self.contract_version = CONTRACT_VERSION
        self.access_token = ""
        self.state: Json = {
            "device_id": None, "key": None, "refresh_token": None, "next_seq": 1, "prev": None, "outbox": [], "sent": [],
            "outcomes": {}, "cursor": None, "rows": {}, "scopes": {}, "anchor": None, "photos": {}, "uploaded": [],
            "mismatches": 0,
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

    async def sync(self, *, batch: int = 200, page_bytes: int = 1 << 20) -> None:
        """Exchange until the outbox is empty and every page is here. Call it again after any network error."""
        while True:
            more = await self.exchange(batch=batch, page_bytes=page_bytes)
            if not more and not self.state["outbox"]:
                break
        if not self.is_intact():
            await self.reconcile()

    async def exchange(self, *, batch: int = 200, page_bytes: int = 1 << 20) -> bool:
        """One round trip: the outbox up, a page down. Returns whether there is more to fetch."""
        body = {
            "contract_version": self.contract_version, "operations": self.state["outbox"][:batch],
            "cursor": self.state["cursor"], "page_bytes": page_bytes,
        }  # fmt: skip
        sent = self.monotonic()
        try:
            answer = self._json(await self._call("POST", "/v1/sync", json=body))
        except SyncRefused as refused:
            if not self._send_again_from(refused.problem):
                raise
            return True
        self._keep_anchor(answer["anchor"], sent)
        self._apply(answer)
        self._save()
        return bool(answer.get("more"))

    async def reconcile(self) -> None:
        """For scopes whose count or checksum is off: compare by buckets, and take those that differ from the server."""
        self.state["mismatches"] += 1
        for scope in list(self.state["scopes"]):
            more = True
            while more:
                body = {"scope": scope, "buckets": self._digests(scope)}
                answer = self._json(await self._call("POST", "/v1/sync/reconcile", json=body))
                for bucket, changes in answer["buckets"].items():
                    for key in [key for key, row in self._held(scope) if bucket_of(key) == bucket]:
                        del self.state["rows"][key]
                    for change in changes:
                        self._put(change)
                self.state["scopes"].update(answer["scopes"])
                self._save()
                more = answer.get("more", False)

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
            held = self._held(scope)
            if len(held) != expected["count"] or checksum([_share(*one) for one in held]) != expected["checksum"]:
                return False
        return True

    def _held(self, scope: str) -> list[tuple[str, Json]]:
        """The rows of a scope that the server still gives; those that it took away wait for the outbox to empty."""
        return [(k, row) for k, row in self.state["rows"].items() if row["scope"] == scope and "taken_away" not in row]

    def _digests(self, scope: str) -> Json:
        buckets: dict[str, list[int]] = {}
        for key, row in self._held(scope):
            buckets.setdefault(bucket_of(key), []).append(_share(key, row))
        return {name: {"count": len(shares), "checksum": checksum(shares)} for name, shares in buckets.items()}

    def _apply(self, answer: Json) -> None:
        for outcome in answer.get("outcomes", []):
            self.state["outcomes"][outcome["id"]] = outcome
        self._drop_landed(answer["last_seq"])
        rows = self.state["rows"]
        for scope in answer.get("resync", []):
            for key, _ in self._held(scope):
                del rows[key]
        for change in answer.get("changes", []):
            self._put(change)
        if not self.state["outbox"]:
            for key in [key for key, row in rows.items() if "taken_away" in row]:
                del rows[key]
        self.state["cursor"] = answer.get("cursor") or self.state["cursor"]
        # Between the pages of a scope its count is not known; the last page brings it, perhaps only days later.
        for change in answer.get("changes", []):
            self.state["scopes"].pop(change["scope"], None)
        self.state["scopes"].update(answer.get("scopes", {}))

    def _drop_landed(self, last_seq: int) -> None:
        """What has landed leaves the outbox by the number the server has, not by what a reply says of it.

        The last ones stay at hand: a server that was restored to an earlier state names a lower number, and gets them
        again.
        """
        kept = self.state["sent"] + self.state["outbox"]
        self.state["sent"] = [wire for wire in kept if _seq(wire) <= last_seq][-SENT_KEPT:]
        self.state["outbox"] = [wire for wire in kept if _seq(wire) > last_seq]

    def _send_again_from(self, problem: Json) -> bool:
        """After a gap: whether the operations that the server lacks are still at hand."""
        if problem.get("code") != "sequence_gap":
            return False
        at_hand = {_seq(wire) for wire in self.state["sent"]}
        if problem["expected_seq"] not in at_hand:
            return False
        self._drop_landed(problem["expected_seq"] - 1)
        self._save()
        return True

    def _put(self, change: Json) -> None:
        """A row as it is now. A removal takes effect at once, or when what was tapped before it has been sent."""
        rows, key = self.state["rows"], f"{change['collection']}/{change['id']}"
        if change.get("body") is not None:
            rows[key] = {name: change[name] for name in ("rev", "scope", "hash", "body")}
        elif key in rows and rows[key]["scope"] == change["scope"]:
            rows[key]["taken_away"] = True

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
