"""What is kept in the storage as text that nobody else can read or make: signed by the document key, then encrypted by the vault.

Each text names the address that it lies at, and the encryption is bound to it, so that one cannot be put in the place of another.
Checkpoints lie beside them in clear: they are public, and the log's key has signed them.
"""

import hashlib
import json
from typing import Any
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from server.records.canonical import canonical, from_base64url
from server.records.keys import ServerKeys
from server.records.record import sign_record
from server.records.vault import Locked

KEPT_TYPE = "fieldproof/kept/v1"
KEPT = "kept"
"""The vault's name for it."""
LARGEST = 32 * 1024 * 1024
"""Bytes of an object at most; a record has a few."""
ROOM = UUID("0b2c9b0e-6f2f-4c39-9f4e-1f1f5a3c7d21")
"""An address is bound to what is encrypted as a UUID in this name space."""


class NotOurs(ValueError):
    """An object in the storage is not what this server wrote there."""


def kept_key(kind: str, subject: UUID) -> str:
    """Where the newest state of a device or a user lies."""
    return f"safe/{kind}s/{subject}"


def log_folder(origin: str) -> str:
    """Where what belongs to a log lies. The name is hashed, since it may have slashes."""
    return f"safe/log/{hashlib.sha256(origin.encode()).hexdigest()[:16]}/"


def leaf_key(origin: str, index: int, leaf: bytes) -> str:
    """Where a leaf lies; `leaf` is its hash, so that leaves of a log that was forked lie side by side and none is lost."""
    return f"{log_folder(origin)}leaves/{index:012d}-{leaf.hex()[:16]}"


def checkpoint_key(origin: str, size: int, note: str) -> str:
    """Where a checkpoint lies."""
    root = hashlib.sha256(note.split("\n")[2].encode()).hexdigest()[:16]
    return f"{log_folder(origin)}checkpoints/{size:012d}-{root}"


def seal(keys: ServerKeys, key: str, value: dict[str, Any]) -> bytes:
    """A value as it is stored at this address."""
    text = canonical({"type": KEPT_TYPE, "at": key, "value": value})
    signed = canonical({"text": text.decode(), "signature": sign_record(text, keys.document)})
    return keys.vault.seal(KEPT, uuid5(ROOM, key), signed)


def unseal(keys: ServerKeys, key: str, stored: bytes) -> dict[str, Any]:
    """The value that was stored at this address. Raises `NotOurs` for what this server has not written there."""
    try:
        signed = json.loads(keys.vault.open(KEPT, uuid5(ROOM, key), stored))
        text, raw = str(signed["text"]).encode(), from_base64url(signed["signature"])
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        keys.document.public_key().verify(encode_dss_signature(r, s), text, ec.ECDSA(hashes.SHA256()))
        said = json.loads(text)
    except Locked as error:
        raise NotOurs(error.detail) from error
    except (InvalidSignature, ValueError, LookupError, TypeError) as error:
        raise NotOurs("It is not signed by this server's key.") from error
    if said.get("type") != KEPT_TYPE or said.get("at") != key:
        raise NotOurs("It was written for another place.")
    return dict(said["value"])
