"""The outbox: what may go into it, how much of it one request carries, and how it moves to another device.

An operation is judged before it is signed. What no server takes must never get a place in the chain, because everything
behind it would wait for it.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import rfc8785

from mobile_contract.chain import DeviceKey, make_operation, sha256_hex, uuid7
from mobile_contract.limits import (
    ATTACHMENT_BYTES,
    BATCH_OPERATIONS,
    DEPTH,
    INTEGER,
    KIND_CHARACTERS,
    OPERATION_BYTES,
)

Json = dict[str, Any]
BATCH_BYTES = 1_000_000
"""Bytes that one exchange carries when it carries several operations."""


_END = re.compile(r'"id":"([^"]*)","kind":"([^"]*)","prev":(?:null|"[^"]*"),"seq":([0-9]+),"subject":\{[^{}]*\}\}$')
"""How a canonical text of an operation ends, its members being in order."""


class NotSendable(ValueError):
    """No server takes this, so it was not signed and is not in the outbox. `code` is `too_large` or `not_canonical`."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def must_be_sendable(envelope: Json, attachment: str | None = None, *, most: int = OPERATION_BYTES) -> None:
    """Raises `NotSendable`, whose message names what is wrong, unless every server can take this operation of `most` bytes.

    At the tap that is what its kind may have: a larger one is taken and parked, and the work is done again. What was signed
    before still goes, because the desk may want to read it.
    """
    kind, subject = envelope["kind"], envelope["subject"]["id"]
    if not isinstance(kind, str) or not 1 <= len(kind) <= KIND_CHARACTERS:
        raise NotSendable("not_canonical", f"The kind of an operation is a name of up to {KIND_CHARACTERS} characters.")
    if not _is_id(subject):
        raise NotSendable(
            "not_canonical", f"{subject!r} is not the id of anything; give the visit's, in small letters with hyphens."
        )
    if not isinstance(envelope["body"], dict):
        raise NotSendable("not_canonical", "The body of an operation is an object with named fields.")
    for name in ("body", "clock"):
        _walk(envelope[name], name, 2)
    text = rfc8785.dumps(envelope)
    beside = len(_encoded(attachment or "", "The attachment"))
    if len(text) > most:
        raise NotSendable("too_large", f"This has {len(text)} bytes, and {most} can be sent. Split it.")
    if beside > ATTACHMENT_BYTES:
        raise NotSendable("too_large", f"The attachment has {beside} bytes, and {ATTACHMENT_BYTES} can be sent.")


def _is_id(value: object) -> bool:
    """As every server writes it: verifiers compare ids letter by letter."""
    try:
        return str(UUID(str(value))) == value
    except ValueError:
        return False


def _walk(value: Any, path: str, depth: int) -> None:
    if depth > DEPTH:
        raise NotSendable("not_canonical", f"{path} is nested too deeply.")
    if isinstance(value, float):
        raise NotSendable("not_canonical", f"{path} is {value!r}; send whole numbers only, in the smallest unit.")
    if isinstance(value, int) and abs(value) > INTEGER:
        raise NotSendable("not_canonical", f"{path} is {value}, which is beyond what JSON keeps exactly.")
    if isinstance(value, str):
        _encoded(value, path)
    elif isinstance(value, dict):
        for name, one in value.items():
            if not isinstance(name, str):
                raise NotSendable("not_canonical", f"{path} has a name that is no text.")
            _encoded(name, f"A name in {path}")
            _walk(one, f"{path}.{name}", depth + 1)
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            _walk(one, f"{path}[{number}]", depth + 1)
    elif value is not None and not isinstance(value, int):
        raise NotSendable("not_canonical", f"{path} is {type(value).__name__}, which JSON cannot hold.")


def _encoded(text: str, path: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NotSendable("not_canonical", f"{path} holds half of a character.") from error


def envelope_of(wire: Json) -> Json:
    """The fields of a signed operation; of one that nobody can read, those that its text ends with and no body."""
    try:
        found: Json = json.loads(wire["body"])
    except (ValueError, RecursionError):
        end = _END.search(wire["body"])
        if end is None:
            raise
        return {"id": end[1], "kind": end[2], "seq": int(end[3]), "body": {}}
    return found


def seq_of(wire: Json) -> int:
    """The number of a signed operation."""
    seq: int = envelope_of(wire)["seq"]
    return seq


def sent_bytes(wire: Json) -> int:
    """Bytes of an operation within a request, escaped as JSON."""
    return len(json.dumps(wire, ensure_ascii=False, separators=(",", ":")).encode())


def batch(outbox: list[Json], most: int) -> list[Json]:
    """The first operations of the outbox, as many as one request carries; one always, however large."""
    taken: list[Json] = []
    room = BATCH_BYTES
    for wire in outbox[: min(most, BATCH_OPERATIONS)]:
        room -= sent_bytes(wire)
        if taken and room < 0:
            break
        taken.append(wire)
    return taken


def without_what_is_too_large(wire: Json) -> Json | None:
    """The same operation without its attachment, where an older client let one in that no server takes; else None.

    The signature is over the text alone, so the operation keeps its place in the chain.
    """
    attachment = wire.get("attachment")
    if attachment is None or len(attachment.encode(errors="surrogatepass")) <= ATTACHMENT_BYTES:
        return None
    return {name: value for name, value in wire.items() if name != "attachment"}


class Moved(NamedTuple):
    """An outbox on its way to another device: pairs of an operation and what it became; and what stays behind, each as
    {wire, code, sentence}."""

    anew: list[tuple[Json, Json]]
    behind: list[Json]


def chain_anew(key: DeviceKey, device_id: str, outbox: list[Json], refused: Mapping[str, Json]) -> Moved:
    """Sign unsent operations as another device, in a chain of its own that begins at 1.

    What no server takes stays behind, and what this one refused (`refused`: its problem by the operation's id). The others
    get ids of their own, because the server may know the old ones.
    """
    moved = Moved([], [])
    for old in outbox:
        before = envelope_of(old)
        envelope = {
            **before, "id": uuid7(), "device_id": device_id, "seq": len(moved.anew) + 1,
            "prev": sha256_hex(moved.anew[-1][1]["body"]) if moved.anew else None,
        }  # fmt: skip
        try:
            if problem := refused.get(before["id"]):
                raise NotSendable(str(problem.get("code")), str(problem.get("detail")))
            if "subject" not in before:
                raise NotSendable("not_canonical", "Nobody can read this.")
            must_be_sendable(envelope, old.get("attachment"))
        except NotSendable as error:
            moved.behind.append({"wire": old, "code": error.code, "sentence": str(error)})
        else:
            moved.anew.append((old, make_operation(key, envelope, old.get("attachment"))))
    return moved
