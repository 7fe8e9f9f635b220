"""SQL text reads no table of a higher room: what an import may not do, a string may not do either."""

import ast
import configparser
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.database.tables import Table
from server.process.schema import MODELS
from tests.test_layout import ROOT, modules

STATEMENT = re.compile(
    r"^\s*(?:--.*\n\s*)*(?:select|insert into|update|delete from|with|create|merge into)\b", re.IGNORECASE
)
READ = re.compile(r"\b(?:from|join|update|into|only|table)\s+([a-z_]+)\b")
IN_SQL = {"sync_touched": "sync"}
"""Tables that no model has."""
KNOWN = {
    "server/dispatch/board.py": {
        "service_report",
        "signature",
    },  # the board shows what is not sealed yet, in its one statement
    "server/media/signed.py": {"service_report", "signature"},  # a photo is refused by what the customer signed
}
"""Statements that read upwards all the same, by file: each says so beside its text. Not more of them."""
OF_NOBODY = {"server/database/migrations", "server/sync/sql"}
"""SQL of the whole product: migrations, and what is generated from the rooms' declarations."""


def owners() -> dict[str, str]:
    """The room of each table."""
    assert MODELS, "the models fill the metadata"
    found, left = dict(IN_SQL), list(Table.__subclasses__())
    while left:
        one = left.pop()
        left += one.__subclasses__()
        found[one.__table__.name] = one.__module__.split(".")[1]
    return found


def heights() -> dict[str, int]:
    """How low a room lies: 0 is the top layer of `.importlinter`."""
    linter = configparser.ConfigParser()
    linter.read(ROOT / ".importlinter")
    layers = linter["importlinter:contract:rooms"]["layers"].strip().splitlines()
    return {room.strip(" ()"): height for height, layer in enumerate(layers) for room in layer.split("|")}


def texts() -> Iterator[tuple[str, str]]:
    """Path and text of each SQL statement that the server's code holds."""
    for path, source in modules("server"):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value):
                yield f"{path}:{node.lineno}", node.value
    for file in sorted((ROOT / "server").rglob("*.sql")):
        path = str(file.relative_to(ROOT))
        if not any(path.startswith(one) for one in OF_NOBODY):
            yield path, file.read_text()


def too_high(path: str, sql: str) -> set[str]:
    """The tables in a statement that rooms above this file's room own."""
    rooms, height = owners(), heights()
    mine = height.get(Path(path).parts[1], 0)
    return {table for table in READ.findall(sql) if table in rooms and height[rooms[table]] < mine}


def test_no_statement_reads_the_table_of_a_higher_room() -> None:
    found = dict[str, set[str]]()
    for where, sql in texts():
        if tables := too_high(where, sql):
            path = where.partition(":")[0]
            found[path] = found.get(path, set()) | tables
    assert found == KNOWN, (
        "move the statement up to the room that may know the table, or let that room register it below"
    )


@pytest.mark.parametrize(
    ("path", "sql", "tables"),
    [
        ("server/jobs/make.py", "select id from sealed_record join visit on true", {"sealed_record"}),
        ("server/identity/revoke.py", "update visit set state = 'x'", {"visit"}),
        ("server/records/seal/seal.py", "select id from visit join operation using (id)", set()),
        ("server/jobs/feed.sql", "insert into sync_touched select 1", {"sync_touched"}),
    ],
)
def test_a_read_upwards_is_found(path: str, sql: str, tables: set[str]) -> None:
    assert too_high(path, sql) == tables


def test_there_is_something_to_look_at() -> None:
    assert len(list(texts())) > 40
