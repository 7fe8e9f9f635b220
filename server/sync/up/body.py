"""Reads an operation's body into the shape of its kind, or says in words what is wrong with it; and its clocks."""

from typing import Any
from uuid import UUID

import msgspec

from mobile_contract.shapes.fit import with_nul
from server.arrival.bounded_time import Clock
from server.database.storable import without_nul
from server.field.kind import Kind
from server.ground.ids import is_plain
from server.ground.legible import legible
from server.ground.plain import in_words
from server.ground.problems import Invalid
from server.ground.texts import must_end_there
from server.sync.chain import Link
from server.sync.up.kinds import KINDS

NUL = b"\\u0000"
"""How a NUL stands in canonical JSON; a text without it has none."""


class UnknownKind(Invalid):
    """This server does not know this kind of operation"""

    code = "unknown_kind"


class MalformedBody(Invalid):
    """The operation's body does not have the right shape"""

    code = "malformed_body"


def read_body(link: Link) -> tuple[Kind, msgspec.Struct]:
    """The kind, and what the body says. Raises `UnknownKind` or `MalformedBody`."""
    name = link.envelope.kind
    if name not in KINDS:
        raise UnknownKind(f"'{legible(name)}' is not known here; it is kept until it is.")
    said: Any = link.envelope.body
    if NUL in link.raw:
        if KINDS[name].exact and (field := with_nul(said)):
            raise MalformedBody(
                f"{field} holds a character (NUL) that no text can keep. Write it without, and send it anew."
            )
        said = without_nul(said)
    try:
        body = msgspec.convert(said, KINDS[name].read_as, str_keys=True)
    except msgspec.ValidationError as error:
        raise MalformedBody(f"In its body: {in_words(error, KINDS[name].read_as)}.") from error
    try:
        must_end_there(body)
    except Invalid as error:
        raise MalformedBody(f"In its body: {error.detail}") from error
    # Verifiers compare the ids of signed texts letter by letter.
    for field in body.__struct_fields__:
        found = getattr(body, field)
        if type(found) is UUID and not is_plain(link.envelope.body[field]):
            raise MalformedBody(f"{field} should be written in lower case with hyphens, as {found}.")
    return KINDS[name], body


def read_clock(link: Link) -> Clock:
    """The phone's clocks, as the database can hold them."""
    if NUL not in link.raw:
        return link.envelope.clock
    return msgspec.convert(without_nul(msgspec.to_builtins(link.envelope.clock)), Clock)
