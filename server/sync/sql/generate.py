"""Makes `current.sql`, the database's side of the feeds as it is today, from what the rooms declare.

It has the frame (`frame.sql`: how a write becomes revisions), each room's own triggers (`feed.sql` beside its declarations), and what
follows from the declarations: the view of who holds what, the same by rows, what hangs on a row, the bodies, and the triggers. A test
compares it with a migrated database; `docs/adding.md` says how a migration is made of it.
"""

from collections.abc import Sequence
from importlib import resources

from server.field.collection import Collection, Crewed, Everybodys, Micros, Names, Of, Owned
from server.sync.down.collections import DECLARED

FEEDS = ("server.jobs",)
"""Rooms with SQL of their own about what touches a phone's rows."""

HEAD = """-- The database's side of the feeds as it is today. Written by `python -m server.contract`; do not edit.
-- A migrated database has exactly this, which a test compares; the migrations are how it came about.
"""


class Tree:
    """The collections by name, and what hangs on what."""

    def __init__(self, collections: Sequence[Collection]) -> None:
        self.all = collections
        self.named = {one.name: one for one in collections}
        self.above = {
            one.name: self.named[one.parent.collection] for one in collections if isinstance(one.parent, Names | Of)
        }
        self.trees = [one for one in collections if one in self.above.values()]
        """Those on which others hang, from the top."""

    def crewed(self) -> list[Collection]:
        """What technicians hold by a visit: the top, and what hangs on it."""
        return [one for one in self.all if isinstance(one.parent, Crewed | Names | Of)]

    def from_above(self, one: Collection) -> tuple[list[str], str]:
        """Joins from the view `h` down to the rows of a collection, and their id."""
        parent = one.parent
        if isinstance(parent, Crewed):
            return [f"from {parent.view} h"], f"h.{parent.row}"
        above = self.above[one.name]
        joins, row = self.from_above(above)
        if isinstance(parent, Of):
            table = one.table.__tablename__
            return [*joins, f"join {table} on {table}.{parent.column} = {row}"], f"{table}.id"
        assert isinstance(parent, Names)
        if isinstance(above.parent, Crewed):
            return joins, f"h.{parent.column}"
        table = above.table.__tablename__
        joined = f"join {table} on {table}.id = {row}"
        return [*joins, *([] if joined in joins else [joined])], f"{table}.{parent.column}"

    def from_below(self, one: Collection, row: str) -> tuple[list[str], bool]:
        """Joins from a collection's row up to the view `h`, and whether several ways may lead there."""
        parent = one.parent
        if isinstance(parent, Crewed):
            return [f"join {parent.view} h on h.{parent.row} = {row}"], False
        above = self.above[one.name]
        if isinstance(parent, Of):
            table = one.table.__tablename__
            joins, many = self.from_below(above, f"{table}.{parent.column}")
            own = [] if row == f"{table}.id" else [f"join {table} on {table}.id = {row}"]
            return own + joins, many
        assert isinstance(parent, Names)
        if isinstance(above.parent, Crewed):
            return [f"join {above.parent.view} h on h.{parent.column} = {row}"], True
        table = above.table.__tablename__
        joins, _ = self.from_below(above, f"{table}.id")
        return [f"join {table} on {table}.{parent.column} = {row}", *joins], True


def current() -> str:
    """The whole of it."""
    tree = Tree(DECLARED)
    rooms = [(resources.files(room) / "feed.sql").read_text() for room in FEEDS]
    frame = (resources.files("server.sync.sql") / "frame.sql").read_text()
    ground, rest = frame.split("-- (declared)\n")
    parts = [HEAD, ground, *rooms, _scope(tree), _catalogue(tree), _holders(tree), _rows(tree), _bodies(tree), rest]
    return "\n".join(part.strip() + "\n" for part in [*parts, _touching(tree), _triggers(tree)])


def _scope(tree: Tree) -> str:
    branches = []
    for one in tree.crewed():
        joins, row = tree.from_above(one)
        branches.append(f"select h.technician_id, '{one.name}', {row} {' '.join(joins)}")
    for one in tree.all:
        if isinstance(one.parent, Owned):
            owner = one.parent
            branches.append(
                f"select r.{owner.column}, '{one.name}', r.id from {one.table.__tablename__} r where {owner.when}"
            )
    return (
        "-- What a technician's phones may hold: the one definition of who sees what.\n"
        f"create or replace view technician_scope (technician_id, collection, row_id) as\n{_union(branches)};"
    )


def _catalogue(tree: Tree) -> str:
    tables = [one for one in tree.all if isinstance(one.parent, Everybodys)]
    branches = [f"select '{one.name}', id from {one.table.__tablename__}" for one in tables]
    return f"create or replace view catalogue_scope (collection, row_id) as\n{_union(branches, all_=True)};"


def _union(branches: list[str], *, all_: bool = False) -> str:
    return f"\nunion {'all ' if all_ else ''}".join(branches)


def _holders(tree: Tree) -> str:
    return f"""\
-- The scopes that hold some rows. The view technician_scope says the same in one place, and this is compared with it:
-- here each collection has a small statement of its own, whose plan is kept and which costs what is touched.
create or replace function sync_holders(_collections text[], _ids uuid[])
returns table (scope_id bigint, collection text, row_id uuid)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
declare
  _one text;
  _some uuid[];
begin
  for _one, _some in select t.c, array_agg(t.i) from unnest(_collections, _ids) t (c, i) group by t.c loop
    case _one
{chr(10).join(_holder(tree, one) for one in tree.all)}
      else raise exception 'no such collection: %', _one;
    end case;
  end loop;
end $$;"""


def _holder(tree: Tree, one: Collection) -> str:
    scope, table, where = "sync_scope scope on scope.technician_id = h.technician_id", one.table.__tablename__, ""
    many = False
    if isinstance(one.parent, Everybodys):
        joins = [f"join {table} on {table}.id = t.id"]
        scope = "sync_scope scope on scope.key = 'catalogue'"
    elif isinstance(one.parent, Owned):
        joins = [f"join {table} r on r.id = t.id"]
        scope, where = f"sync_scope scope on scope.technician_id = r.{one.parent.column}", f" where {one.parent.when}"
    else:
        joins, many = tree.from_below(one, "t.id")
    lines = "\n        ".join([*joins, f"join {scope}{where};"])
    return (
        f"      when '{one.name}' then return query select {'distinct ' if many else ''}scope.id, _one, t.id from unnest(_some) t (id)\n"
        f"        {lines}"
    )


def _rows(tree: Tree) -> str:
    """Each collection on which others hang is a list of ids by itself; the others are read from the list above them."""
    lists, leaves = [], []
    for one in tree.trees:
        ids = [f"select n.row_id as id from noted n where n.collection = '{one.name}_tree'"]
        if one.name in tree.above:
            ids.append(f"select {_below(tree, one)}")
        lists.append(f"{one.name}s as (\n    " + "\n    union ".join(ids) + "\n  )")
        leaves.append(f"select '{one.name}', id from {one.name}s")
    leaves += [f"select '{one.name}', {_below(tree, one)}" for one in tree.crewed() if one not in tree.trees]
    also = [f"select '{one.name}', {sql.removeprefix('select ')}" for one in tree.all for sql in one.through.values()]
    no_rows = [
        "technician",
        *(name for one in tree.all for name in one.through),
        *(f"{o.name}_tree" for o in tree.trees),
    ]
    return f"""\
-- Names ending in _tree are no collections: they stand for all rows that hang on one, and are looked up when the transaction ends.
create or replace function sync_trees() returns text[]
language sql immutable parallel safe return array[{", ".join(f"'{name}'" for name in no_rows)}];

-- The rows that a transaction has touched, with every tree replaced by what hangs on it now.
create or replace function sync_rows(_txid xid8) returns table (collection text, row_id uuid)
language sql volatile rows 100 set plan_cache_mode = force_generic_plan as $$
  with noted as materialized (
    select t.collection, t.row_id from sync_touched t where t.txid = _txid
  ), {", ".join(lists)}
  select n.collection, n.row_id from noted n where n.collection <> all (sync_trees())
  union {f"{chr(10)}  union ".join([*leaves, *also])}
  union select held.collection, held.row_id from noted n
        cross join lateral (select s.collection, s.row_id from technician_scope s where s.technician_id = n.row_id) held
        where n.collection = 'technician'
$$;"""


def _below(tree: Tree, one: Collection) -> str:
    parent, above = one.parent, tree.above[one.name]
    if isinstance(parent, Of):
        table = one.table.__tablename__
        return f"r.id from {table} r join {above.name}s above on above.id = r.{parent.column}"
    assert isinstance(parent, Names)
    return f"r.{parent.column} from {above.table.__tablename__} r join {above.name}s above on above.id = r.id"


def _bodies(tree: Tree) -> str:
    branches = [
        f"    when '{one.name}' then return query select r.id, {body_of(one)} where r.id = any (_ids);"
        for one in tree.all
    ]
    return f"""\
-- Rows as the phone gets them: integers for time (microseconds), degrees and minor units as documented in the schemas. Those of one
-- collection together: a statement for each was a tenth of the commit of 50 operations.
create or replace function sync_bodies(_collection text, _ids uuid[]) returns table (row_id uuid, body jsonb)
language plpgsql stable rows 20 as $$
begin
  case _collection
{chr(10).join(branches)}
    else raise exception 'no such collection: %', _collection;
  end case;
end $$;

create or replace function sync_body(_collection text, _row_id uuid) returns jsonb
language sql stable return (select made.body from sync_bodies(_collection, array[_row_id]) made);"""


def body_of(one: Collection) -> str:
    """What a body of a collection is, and of which table's rows."""
    members = []
    for name, kind in one.row.__annotations__.items():
        moment = kind in (Micros, Micros | None)
        value = one.body.get(name) or (f"sync_micros(r.{name})" if moment else f"r.{name}")
        members.append(f"'{name}', {value}")
    lines = ",\n      ".join(members)
    return f"jsonb_build_object(\n      {lines})\n      from {one.table.__tablename__} r"


def _touching(tree: Tree) -> str:
    columns = dict.fromkeys(["id", *(column for one in tree.all for _, column in one.parts)])
    return "\n\n".join(_touch_function(column) for column in columns)


def _touch_function(column: str) -> str:
    return f"""\
-- For a table whose rows are part of one collection's row: the argument is the collection, the function's column names its row.
create or replace function sync_touch_by_{column}() returns trigger
language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into sync_touched (collection, row_id) select tg_argv[0], {column} from added on conflict do nothing;
  elsif tg_op = 'UPDATE' then
    insert into sync_touched (collection, row_id)
    select tg_argv[0], {column} from added union select tg_argv[0], {column} from removed on conflict do nothing;
  else
    insert into sync_touched (collection, row_id) select tg_argv[0], {column} from removed on conflict do nothing;
  end if;
  if found then
    perform set_config('fieldproof.touched', '1', true);
  end if;
  return null;
end $$;"""


def _triggers(tree: Tree) -> str:
    made = []
    for one in tree.all:
        # What hangs on a row of this kind is held by it: when it moves, they move.
        moves = one in tree.trees and isinstance(one.parent, Of)
        own = [(one.table.__tablename__, "id")] if one.touched else []
        for table, column in [*own, *one.parts]:
            for when, event, rows in (
                ("added", "insert", "new table as added"),
                ("changed", "update", "new table as added old table as removed"),
                ("removed", "delete", "old table as removed"),
            ):
                name = f"{one.name}_tree" if moves and column == "id" and when == "changed" else one.name
                made.append(
                    f"create or replace trigger sync_touch_{when} after {event} on {table} referencing {rows}\n"
                    f"for each statement execute function sync_touch_by_{column}('{name}');"
                )
    return "\n".join(made)
