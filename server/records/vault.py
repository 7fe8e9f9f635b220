"""What is personal in a signature, encrypted at rest: the strokes as they came, and the sealed PDF that draws them.

AES-256-GCM (NIST SP 800-38D). What is stored is a mark, the key's id, the nonce, then the ciphertext; what it belongs to
is authenticated with it, so that nobody who may write to the database can put one person's signature under another's.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.ground.problems import Unavailable

MARK = b"FPv1"
"""How stored bytes begin that are encrypted; neither JSON nor a PDF begins so."""

ID, NONCE, KEY = 8, 12, 32
"""Bytes of each."""

STROKES, PDF, LINK = "strokes", "pdf", "link"
"""What is encrypted: strokes belong to the operation that signed, a PDF to its record, and so does the customer's link until
the PDF that shows it is issued."""


class BadVaultKey(ValueError):
    """A key for strokes is not 32 bytes in base64."""


class Locked(Unavailable):
    """Encrypted bytes cannot be opened here"""

    code = "locked"
    needs_somebody = True


class Vault:
    """Encrypts with its first key, and opens with all of them: a new key is put before the old ones."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY for key in keys):
            raise BadVaultKey("a key for strokes is 32 bytes; make one with: openssl rand -base64 32")
        self._keys = {key_id(key): AESGCM(key) for key in keys}
        self._first = key_id(keys[0])

    def __repr__(self) -> str:
        return f"Vault({', '.join(name.hex() for name in self._keys)})"

    def seal(self, use: str, owner: UUID, data: bytes) -> bytes:
        """The data encrypted for one use and one owner."""
        nonce = os.urandom(NONCE)
        return MARK + self._first + nonce + self._keys[self._first].encrypt(nonce, data, _bound(use, owner))

    def open(self, use: str, owner: UUID, stored: bytes) -> bytes:
        """The data again. Raises `Locked` when it was sealed for something else, changed, or its key is not here."""
        name, nonce = stored[len(MARK) :][:ID], stored[len(MARK) + ID :][:NONCE]
        if not is_sealed(stored) or name not in self._keys:
            raise Locked(
                f"The {use} of {owner} need the key {name.hex()}. Put it back: FIELDPROOF_STROKES_KEY, or keys/strokes.key."
            )
        try:
            return self._keys[name].decrypt(nonce, stored[len(MARK) + ID + NONCE :], _bound(use, owner))
        except InvalidTag as error:
            raise Locked(
                f"The stored {use} of {owner} were changed, or belong to something else. Restore them."
            ) from error


def key_id(key: bytes) -> bytes:
    """How stored bytes name their key: it says nothing about the key itself."""
    return hashlib.sha256(b"fieldproof strokes key\n" + key).digest()[:ID]


def is_sealed(stored: bytes) -> bool:
    """Whether stored bytes are encrypted."""
    return stored.startswith(MARK)


def read_vault(text: str) -> Vault:
    """A vault from keys in base64, separated by commas; raises `BadVaultKey`."""
    try:
        return Vault([base64.b64decode(part.strip(), validate=True) for part in text.split(",")])
    except binascii.Error as error:
        raise BadVaultKey("a key for strokes is base64; make one with: openssl rand -base64 32") from error


def new_vault_key() -> bytes:
    """A fresh key, as `read_vault` reads it."""
    return base64.b64encode(os.urandom(KEY))


def _bound(use: str, owner: UUID) -> bytes:
    return f"fieldproof/{use}/{owner}".encode()
