"""A phone that does exactly what a check tells it, right or wrong: raw requests, operations with any field changed."""

import json
import time
from typing import Any

import httpx
import rfc8785

from mobile_contract.chain import DeviceKey, base64url, sha256_hex, uuid7
from mobile_contract.conformance.holding import Holding
from mobile_contract.conformance.verdicts import Failed

Json = dict[str, Any]
CONTRACT_VERSION = 1
PAGES_AT_MOST = 200
STUCK_AT_MOST = 5


class RawPhone:
    """One enrolled device. `seq` and `prev` are the chain's head as this phone knows it."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.key = DeviceKey()
        self.device_id = ""
        self.user_id = ""
        self.token = ""
        self.seq = 0
        self.prev: str | None = None
        self.boot_id = uuid7()
        self.anchor: Json | None = None
        self.held = Holding()

    async def enrol(self, code: str) -> None:
        """Enrol with a one-time code; in place of another device when the phone was one before."""
        if self.device_id:
            self.key = DeviceKey()
        body = {
            "code": code, "public_key": self.key.public(), "label": "conformance", "platform": "android",
            "proof": self.key.sign(code),
        }  # fmt: skip
        pair = must(await self.http.post("/v1/devices", json=body), 201)
        self.become(pair)

    def become(self, pair: Json, ids: dict[int, str] | None = None) -> None:
        """Be the device that these tokens are of, with what is unsent in a chain of its own; `ids` by number there."""
        unsent = self.held.outbox
        self.device_id, self.user_id, self.token = pair["device_id"], pair["user_id"], pair["access_token"]
        self.seq, self.prev, self.held.outbox, self.anchor = 0, None, [], None
        for wire in unsent:
            envelope = body_of(wire) | {"device_id": self.device_id, "seq": self.seq + 1, "prev": self.prev}
            anew = self.sign(envelope | {"id": (ids or {}).get(self.seq + 1) or uuid7()})
            self.advance(anew)
            self.held.outbox.append(anew)

    def envelope(self, kind: str, visit_id: str, body: Json | None = None, **changed: Any) -> Json:
        """The next operation's fields; any of them may be changed, or added."""
        row = self.held.rows.get(f"visit/{visit_id}", {})
        return {
            "id": uuid7(), "device_id": self.device_id, "seq": self.seq + 1, "prev": self.prev, "kind": kind,
            "subject": {"type": "visit", "id": visit_id}, "base": row.get("rev"), "body": body or {},
            "clock": {
                "wall": time.time_ns() // 1000, "monotonic": time.monotonic_ns() // 1000, "boot_id": self.boot_id,
                "anchor": self.anchor,
            },
            **changed,
        }  # fmt: skip

    def sign(self, envelope: Json, signature: str | None = None) -> Json:
        """The wire form. The chain's head does not move."""
        text = rfc8785.dumps(envelope).decode()
        return {"body": text, "signature": signature or self.key.sign(text)}

    def tap(self, kind: str, visit_id: str, body: Json | None = None, **changed: Any) -> Json:
        """The next operation of the chain, signed, put into the outbox."""
        wire = self.sign(self.envelope(kind, visit_id, body, **changed))
        self.advance(wire)
        self.held.outbox.append(wire)
        return wire

    def note(self, visit_id: str, text: str = "Fan blocked", **changed: Any) -> Json:
        """A note; the id of its row is in its body."""
        return self.tap("note", visit_id, {"note_id": uuid7(), "text": text}, **changed)

    def advance(self, wire: Json) -> None:
        """Take an operation as the head of the chain."""
        self.seq = json.loads(wire["body"])["seq"]
        self.prev = sha256_hex(wire["body"])

    async def post(
        self, operations: list[Json], cursor: str | None, headers: Json | None = None, **more: Any
    ) -> httpx.Response:
        """One exchange, as raw as it gets, with `more` members of the request; nothing is taken in."""
        body = {"contract_version": CONTRACT_VERSION, "operations": operations, "cursor": cursor, **more}
        return await self.http.post("/v1/sync", json=body, headers={**self.bearer(), **(headers or {})})

    async def lose_reply(self) -> None:
        """Send the outbox; the answer is lost on the way back."""
        must(await self.post(self.held.outbox, self.held.cursor), 200)

    async def sync(self) -> list[Json]:
        """Exchange until the outbox is empty and every page is here. Returns the answers."""
        answers: list[Json] = []
        stuck = 0
        for _ in range(PAGES_AT_MOST):
            before = len(self.held.outbox), self.held.cursor
            sent = time.monotonic_ns() // 1000
            answer = must(await self.post(self.held.outbox, self.held.cursor), 200)
            arrived = time.monotonic_ns() // 1000
            self.anchor = {
                "token": answer["anchor"], "monotonic": arrived, "boot_id": self.boot_id, "round_trip": arrived - sent,
            }  # fmt: skip
            self.held.apply(answer)
            answers.append(answer)
            if not answer.get("more") and not self.held.outbox:
                return answers
            stuck = stuck + 1 if before == (len(self.held.outbox), self.held.cursor) else 0
            if stuck == STUCK_AT_MOST:
                waiting = f"{len(self.held.outbox)} operations stay, last_seq is {answer['last_seq']}"
                raise Failed(
                    "a phone that syncs to get on", f"{STUCK_AT_MOST} exchanges without any progress: {waiting}"
                )
        raise Failed(f"an end within {PAGES_AT_MOST} exchanges", "more and more")

    def outcome(self, wire: Json) -> tuple[str, str | None, str | None]:
        """What became of an operation: outcome, `was`, code."""
        found = self.held.outcomes.get(json.loads(wire["body"])["seq"], {})
        return found.get("outcome", "none"), found.get("was"), found.get("code")

    def bearer(self) -> dict[str, str]:
        """The header that says who calls."""
        return {"authorization": f"Bearer {self.token}"}

    def forged(self) -> str:
        """A signature of the right length that nobody made."""
        return base64url(b"\x01" * 64)


def must(answer: httpx.Response, status: int) -> Any:
    """The JSON of an answer that must have this status."""
    if answer.status_code != status:
        request = answer.request
        raise Failed(f"{status} from {request.method} {request.url.path}", f"{answer.status_code}: {answer.text[:300]}")
    return answer.json()


def body_of(wire: Json) -> Json:
    """The fields of an operation, from its text."""
    fields: Json = json.loads(wire["body"])
    return fields
