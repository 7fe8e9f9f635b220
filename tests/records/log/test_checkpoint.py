"""Checkpoints in the form that other log tools read."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.records.checkpoint import (
    BadCheckpoint,
    Checkpoint,
    key_hash,
    make_checkpoint,
    parse_checkpoint,
    verifier_key,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HEAD = Checkpoint("example.com/log", 20_852_163, bytes(range(32)))


def test_the_key_hash_is_that_of_the_go_checksum_database():
    name, digest, encoded = ["sum.golang.org", "033de0ae", "Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"]
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded)[1:])
    assert key_hash(name, key).hex() == digest
    assert verifier_key(name, key) == f"{name}+{digest}+{encoded}"


def test_a_checkpoint_comes_back_as_it_was_made():
    assert parse_checkpoint(make_checkpoint(HEAD, KEY), KEY.public_key()) == HEAD


def test_its_lines_are_those_of_the_specification():
    origin, size, root, blank, signature, end = make_checkpoint(HEAD, KEY).split("\n")
    assert (origin, size, blank, end) == ("example.com/log", "20852163", "", "")
    assert base64.b64decode(root) == HEAD.root
    assert signature.startswith("\u2014 example.com/log ")


def test_signatures_of_other_keys_beside_it_do_no_harm():
    note = make_checkpoint(HEAD, KEY)
    witness = "\u2014 witness.example " + base64.b64encode(bytes(68)).decode() + "\n"
    assert parse_checkpoint(note + witness, KEY.public_key()) == HEAD


def test_another_key_is_refused():
    with pytest.raises(BadCheckpoint):
        parse_checkpoint(make_checkpoint(HEAD, KEY), Ed25519PrivateKey.generate().public_key())


@pytest.mark.parametrize(
    "change", [("20852163", "20852164"), ("example.com/log\n2", "example.com/lag\n2"), ("\n\n", "\n"), ("AAEC", "AAED")]
)
def test_a_changed_checkpoint_is_refused(change):
    with pytest.raises(BadCheckpoint):
        parse_checkpoint(make_checkpoint(HEAD, KEY).replace(*change, 1), KEY.public_key())


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak"])
def test_a_name_that_no_note_can_carry_is_refused(name):
    with pytest.raises(BadCheckpoint):
        make_checkpoint(Checkpoint(name, 1, bytes(32)), KEY)
