"""The server's keys: P-256 for documents (records and PDFs), Ed25519 for the log's checkpoints, AES for signatures at rest.

They come from the settings or live in a folder, made once with mode 0600. `public_keys` writes the one file,
`server.pub`, that a stranger needs to verify every record.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.records.checkpoint import verifier_key
from server.records.vault import Vault, new_vault_key, read_vault

PrivateKey = ec.EllipticCurvePrivateKey | Ed25519PrivateKey
DOCUMENT_FILE = "document.key"
LOG_FILE = "log.key"
STROKES_FILE = "strokes.key"


class BadKey(ValueError):
    """A key file holds no private key of the kind that is needed."""


@dataclass(frozen=True)
class ServerKeys:
    """The private keys of one server."""

    document: ec.EllipticCurvePrivateKey
    log: Ed25519PrivateKey
    vault: Vault


def load_keys(document_pem: bytes, log_pem: bytes, vault: Vault) -> ServerKeys:
    """The keys from a vault and two unencrypted PKCS #8 PEM texts; raises `BadKey` when one is of another kind."""
    document = _load(document_pem)
    log = _load(log_pem)
    if not isinstance(document, ec.EllipticCurvePrivateKey) or not isinstance(document.curve, ec.SECP256R1):
        raise BadKey("the document key must be an EC private key on P-256 (openssl genpkey -algorithm EC)")
    if not isinstance(log, Ed25519PrivateKey):
        raise BadKey("the log key must be an Ed25519 private key (openssl genpkey -algorithm ed25519)")
    return ServerKeys(document, log, vault)


def load_or_make_keys(folder: Path) -> ServerKeys:
    """The keys of a folder, made there on first use, readable by their owner alone.

    Two processes that start together agree: a file is only ever made whole, and whoever comes second reads the first.
    """
    document = _read_or_make(folder / DOCUMENT_FILE, lambda: _pem(ec.generate_private_key(ec.SECP256R1())))
    log = _read_or_make(folder / LOG_FILE, lambda: _pem(Ed25519PrivateKey.generate()))
    return load_keys(document, log, load_or_make_vault(folder))


def load_or_make_vault(folder: Path) -> Vault:
    """The vault of a folder; its key is made there on first use. Raises `BadVaultKey`."""
    return read_vault(_read_or_make(folder / STROKES_FILE, new_vault_key).decode())


def public_keys(keys: ServerKeys, *origins: str) -> str:
    """The text of `server.pub`: the log's verifier key as a line for each of its names, then both public keys in PEM."""
    lines = [f"Log: {verifier_key(origin, keys.log.public_key())}\n" for origin in origins]
    parts = [_public_pem(keys.document), _public_pem(keys.log)]
    return "".join(
        ["# Public keys of a Fieldproof server: fieldproof verify report.pdf --key server.pub\n", *lines, *parts]
    )


def _load(pem: bytes) -> object:
    try:
        return serialization.load_pem_private_key(pem, password=None)
    except (TypeError, ValueError) as error:
        raise BadKey(f"no unencrypted PEM private key: {error}") from error


def _read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        handle, fresh = tempfile.mkstemp(dir=path.parent)  # mkstemp makes the file with mode 0600
        with os.fdopen(handle, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        os.unlink(fresh)
    return path.read_bytes()


def _pem(key: PrivateKey) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption())


def _public_pem(key: PrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(encoding, form).decode()
