"""The operation chain of a device: what must hold of each link before anything of it is committed."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import rfc8785
from msgspec.structs import replace

from server.ground.ids import is_plain, uuid7
from server.ground.plain import in_words
from server.ground.problems import Conflict, Invalid
from server.identity.signin import decode_base64url
from server.identity.signing import is_signed
from server.sync.schemas import MAX_ATTACHMENT, MAX_TEXT, Envelope, Subject, WireOperation
from server.sync.unread import Told, clock_of, told_by, without_anchor


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


class OperationTooLarge(Invalid):
    """The operation is larger than the largest that is taken"""

    code = "operation_too_large"


class Link(msgspec.Struct, frozen=True):
    """An operation with its bytes as received.

    With a `fault` it cannot be taken as it is: its envelope is then one that is about the phone and does nothing, with
    the number 0 where its place is not known. `by_next`: its place is told by the operation that follows it.
    """

    envelope: Envelope
    raw: bytes
    signature: bytes
    attachment: str | None
    sha256: str
    fault: Invalid | None = None
    by_next: bool = False


class _Fraction(ValueError):
    """A number that is no integer."""


def _no_float(text: str) -> float:
    raise _Fraction(text)


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


def read_links(wire: Sequence[WireOperation], device_id: UUID) -> list[Link]:
    """Parse a batch. What cannot be read gets its place from the operation after it, if that is signed over it.

    A run of them is placed by what follows the last: they stand between in the outbox, in this number.
    """
    links = [read_link(one, device_id) for one in wire]
    if all(link.fault is None for link in links):
        return links
    for at in reversed(range(len(links) - 1)):
        link, after = links[at], links[at + 1]
        if link.envelope.seq == 0 and after.envelope.seq > 1 and (after.by_next or after.envelope.prev == link.sha256):
            placed = replace(link.envelope, seq=after.envelope.seq - 1)
            links[at] = replace(link, envelope=placed, by_next=True)
    return links


def read_link(wire: WireOperation, device_id: UUID) -> Link:
    """Parse an operation. One whose text is not canonical (RFC 8785), not about this device or too large has a fault."""
    raw = wire.body.encode()
    sha256, signature = hashlib.sha256(raw).hexdigest(), _signature(wire.signature)
    envelope = None
    try:
        value = _decoder.decode(raw)
        envelope = _envelope(value)
        must_be_canonical(wire.body, raw, value)
        _must_write_ids_plainly(value, envelope)
        if envelope.device_id != device_id:
            raise NotCanonical("It was made on another phone: its device_id is not that of the phone that sends it.")
        _must_fit(raw, wire.attachment)
    except (msgspec.DecodeError, ValueError, RecursionError, Invalid) as error:
        fault, told = _why(error), _told(envelope) if envelope else told_by(wire.body)
        return Link(_stand_in(told, device_id, raw, sha256), raw, signature, wire.attachment, sha256, fault)
    return Link(envelope, raw, signature, wire.attachment, sha256)


def _envelope(value: Any) -> Envelope:
    """The fields of an operation; what it carries for an anchor never decides over the tap."""
    try:
        return msgspec.convert(value, Envelope)
    except msgspec.ValidationError:
        return msgspec.convert(without_anchor(value), Envelope)


def must_be_canonical(text: str, raw: bytes, value: Any) -> None:
    """Raises `NotCanonical` unless the text is the canonical form of its value."""
    try:
        canonical = is_canonical(text, raw, value)
    except rfc8785.CanonicalizationError as error:
        raise NotCanonical("It holds a number beyond 9007199254740991, which not every phone can read.") from error
    if not canonical:
        raise NotCanonical("Its text is not in canonical form (RFC 8785).")


def _must_write_ids_plainly(value: Any, envelope: Envelope) -> None:
    """Verifiers compare ids letter by letter with what the record says."""
    for name, written, read in (
        ("device_id", value["device_id"], envelope.device_id),
        ("subject.id", value["subject"]["id"], envelope.subject.id),
    ):
        if not is_plain(written):
            raise NotCanonical(f"{name} should be written in lower case with hyphens, as {read}.")


def _must_fit(raw: bytes, attachment: str | None) -> None:
    if len(raw) > MAX_TEXT:
        raise OperationTooLarge(f"Its text has {len(raw)} bytes; {MAX_TEXT} are taken.")
    # A character has 4 bytes at most, so the bytes of nearly all need not be counted.
    if attachment is not None and len(attachment) > MAX_ATTACHMENT // 4:
        size = len(attachment.encode())
        if size > MAX_ATTACHMENT:
            raise OperationTooLarge(f"Its attachment has {size} bytes; {MAX_ATTACHMENT} are taken.")


def _why(error: Exception) -> Invalid:
    """The problem that parks it, in words."""
    if isinstance(error, Invalid):
        return type(error)(f"{error.detail} It was kept and takes no effect; do the work again.")
    if isinstance(error, _Fraction):
        why = f"it holds the fraction {error.args[0][:40]}, and only whole numbers are taken"
    elif isinstance(error, RecursionError):
        why = "it is nested too deeply"
    else:
        why = in_words(error, Envelope)
    return NotCanonical(f"It cannot be read: {why}. It was kept and takes no effect; do the work again.")


def _told(envelope: Envelope) -> Told:
    return Told(envelope.id, envelope.seq, envelope.prev, envelope.kind)


def _stand_in(told: Told, device_id: UUID, raw: bytes, sha256: str) -> Envelope:
    """The envelope of what is not taken: about the phone, so that it belongs to no visit, and without a body."""
    return Envelope(
        id=told.id or uuid7(), device_id=device_id, seq=told.seq, prev=told.prev, kind=told.kind,
        subject=Subject("device", device_id), base=None, body={}, clock=clock_of(raw, sha256),
    )  # fmt: skip


def _signature(text: str) -> bytes:
    """The signature's bytes; none for a text that is no signature, which then is nobody's."""
    try:
        return decode_base64url(text, "signature")
    except Invalid:
        return b""


def check_place(link: Link, *, last_seq: int, last_hash: str | None) -> None:
    """Raises a `ChainProblem` unless this link follows the last one; its fault when nothing says where it stands."""
    seq = link.envelope.seq
    if seq == 0 and link.fault is not None:
        raise link.fault
    if seq > last_seq + 1:
        raise SequenceGap(f"Expected operation {last_seq + 1}, got {seq}. Send from there.", expected_seq=last_seq + 1)
    if link.envelope.prev != last_hash and not link.by_next:
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
