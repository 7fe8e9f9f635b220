"""A closed set of keys is one enum: the database checks just its keys, and nothing else says what they are."""

import re
from collections.abc import Iterator
from enum import StrEnum

import asyncpg
from msgspec import inspect

from server.database.tables import KEYS, Table
from tests.test_layout import ROOT, found, lines_with
from tests.test_written_to_the_end import fields

ADD_MIGRATION = (
    "make a migration that drops the check and makes it anew (server/database/migrations/versions/0024_words.py)"
)


def declared() -> dict[str, tuple[str, type[StrEnum]]]:
    """By the name of its check: the column, as table and column, and the enum that it is made of."""
    made = {}
    for table in Table.metadata.tables.values():
        for check in table.constraints:
            if KEYS in check.info:
                column, keys = check.info[KEYS]
                assert column in table.columns, (table.name, column)
                made[f"ck_{table.name}_{column}"] = (f"{table.name}.{column}", keys)
    return made


async def checked(database_url: str) -> dict[str, set[str]]:
    """By its name, the keys of each check of a migrated database that lists some."""
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch(
        "select conname, pg_get_constraintdef(oid) as said from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace"
    )
    await connection.close()
    return {
        row["conname"]: set(re.findall(r"'([^']*)'::text", row["said"]))
        for row in rows
        if re.fullmatch(r"""CHECK \(\("?\w+"? = (ANY \(ARRAY\[[^\]]*\]\)|'[^']*'::text)\)\)""", row["said"])
    }


async def test_the_database_checks_the_keys_of_each_enum_and_no_others(database_url: str) -> None:
    in_database, in_models = await checked(database_url), declared()
    assert len(in_models) > 30
    unlike = {
        f"{place}: {keys.__name__} has {set(keys) - in_database.get(name, set())} more, and lacks {in_database.get(name, set()) - set(keys)}"
        for name, (place, keys) in in_models.items()
        if in_database.get(name) != set(keys)
    }
    assert not unlike, f"{unlike}: {ADD_MIGRATION}"
    assert in_database.keys() == in_models.keys(), "a check lists keys that no enum has: write it with `one_of`"


def test_a_check_is_never_written_by_hand() -> None:
    lines = [
        line for line in lines_with(r"CheckConstraint\([^)]*\bin \(", "server") if "database/tables.py" not in line
    ]
    assert not lines, f"write it with `one_of` of an enum:\n{found(lines)}"


def test_no_pattern_lists_kinds() -> None:
    """A pattern such as `^(a|b)$` is an enum that neither the documentation nor the database knows."""

    def listed() -> Iterator[str]:
        for kind, name, one in fields():
            assert isinstance(one, inspect.StrType)
            if one.pattern and re.fullmatch(r"\^\([\w/. -]+(\|[\w/. -]+)*\)\$", one.pattern):
                yield f"{kind.__name__}.{name}: {one.pattern}"

    assert not list(listed()), "make it an enum in the room's rules.py"


COMPARED = re.compile(
    r"\b(?:\w+\.)?(state|outcome|resolution|slot|tier|locale|role)\s*(?:=|<>|(?:not )?in)\s*\(?((?:\s*'[a-z_]*'\s*,?)+)"
)


def test_sql_compares_with_keys_that_there_are() -> None:
    """A misspelt key in a query is never found; here it is named."""
    known: dict[str, set[str]] = {}
    for place, keys in declared().values():
        known.setdefault(place.rpartition(".")[2], set()).update(keys)
    compared, odd = 0, []
    for file in (*(ROOT / "server").rglob("*.py"), *(ROOT / "server").rglob("*.sql")):
        for column, listed in COMPARED.findall(file.read_text()) if "migrations" not in file.parts else ():
            for key in re.findall(r"'([a-z_]*)'", listed):
                compared += 1
                odd += [f"{file.name}: {column} has no key '{key}'"] if key not in known[column] else []
    assert compared > 30
    assert not odd
