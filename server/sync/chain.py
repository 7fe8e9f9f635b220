"""The operation chain of a device: what must hold of each link before anything of it is committed."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import rfc8785

from server.identity.signin import decode_base64url
from server.identity.signing import is_signed
from server.problems import Conflict, Invalid
from server.sync.schemas import Envelope, WireOperation


class ChainProblem(Conflict):
    """The device's chain of operations is broken"""

    code = "chain_broken"


class SequenceGap(ChainProblem):
    """Operations are missing before this one"""

    code = "sequence_gap"


class DeviceForked(ChainProblem):
    """Two operations of this device carry the same number"""

    code = "device_forked"


class WrongSignature(ChainProblem):
    """The signature is not this device's"""

    code = "wrong_signature"


class NotCanonical(Invalid):
    """The operation is not canonical JSON of the right shape"""

    code = "not_canonical"


class Link(msgspec.Struct, frozen=True):
    """An operation with its bytes as received."""

    envelope: Envelope
    raw: bytes
    signature: bytes
    attachment: str | None
    sha256: str


def _no_float(text: str) -> float:
    raise ValueError(f"{text} is no integer, and operations hold integers only")


_decoder = msgspec.json.Decoder(float_hook=_no_float)

_LONG = re.compile(r"[:,\[-](?:9[0-9]{15}|[0-9]{17})")
_ODD = re.compile(r"[\x7f-\x9f\u2028\u2029\U00010000-\U0010ffff]")


def _is_odd(text: str) -> bool:
    """Whether RFC 8785 and a plain sorted encoding may write it differently: escapes, long integers, order beyond the BMP."""
    return "\\" in text or bool(_LONG.search(text)) or ("\x7f" in text if text.isascii() else bool(_ODD.search(text)))


def is_canonical(text: str, raw: bytes, value: Any) -> bool:
    """Whether a text (its UTF-8 bytes, its value without floats) is the RFC 8785 form of its value.

    A sorted encoding in C is the canonical form of all but odd texts; those go through the RFC's own library.
    """
    if not _is_odd(text):
        return msgspec.json.encode(value, order="sorted") == raw
    return bool(rfc8785.dumps(value) == raw)


def read_link(wire: WireOperation, device_id: UUID) -> Link:
    """Parse an operation and check that its text is canonical (RFC 8785) and about this device."""
    raw = wire.body.encode()
    try:
        value = _decoder.decode(raw)
        envelope = msgspec.convert(value, Envelope)
        canonical = is_canonical(wire.body, raw, value)
    except (msgspec.DecodeError, rfc8785.CanonicalizationError, ValueError, RecursionError) as error:
        raise NotCanonical(f"{error}. Make the text by RFC 8785 from the fields in the guide.") from error
    if not canonical:
        raise NotCanonical("The text is not in canonical form (RFC 8785); sign exactly the canonical bytes.")
    # Verifiers compare these letter by letter with what the record says.
    for name, written, read in (
        ("device_id", value["device_id"], envelope.device_id),
        ("subject.id", value["subject"]["id"], envelope.subject.id),
    ):
        if written != str(read):
            raise NotCanonical(f"{name} should be written in lower case with hyphens, as {read}.")
    if envelope.device_id != device_id:
        raise NotCanonical("device_id is not the device that is signed in.")
    return Link(
        envelope, raw, decode_base64url(wire.signature, "signature"), wire.attachment, hashlib.sha256(raw).hexdigest()
    )


def check_place(link: Link, *, last_seq: int, last_hash: str | None) -> None:
    """Raises a `ChainProblem` unless this link follows the last one."""
    seq = link.envelope.seq
    if seq > last_seq + 1:
        raise SequenceGap(f"Expected operation {last_seq + 1}, got {seq}. Send from there.", expected_seq=last_seq + 1)
    if link.envelope.prev != last_hash:
        raise ChainProblem(f"prev of operation {seq} is not the hash of operation {last_seq}.", seq=seq)


def must_be_signed(link: Link, public_key: bytes) -> None:
    """Raises `WrongSignature` unless the device signed this very text. Ask before a fork is held against it."""
    if not is_signed(public_key, link.raw, link.signature):
        seq = link.envelope.seq
        raise WrongSignature(f"Operation {seq} is not signed by this device's key.", seq=seq)


async def all_signed(links: Sequence[Link], public_key: bytes) -> bool:
    """Whether the device signed each of them. Run as a task, it looks while others wait for the database."""
    for link in links:
        if not is_signed(public_key, link.raw, link.signature):
            return False
        await asyncio.sleep(0)  # whoever has got an answer from the database goes on
    return True
