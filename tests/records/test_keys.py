"""The server's keys: made once, private, exported for strangers."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server.records.keys import BadKey, load_keys, load_or_make_keys, public_keys
from server.records.record import key_id
from server.records.vault import Vault
from server.records.verify.trusted import NoKeys, read_keys

VAULT = Vault([bytes(32)])
OWNER = UUID(int=7)


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_keys_are_made_once_and_only_their_owner_may_read_them(tmp_path):
    made = load_or_make_keys(tmp_path / "keys")
    again = load_or_make_keys(tmp_path / "keys")
    assert pem(made.document) == pem(again.document)
    assert pem(made.log) == pem(again.log)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    assert len(list((tmp_path / "keys").iterdir())) == 3
    sealed = made.vault.seal("strokes", OWNER, b"ink")
    assert again.vault.open("strokes", OWNER, sealed) == b"ink"


def test_processes_that_start_together_agree_on_the_keys(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: load_or_make_keys(tmp_path), range(16)))
    assert len({pem(keys.document) + pem(keys.log) for keys in made}) == 1


@pytest.mark.parametrize(
    ("document", "log"),
    [
        (ec.generate_private_key(ec.SECP384R1()), Ed25519PrivateKey.generate()),
        (Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()),
        (ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())),
    ],
)
def test_keys_of_another_kind_are_refused(document, log):
    with pytest.raises(BadKey):
        load_keys(pem(document), pem(log), VAULT)


def test_a_text_that_is_no_key_is_refused():
    with pytest.raises(BadKey):
        load_keys(b"no key", b"no key", VAULT)


def test_the_verifier_reads_the_exported_keys(tmp_path):
    keys = load_or_make_keys(tmp_path)
    trusted = read_keys(public_keys(keys, "example.com/log").encode())
    assert list(trusted.document) == [key_id(keys.document.public_key())]
    assert [key.public_bytes_raw() for key in trusted.log] == [keys.log.public_key().public_bytes_raw()]
    assert trusted.origins == ("example.com/log",)


def test_keys_of_several_years_may_stand_in_one_file(tmp_path):
    old, new = load_or_make_keys(tmp_path / "old"), load_or_make_keys(tmp_path / "new")
    trusted = read_keys((public_keys(old, "example.com/log") + public_keys(new, "example.com/log")).encode())
    assert len(trusted.document) == len(trusted.log) == 2


def test_a_file_without_keys_is_refused():
    with pytest.raises(NoKeys):
        read_keys(b"Log: example.com/log+00000000+AA==\n")
