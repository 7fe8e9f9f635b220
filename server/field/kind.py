"""What a room declares of the operations that phones send: an operation's kind, the shape of what it says, and who takes it."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncSession

from server.field.taps import Tap

Handler = Callable[[AsyncSession, Tap, Any], Awaitable[bool | None]]
"""Applies an operation; True says that it was merged with what others did. Raises a `Problem` to have it parked."""


class Kind(msgspec.Struct, frozen=True):
    """A kind by its name: the shape of its body, its handler, the field with the id of what it makes, and those it builds on.

    `reads` and `changes` say which fields name rows of which table, so that a whole batch's are fetched together and
    handed over in `Tap.rows`; those that it changes are locked.
    """

    name: str
    body: type[msgspec.Struct]
    handler: Handler
    creates: str | None = None
    needs: tuple[str, ...] = ()
    subject: str = "visit"
    """What it is about (`subject.py`)."""
    locks: Executable | None = None
    """What else is locked, in one order, before anything is done; of its `subjects`."""
    reads: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    lenient: type[msgspec.Struct] | None = None
    """The shape that is taken, where more is taken than the contract asks for."""

    exact: bool = False
    """Its texts stand in the sealed record and are compared with the signed ones: what cannot be stored is parked."""

    @property
    def read_as(self) -> type[msgspec.Struct]:
        return self.lenient or self.body
