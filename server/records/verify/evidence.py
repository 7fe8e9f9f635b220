"""What there is to check: the record's bytes and what they say, its proof, strokes, photos, and the trusted keys."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from server.records.verify.strict import read_canonical, sha256
from server.records.verify.trusted import Trusted


@dataclass(frozen=True)
class Operation:
    """One operation of the record: its exact text, what it says, and what the server noted beside it."""

    text: str
    said: dict[str, Any]
    signature: str
    received_at: int
    outcome: str

    @property
    def hash(self) -> str:
        return sha256(self.text)

    @property
    def name(self) -> str:
        """How a finding names it: `operation 41 (check_in)`."""
        return f"operation {self.said.get('seq')} ({self.said.get('kind')})"


@dataclass(frozen=True)
class Evidence:
    """Everything at hand. Members are read when first asked for: a fault is named by the claim that meets it."""

    record_bytes: bytes
    proof: Mapping[str, Any]
    strokes: str | None
    trusted: Trusted
    photos: Mapping[str, bytes] = field(default_factory=dict)
    """Original photo bytes by photo id, when whoever verifies has them."""

    @cached_property
    def record(self) -> dict[str, Any]:
        return dict(json.loads(self.record_bytes))

    @cached_property
    def report(self) -> dict[str, Any]:
        return dict(json.loads(self.record["report"]["canonical"]))

    @cached_property
    def operations(self) -> list[Operation]:
        return [
            Operation(
                each["body"], read_canonical(each["body"]), each["signature"], each["received_at"], each["outcome"]
            )
            for each in self.record["operations"]
        ]

    def kind(self, name: str) -> list[Operation]:
        """The operations of a kind. A parked one counts too: the office may have applied it later."""
        return [each for each in self.operations if each.said["kind"] == name]

    @cached_property
    def signing(self) -> Operation:
        """The signature operation that the record names; raises `LookupError` when it is not there."""
        wanted = self.record["signature"]["operation_id"]
        for each in self.operations:
            if each.said["id"] == wanted and each.said["kind"] == "sign":
                return each
        raise LookupError("the record holds no signature operation with the id that it names")
