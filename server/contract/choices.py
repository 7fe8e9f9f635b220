"""`docs/words.md`: every closed set of keys, what each key is called in each language, and where the database checks it."""

import importlib
import inspect
import pkgutil
from enum import StrEnum

import server
from server.database.tables import KEYS, Table
from server.ground.words import Language, family, words

NOT_FOR_PEOPLE = frozenset({"CopyKind", "Encryption", "Form", "ListFormat", "NoSighting", "Signed"})
"""Enums whose keys nobody reads: what a safe copy is of, in what form a photo is given out, formats of lists, and two between functions; and how mail is encrypted."""

HEAD = """# Choices

Written by `python -m server.contract` from the enums in the rooms' `rules.py` and the language files in `mobile_contract/words/`; do not edit. Each set
of keys is closed: the API, the schemas of operations and the database take no others. [adding.md](adding.md) says how to add a key or a language.
"""


def choices() -> dict[str, type[StrEnum]]:
    """Every enum of the server that people read, by the name of its words."""
    for module in pkgutil.walk_packages(server.__path__, "server."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    ours = [one for one in StrEnum.__subclasses__() if one.__module__.startswith("server.")]
    found = {family(one): one for one in ours if one.__name__ not in NOT_FOR_PEOPLE}
    return dict(sorted(found.items()))


def page() -> str:
    """The page as it is committed."""
    checked = _checked()
    parts = [HEAD]
    for name, keys in choices().items():
        where = ", ".join(f"`{column}`" for column in checked.get(keys, []))
        said = " ".join((inspect.getdoc(keys) or "").split())
        parts.append(f"\n## {name}\n\n{said}{f' In {where}.' if where else ''}\n")
        parts.append(
            f"\n| key | {' | '.join(words(one).at('name') for one in Language)} |\n|---|{'---|' * len(Language)}\n"
        )
        parts += [f"| `{key}` | {' | '.join(words(one).key(key) for one in Language)} |\n" for key in keys]
    return "".join(parts)


def _checked() -> dict[type[StrEnum], list[str]]:
    """The columns that hold the keys of each enum."""
    found: dict[type[StrEnum], list[str]] = {}
    for table in Table.metadata.sorted_tables:
        for check in table.constraints:
            if KEYS in check.info:
                column, keys = check.info[KEYS]
                found.setdefault(keys, []).append(f"{table.name}.{column}")
    return {keys: sorted(columns) for keys, columns in found.items()}
