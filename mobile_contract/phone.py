"""The reference phone: offline first, one exchange to sync, nothing lost when it is killed.

It is a whole client of the contract, as plain as one can be, and the one that the tests and the demo use. The transport is
an `httpx.AsyncClient`; the state is one JSON-able dictionary that is replaced on the disk by every step, so a phone killed
between any two of them goes on from the last. What may be sent is judged in `outbox.py`, requests are made in `session.py`,
exchanges in `exchange.py`, rows change in `rows.py`, photos are brought by `upload.py`
and told of by `progress.py`.
"""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from mobile_contract import exchange, rows
from mobile_contract.chain import DeviceKey, make_operation, sha256_hex, uuid7
from mobile_contract.limits import CONTRACT_VERSION, INTEGER, PHOTO_BYTES, SUBJECTS, most_bytes
from mobile_contract.outbox import NotSendable, chain_anew, envelope_of, must_be_sendable
from mobile_contract.pictures import Pictures
from mobile_contract.progress import is_withdrawn, progress, unsent_promises
from mobile_contract.session import NotTheServer, Session, SyncRefused, TryLater, good
from mobile_contract.upload import STORAGE_TIMEOUT, UploadFailed, UploadRefused, upload

__all__ = [
    "CONTRACT_VERSION",
    "NotSendable",
    "NotTheServer",
    "OtherTechniciansWork",
    "Phone",
    "SyncRefused",
    "TryLater",
]
Json = dict[str, Any]
NEW: Json = {
    "device_id": None, "user_id": None, "key": None, "refresh_token": None, "next_seq": 1, "prev": None, "outbox": [],
    "sent": [], "outcomes": {}, "known_as": {}, "set_aside": [], "stopped_by": None, "revoked": False, "cursor": None,
    "rows": {}, "scopes": {}, "anchor": None, "photos": {}, "uploaded": [], "mismatches": 0,
    "new_phones": [],
}  # fmt: skip
"""A phone that is not enrolled yet. `known_as` has the id that the app knows for operations that were signed anew;
`set_aside` what no server takes (an older version let it in), each as {wire, code, sentence}; `stopped_by` the problem for
which the phone must be enrolled anew."""
SILENT_AT_MOST = 2
"""Photos in a row that nobody answers for, before the others wait for a better network."""


class OtherTechniciansWork(Exception):
    """The outbox holds another technician's work. Sync it as them first, or give this phone another disk."""


class Phone:
    """One technician's phone. `micros` is its wall clock, `monotonic` its steady clock, both in microseconds.

    `patience` is how many seconds a call may wait in all where the server says by Retry-After when to come back.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        disk: Path | None = None,
        micros: Callable[[], int] | None = None,
        monotonic: Callable[[], int] | None = None,
        patience: float = 30.0,
    ) -> None:
        self.disk = disk
        self.micros = micros or (lambda: time.time_ns() // 1000)
        self.monotonic = monotonic or (lambda: time.monotonic_ns() // 1000)
        self.boot_id = uuid7()
        self.contract_version = CONTRACT_VERSION
        self.session = Session(http, lambda: (str(self.state["device_id"]), self.key), patience=patience)
        self._brought_now: str | None = None
        self.pictures = Pictures(disk.with_suffix(".photos") if disk else None)
        self.state: Json = json.loads(json.dumps(NEW))
        if disk is not None and disk.exists():
            self.state |= json.loads(disk.read_text())
        self.key = DeviceKey.from_pem(self.state["key"]) if self.state["key"] else DeviceKey()
        self._take_over_pictures()

    @property
    def http(self) -> httpx.AsyncClient:
        """The transport; a test may put another in its place."""
        return self.session.http

    @http.setter
    def http(self, http: httpx.AsyncClient) -> None:
        self.session.http = http

    @property
    def access_token(self) -> str:
        """What opens the API for some minutes; empty when the phone has to sign in first."""
        return self.session.access_token

    @access_token.setter
    def access_token(self, token: str) -> None:
        self.session.access_token = token

    async def enrol(self, code: str, *, label: str = "reference phone", platform: str = "android") -> None:
        """Enrol with a one-time code; the key is proven by signing the code.

        Anew, in place of a device that was forked or lost its way: what has landed stays there, what is unsent is signed
        into the new device's chain, and what no server takes is set aside. Raises `OtherTechniciansWork`.
        """
        if self.state["outbox"] and not self.state["stopped_by"]:
            await exchange.hand_in(self)
        key = DeviceKey() if self.state["device_id"] else self.key
        body = {
            "code": code, "public_key": key.public(), "label": label, "platform": platform, "proof": key.sign(code),
        }  # fmt: skip
        pair = good(await self.session.ask("POST", "/v1/devices", json=body))
        self._become(key, pair)

    def _become(self, key: DeviceKey, pair: Json) -> None:
        """From here on this is another device, with the outbox in its own chain; in one step on the disk."""
        before = self.state
        other = before["user_id"] not in (None, pair["user_id"])
        if other and before["outbox"]:
            raise OtherTechniciansWork("The outbox holds work of another technician. Sync it as them first.")
        stopped = before["stopped_by"] or {}
        refused = {stopped["id"]: stopped["problem"]} if stopped.get("poison") else {}
        moved = chain_anew(key, pair["device_id"], before["outbox"], refused)
        known_as = {}
        for old, new in moved.anew:
            old_id = envelope_of(old)["id"]
            known_as[envelope_of(new)["id"]] = before["known_as"].get(old_id, old_id)
        outbox = [new for _, new in moved.anew]
        self.commit(
            **(dict.fromkeys(("cursor",)) | {"rows": {}, "scopes": {}} if other else {}),
            device_id=pair["device_id"], user_id=pair["user_id"], refresh_token=pair["refresh_token"], key=key.pem(),
            outbox=outbox, next_seq=len(outbox) + 1, prev=sha256_hex(outbox[-1]["body"]) if outbox else None, sent=[],
            known_as=known_as, set_aside=before["set_aside"] + moved.behind, stopped_by=None, revoked=False, anchor=None,
            new_phones=[],
        )  # fmt: skip
        self.key, self.session.access_token = key, pair["access_token"]

    async def sign_in(self) -> None:
        """Back in by the device's key, after any time offline."""
        pair = await self.session.sign_in()
        self.commit(refresh_token=pair["refresh_token"], user_id=pair["user_id"])

    async def show_new_phones(self) -> list[Json]:
        """Other phones that sign in the technician's name since the last call: show them, so that a stranger's is noticed."""
        shown: list[Json] = self.state["new_phones"]
        if shown:
            await self._call("POST", "/v1/devices/told")
            self.commit(new_phones=[])
        return shown

    def tap(self, kind: str, subject_id: str, body: Json | None = None, *, attachment: str | None = None) -> str:
        """Append an operation to the outbox; works with no network at all. Returns its id.

        `subject_id` is of what the kind is about: a visit, for most; `subjects.json` has the others.

        Raises `NotSendable`, and keeps nothing, when no server would take it.
        """
        return self._append(self._envelope(kind, subject_id, body), attachment)

    def photo(
        self,
        visit_id: str,
        slot: str,
        data: bytes,
        content_type: str = "image/jpeg",
        *,
        thumbnail: bytes | None = None,
    ) -> str:
        """Take a photo: a line of the manifest now, the bytes when there is a network. Returns the photo's id.

        `thumbnail` is a small picture of it, which `pictures.thumbnail` gives back without the photo's own bytes.
        """
        if not 0 < len(data) <= PHOTO_BYTES:
            raise NotSendable("too_large", f"A photo has 1 to {PHOTO_BYTES} bytes; this has {len(data)}.")
        photo_id = uuid7()
        digest = hashlib.sha256(data).hexdigest()
        body = {"photo_id": photo_id, "slot": slot, "sha256": digest, "size": len(data), "content_type": content_type}
        envelope = self._envelope("photo", visit_id, body)
        must_be_sendable(envelope, most=most_bytes("photo"))
        self.pictures.keep(photo_id, data, thumbnail)
        taken = {
            **body, "visit_id": visit_id, "operation_id": envelope["id"], "state": "waiting", "finding": None,
        }  # fmt: skip
        self._append(envelope, None, photos={**self.state["photos"], photo_id: taken})
        return photo_id

    def withdraw_photo(self, photo_id: str, reason: str = "") -> str:
        """Take a photo back before the customer has decided: it is shown and sent no more, unless the server says that it must stay.

        Returns the operation's id.
        """
        photo = self.state["photos"][photo_id]
        operation = self.tap("photo_withdrawn", photo["visit_id"], {"photo_id": photo_id, "reason": reason})
        self.commit(photos={**self.state["photos"], photo_id: {**photo, "withdrawn": operation}})
        return operation

    def is_withdrawn(self, photo_id: str) -> bool:
        """Whether a photo was taken back, and the server has not said otherwise."""
        return is_withdrawn(self.state, photo_id)

    def _envelope(self, kind: str, subject_id: str, body: Json | None) -> Json:
        subject = SUBJECTS.get(kind, "visit")
        wall = max(-INTEGER, min(INTEGER, self.micros()))  # whoever set it to the year 2300 can still tap
        clock = {
            "wall": wall, "monotonic": self.monotonic(), "boot_id": self.boot_id,
            "anchor": self.state["anchor"],
        }  # fmt: skip
        return {
            "id": uuid7(), "device_id": self.state["device_id"], "seq": self.state["next_seq"],
            "prev": self.state["prev"], "kind": kind, "subject": {"type": subject, "id": subject_id},
            "base": self.row(subject, subject_id).get("rev"), "body": {} if body is None else body, "clock": clock,
        }  # fmt: skip

    def _append(self, envelope: Json, attachment: str | None, **beside: Any) -> str:
        must_be_sendable(envelope, attachment, most=most_bytes(envelope["kind"]))
        wire = make_operation(self.key, envelope, attachment)
        self.commit(
            outbox=[*self.state["outbox"], wire], next_seq=envelope["seq"] + 1, prev=sha256_hex(wire["body"]), **beside
        )
        operation_id: str = envelope["id"]
        return operation_id

    async def sync(self, *, batch: int = 200, page_bytes: int = 1 << 20) -> None:
        """Exchange until the outbox is empty and every page is here. Call it again after any network error.

        Raises `SyncRefused` when the outbox cannot go on; what comes down is here all the same.
        """
        await exchange.sync(self, batch=batch, page_bytes=page_bytes)
        if not self.state["revoked"] and not self.is_intact():
            await self.reconcile()
        self._forget_when_revoked()

    async def exchange(self, *, batch: int = 200, page_bytes: int = 1 << 20) -> bool:
        """One round trip: the outbox up, a page down. Returns whether there is more to fetch."""
        return await exchange.once(self, batch=batch, page_bytes=page_bytes)

    async def reconcile(self) -> None:
        """For scopes whose count or checksum is off: compare by buckets, and take those that differ from the server."""
        self.commit(mismatches=self.state["mismatches"] + 1)
        for scope in list(self.state["scopes"]):
            more = True
            while more:
                body = {
                    "scope": scope,
                    "buckets": rows.digests(self.state["rows"], scope),
                    "contract_version": self.contract_version,
                }
                answer = await self.session.json("POST", "/v1/sync/reconcile", json=body)
                self.commit(
                    rows=rows.replaced(self.state["rows"], scope, answer["buckets"]),
                    scopes={**self.state["scopes"], **answer["scopes"]},
                )
                more = answer.get("more", False)

    async def upload_photos(self) -> int:
        """Bring the promised photos to storage and have them verified. Returns how many were.

        What became of each stands in `state["photos"]`: `verified`, or `refused` with a finding, or `waiting`. One that is
        refused holds nobody up, and is tried again by the next call. Raises `UploadFailed` when nobody answers.
        """
        promised = unsent_promises(self.state["outbox"])
        done, silence, silent = 0, None, 0
        async with httpx.AsyncClient(timeout=STORAGE_TIMEOUT) as storage:
            tries = {photo_id: photo.get("tries", 0) for photo_id, photo in self.state["photos"].items()}
            # What was tried least comes first: else those that nobody answers for would stand before the others each time.
            for photo_id in sorted(tries, key=lambda one: tries[one]):
                if photo_id in self.state["uploaded"] or photo_id in promised or self.is_withdrawn(photo_id):
                    continue
                try:
                    await self._bring(storage, photo_id)
                except UploadRefused as refused:
                    self._note(photo_id, "refused", str(refused))
                    silent = 0
                except UploadFailed as failed:
                    self._note(photo_id, "waiting", str(failed))
                    if failed.is_silence:
                        silence, silent = failed, silent + 1
                    if silent == SILENT_AT_MOST:
                        break
                else:
                    self._note(photo_id, "verified", None)
                    done, silent = done + 1, 0
        self._forget_when_revoked()
        if silence is not None and not done:
            raise silence
        return done

    async def _bring(self, storage: httpx.AsyncClient, photo_id: str) -> None:
        data = self.pictures.read(photo_id)
        if data is None:
            raise UploadRefused(
                {"code": "bytes_lost", "detail": "The bytes of this photo are not on the phone any more."}
            )
        self._brought_now = photo_id
        try:
            await upload(self._call, storage, photo_id, data, lambda sent: self._tell(photo_id, sent))
        finally:
            self._brought_now = None

    def _tell(self, photo_id: str, sent: int) -> None:
        photos = self.state["photos"]
        self.commit(photos={**photos, photo_id: {**photos[photo_id], "sent": sent}})

    def photo_progress(self, visit_id: str | None = None) -> list[Json]:
        """How far the photos are that were taken here: of a visit, or all; see `progress.py`."""
        return progress(self.state, self._brought_now, visit_id)

    def _note(self, photo_id: str, state: str, finding: str | None) -> None:
        photos, uploaded = self.state["photos"], self.state["uploaded"]
        tries = photos[photo_id].get("tries", 0) + 1
        self.commit(
            photos={**photos, photo_id: {**photos[photo_id], "state": state, "finding": finding, "tries": tries}},
            uploaded=[*uploaded, photo_id] if state == "verified" else uploaded,
        )

    def row(self, collection: str, row_id: str) -> Json:
        """A row that the phone holds, with `rev`, `scope`, `hash` and `body`; empty when there is none."""
        found: Json = self.state["rows"].get(f"{collection}/{row_id}", {})
        return found

    def rows(self, collection: str) -> list[Json]:
        """The bodies of a collection."""
        return [row["body"] for key, row in self.state["rows"].items() if key.startswith(collection + "/")]

    def is_intact(self) -> bool:
        """Whether the rows agree with the server's count and checksum of every scope."""
        return rows.is_intact(self.state["rows"], self.state["scopes"])

    def commit(self, **changed: Any) -> None:
        """Change the state: on the disk first, then here. When the disk refuses, nothing has changed."""
        state = {**self.state, **changed}
        if self.disk is not None:
            new = self.disk.with_suffix(".new")
            new.write_text(json.dumps(state))
            new.replace(self.disk)
        self.state.update(changed)

    async def _call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        return await self.session.call(method, path, **kwargs)

    def _forget_when_revoked(self) -> None:
        """A phone that was revoked keeps nothing of the customers once its work and its photos are handed in."""
        photos = self.state["photos"]
        waiting = [one for one in photos if photos[one]["state"] == "waiting" and not self.is_withdrawn(one)]
        if self.state["revoked"] and not self.state["outbox"] and not waiting:
            self.commit(rows={}, scopes={}, cursor=None)
            self.pictures.without_thumbnails()

    def _take_over_pictures(self) -> None:
        """From the disk of an older version, which held the bytes of photos in its state."""
        photos = {}
        for photo_id, photo in self.state["photos"].items():
            state = "verified" if photo_id in self.state["uploaded"] else "waiting"
            photos[photo_id] = {"state": state, "finding": None, **photo}
            if (data := photos[photo_id].pop("bytes", None)) is not None:
                self.pictures.keep(photo_id, bytes.fromhex(data))
        if photos != self.state["photos"]:
            self.commit(photos=photos)
        self.pictures.only(photos)
