"""Whether a client asked what a recording expects of it: the rules that the README states.

Ids that the client makes up are its own; everything else must be as recorded: which operations, in which order, linked
and signed, under which cursor. A retry must send the same bytes.
"""

import json
from typing import Any

import rfc8785

from mobile_contract.chain import sha256_hex
from mobile_contract.conformance.recording import Phone, Recording
from mobile_contract.conformance.signatures import is_signed_by
from mobile_contract.conformance.substitution import Bound

Json = dict[str, Any]
OWN = frozenset({"prev", "clock"})
"""Fields of an operation that are the client's own and are checked by rule, not by value."""


class Client:
    """What is known of the client that is being tested: its key, its texts by number, the anchors it was given."""

    def __init__(self, recording: Recording) -> None:
        self.client_values = {value.value for value in recording.values if value.made_by == "client"}
        self.bound = Bound()
        self.public_key = ""
        self.sent: dict[int, tuple[str, Json]] = {}
        self.anchors: set[str] = set()

    def faults(self, step: Phone, body: Any) -> list[str]:
        """What is wrong with a request's body, in sentences; empty when it is what the recording expects."""
        if step.request.path == "/v1/devices":
            return self._enrolment(step.request.body, body)
        if step.request.path == "/v1/auth/device":
            return self._sign_in(step.request.body, body)
        if step.request.path == "/v1/sync":
            return self._exchange(step, body)
        return []

    def _enrolment(self, recorded: Json, body: Json) -> list[str]:
        if body.get("code") != recorded["code"]:
            return [f"the enrolment code is {body.get('code')!r}, not {recorded['code']!r}"]
        if not is_signed_by(str(body.get("public_key")), recorded["code"], str(body.get("proof"))):
            return ["proof is not the key's signature over the code"]
        self.public_key = body["public_key"]
        self.sent.clear()  # a device's chain is its own
        return []

    def _sign_in(self, recorded: Json, body: Json) -> list[str]:
        if body.get("challenge") != recorded["challenge"]:
            return ["the challenge is not the one that was given"]
        if not is_signed_by(self.public_key, recorded["challenge"], str(body.get("signature"))):
            return ["the challenge is not signed by the enrolled key"]
        return []

    def _exchange(self, step: Phone, body: Json) -> list[str]:
        recorded = step.request.body
        found = []
        version, spoken = body.get("contract_version"), recorded["contract_version"]
        if not isinstance(version, int) or version < spoken:
            found.append(f"contract_version is {version!r}, not {spoken!r} or later")
        if body.get("cursor") != recorded["cursor"]:
            found.append(f"cursor is {body.get('cursor')!r}, not {recorded['cursor']!r}")
        sent = body.get("operations", [])
        expected = recorded["operations"]
        numbers = [_number(wire) for wire in sent]
        wanted = [_number(wire) for wire in expected]
        as_wanted = numbers[-len(wanted) :] == wanted if step.suffix else numbers == wanted
        if step.pieces and numbers and numbers == wanted[: len(numbers)]:
            as_wanted, expected = True, expected[: len(numbers)]
            wanted = numbers
        if not as_wanted:
            return [*found, f"the operations have the numbers {numbers}, not {wanted}"]
        for wire, was in zip(sent[len(sent) - len(wanted) :], expected, strict=True):
            found += self._operation(json.loads(was["body"]), was["body"], wire)
        return found

    def _operation(self, recorded: Json, recorded_text: str, wire: Json) -> list[str]:
        text, number = wire["body"], recorded["seq"]
        envelope = json.loads(text)
        what = f"operation {number}"
        before = self.sent.get(number)
        if before is not None and before[0] == recorded_text:
            same = before[1] == wire
            return [] if same else [f"{what} was sent before, and not the same bytes are sent again"]
        self.bound.learn(recorded, envelope, self.client_values)
        found = []
        if rfc8785.dumps(envelope).decode() != text:
            found.append(f"{what} is not canonical JSON (RFC 8785)")
        if not is_signed_by(self.public_key, text, wire.get("signature", "")):
            found.append(f"{what} is not signed by the enrolled key")
        expected = self.bound.put(recorded)
        found += [
            f"{what}: {field} is {envelope.get(field)!r}, not {expected[field]!r}"
            for field in expected.keys() - OWN
            if envelope.get(field) != expected[field]
        ]
        previous = self.sent.get(number - 1)
        if number == 1 or previous is not None:
            link = sha256_hex(previous[1]["body"]) if previous else None
            if envelope.get("prev") != link:
                found.append(f"{what}: prev is {envelope.get('prev')!r}, not {link!r}")
        found += [f"{what}: {line}" for line in self._clock(envelope.get("clock"))]
        self.sent[number] = recorded_text, wire
        return found

    def _clock(self, clock: Any) -> list[str]:
        if not isinstance(clock, dict) or not {"wall", "monotonic", "boot_id", "anchor"} <= clock.keys():
            return ["clock lacks one of wall, monotonic, boot_id, anchor"]
        anchor = clock["anchor"]
        if anchor is not None and anchor.get("token") not in self.anchors:
            return ["the anchor in clock is none that was given"]
        return []


def _number(wire: Json) -> int:
    number: int = json.loads(wire["body"])["seq"]
    return number
