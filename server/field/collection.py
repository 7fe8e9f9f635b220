"""What a room declares of the rows that phones hold: a collection's shape, its table, and by what a phone comes to hold it.

`server/sync/sql/generate.py` makes the database's side of it: who holds a row, what hangs on what, its body, and what touches it.
"""

from typing import Annotated

import msgspec

from server.database.tables import Table


class Crewed(msgspec.Struct, frozen=True):
    """The top: held by the technicians whom `view` names. It has `technician_id`, the row's id, and what rows below name."""

    view: str
    row: str


class Names(msgspec.Struct, frozen=True):
    """Held with each row of `collection` whose `column` names it: a visit names its job."""

    collection: str
    column: str


class Of(msgspec.Struct, frozen=True):
    """Held with the row of `collection` that its own `column` names: a note is of a visit."""

    collection: str
    column: str


class Owned(msgspec.Struct, frozen=True):
    """Held by the one technician whom its `column` names, while `when` is true of the row `r`."""

    column: str
    when: str


class Everybodys(msgspec.Struct, frozen=True):
    """Held by every technician: the catalogue."""


Parent = Crewed | Names | Of | Owned | Everybodys


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one table on phones. `row` is their shape there: a member has the column of its name, unless `body` says otherwise.

    `body` has SQL about the row `r` by member. Members of the type `Micros` are moments. `parts` are tables whose rows are part of
    this row's body, with the column that names it. `touched` is false where the room's own SQL says what touches a row, and
    `through` has more ways to touch it: a name that such SQL notes, and the SQL of the rows that are meant, of `noted` as `n`.
    `since` has the members that came with a later contract than the first, by its number: phones of before do not get them. `came` is
    the contract with which the whole collection came: phones of before are sent it, and need not know it.
    """

    name: str
    row: type[msgspec.Struct]
    table: type[Table]
    parent: Parent
    body: dict[str, str] = {}
    parts: tuple[tuple[str, str], ...] = ()
    touched: bool = True
    through: dict[str, str] = {}
    since: dict[str, int] = {}
    came: int = 1


Micros = Annotated[int, msgspec.Meta(extra={"moment": True})]
"""Microseconds since the epoch: in a row's shape, a moment."""
