"""Reads what is kept in the storage, and takes nothing for granted: what this server's keys did not make is set aside and named."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
import pikepdf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from server.ground.problems import Problem
from server.media.storage import Storage, Stored
from server.records.canonical import canonical
from server.records.checkpoint import BadCheckpoint, Checkpoint, parse_checkpoint
from server.records.keys import ServerKeys, public_keys
from server.records.log.log import origin_of
from server.records.seal.issue import LOCKED, OVERHEAD
from server.records.seal.trial import MAX_PDF
from server.records.vault import PDF, Locked, is_sealed
from server.records.verify import Claim, verify_answer, verify_record
from server.records.verify.document import NoRecord, attachments
from server.restore.kept import LARGEST, NotOurs, log_folder, unseal

NOTE_BYTES = 2000
LARGEST_PDF = MAX_PDF + OVERHEAD
ORIGIN_TYPE = "fieldproof/origin/v1"
RECORD, ANSWER, BEGINNING = "record", "answer", "beginning"


class Leaf(msgspec.Struct, frozen=True):
    """A leaf of a log as it was found: its bytes, its proof, and what is known beside it."""

    kind: str
    data: bytes
    proof: dict[str, Any]
    known: dict[str, Any] = {}

    @property
    def said(self) -> dict[str, Any]:
        """What the leaf says."""
        return dict(json.loads(self.data))

    @property
    def index(self) -> int:
        """Its place."""
        return int(self.proof["leaf_index"])


class Found(msgspec.Struct):
    """What the storage has of a log from some place on: leaves by their place, checkpoints, and what was refused, with the reason."""

    leaves: dict[int, list[Leaf]] = {}
    notes: dict[str, Checkpoint] = {}
    refused: dict[str, str] = {}

    @property
    def newest(self) -> tuple[str, Checkpoint] | None:
        """The checkpoint of the most leaves."""
        return max(self.notes.items(), key=lambda one: one[1].size, default=None)


async def keys_under(storage: Storage, prefix: str, after: str | None = None) -> AsyncIterator[Stored]:
    """The objects under a prefix, from the one on that follows `after`."""
    pages = storage.pages(prefix, after)
    while (page := await storage.next_page(pages)) is not None:
        for one in page:
            yield one


async def read_kept(storage: Storage, keys: ServerKeys, key: str) -> dict[str, Any]:
    """A value that this server wrote. Raises `NotOurs`, `Unavailable`."""
    stored = await storage.read(key, LARGEST)
    if stored is None or len(stored) > LARGEST:
        raise NotOurs("It is gone, or too large.")
    return unseal(keys, key, stored)


async def find_log(storage: Storage, keys: ServerKeys, origin: str, size: int) -> Found:
    """What the storage has of a log beyond its first `size` leaves."""
    found = Found()
    folder = log_folder(origin)
    async for one in keys_under(storage, f"{folder}leaves/", f"{folder}leaves/{size:012d}"):
        try:
            _add(found, keys, origin, one.key, await read_kept(storage, keys, one.key))
        except NotOurs as error:
            found.refused[one.key] = str(error)
    # The checkpoint of the very size shows whether the database is of this log at all.
    async for one in keys_under(storage, f"{folder}checkpoints/", f"{folder}checkpoints/{size:012d}"):
        try:
            note = ((await storage.read(one.key, NOTE_BYTES)) or b"").decode()
            head = read_note(note, keys.log.public_key(), origin)
        except (NotOurs, UnicodeDecodeError) as error:
            found.refused[one.key] = str(error)
        else:
            found.notes[note] = head
    return found


def _add(found: Found, keys: ServerKeys, origin: str, key: str, value: dict[str, Any]) -> None:
    leaf = Leaf(_kind(value), str(value["text"]).encode(), value["proof"], value)
    note = str(leaf.proof["checkpoint"])
    found.notes[note] = read_note(note, keys.log.public_key(), origin)
    if key.rpartition("/")[2].partition("-")[0] != f"{leaf.index:012d}":
        raise NotOurs("It is another leaf than its address says.")
    found.leaves.setdefault(leaf.index, []).append(leaf)


def _kind(value: dict[str, Any]) -> str:
    kind = str(json.loads(value["text"]).get("type"))
    return BEGINNING if kind == ORIGIN_TYPE else ANSWER if kind.startswith("fieldproof/answer/") else RECORD


def read_note(note: str, key: Ed25519PublicKey, origin: str) -> Checkpoint:
    """A checkpoint of this log. Raises `NotOurs`."""
    try:
        head = parse_checkpoint(note, key)
    except (BadCheckpoint, ValueError) as error:
        raise NotOurs(f"It is no checkpoint of this server's log: {error}.") from error
    if head.origin != origin:
        raise NotOurs("It is a checkpoint of another log.")
    return head


async def find_pdfs(
    storage: Storage, keys: ServerKeys, known: set[str], refused: dict[str, str]
) -> AsyncIterator[Leaf]:
    """The records inside sealed PDFs that the database does not know: each carries its bytes and its proof."""
    async for one in keys_under(storage, "records/"):
        name = one.key.removeprefix("records/").removesuffix(LOCKED)
        if name in known or not one.key.endswith(LOCKED):
            continue
        try:
            yield await _inside(storage, keys, name, one.key)
        except (NotOurs, Problem) as error:
            refused[one.key] = str(error)


async def _inside(storage: Storage, keys: ServerKeys, name: str, key: str) -> Leaf:
    stored = await storage.read(key, LARGEST_PDF)
    if stored is None or not is_sealed(stored) or len(stored) > LARGEST_PDF:
        raise NotOurs("It is not encrypted by this server, or too large.")
    try:
        pdf = keys.vault.open(PDF, UUID(name), stored)
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            record, proof, _ = attachments(opened)
    except (Locked, NoRecord, ValueError, pikepdf.PdfError) as error:
        raise NotOurs(f"It is no sealed report of this server: {error}") from error
    token = printed_token(pdf)
    return Leaf(RECORD, record, dict(proof), {"link": token} if token else {})


def printed_token(pdf: bytes) -> str | None:
    """The token of the customer's link that a sealed PDF prints; None when it prints none."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            for mark in page.get("/Annots", ()):
                action = mark.get("/A")
                address = str(action.get("/URI", "")) if action is not None else ""
                if "/r/" in address:
                    return address.rpartition("/r/")[2]
    return None


def faults(leaf: Leaf, record: bytes | None, keys: ServerKeys) -> list[Claim]:
    """The claims of a leaf that fail. An answer is checked beside its `record`. Blocks."""
    key_file = public_keys(keys, origin_of(leaf.proof)).encode()
    if leaf.kind == ANSWER:
        file = canonical({"statement": leaf.data.decode(), "proof": leaf.proof})
        claims = verify_answer(record or b"{}", file, key_file)
    else:
        claims = verify_record(leaf.data, leaf.proof, None, key_file)
    return [claim for claim in claims if claim.ok is False]
