"""The house rules that no linter knows: sizes, names, time and commits. Each failure says what to do."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from server.process.settings import OPTIONS

ROOT = Path(__file__).resolve().parent.parent
DOMAINS = (
    "arrival",
    "clocks",
    "customers",
    "dispatch",
    "followup",
    "identity",
    "jobs",
    "media",
    "notifications",
    "records",
    "requests",
    "restore",
)
VAGUE = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
NOW = re.compile(r"\bdatetime\.(?:now|today|utcnow)\(|\bdate\.today\(|\btime\.time(?:_ns)?\(")
FUNCTION_LINES = 70


def modules(*folders: str) -> Iterator[tuple[str, str]]:
    """Path from the root, and text, of each Python file of ours in the folders. Migrations are history: nobody edits them."""
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if not {"versions", "node_modules"} & set(file.parts):
                yield str(file.relative_to(ROOT)), file.read_text()


def found(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def lines_with(pattern: str | re.Pattern[str], *folders: str) -> Iterator[str]:
    for path, text in modules(*folders):
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(pattern, line.partition("#")[0]):
                yield f"{path}:{number}: {line.strip()}"


def test_files_are_short() -> None:
    def too_long() -> Iterator[str]:
        for limit, folders in ((400, ("server", "mobile_contract", "bench")), (600, ("tests",))):
            for path, text in modules(*folders):
                if (length := len(text.splitlines())) > limit:
                    yield f"{path} has {length} lines, more than {limit}: move one idea of it to a file named after it"

    assert not (long := found(too_long())), long


def test_functions_are_short() -> None:
    def too_long() -> Iterator[str]:
        for path, text in modules("server", "mobile_contract", "bench", "tests"):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    length = (node.end_lineno or node.lineno) - node.lineno + 1
                    if length > FUNCTION_LINES:
                        yield f"{path}:{node.lineno} {node.name} has {length} lines, over {FUNCTION_LINES}: name its steps"

    assert not (long := found(too_long())), long


def test_each_module_says_what_it_is_for() -> None:
    silent = [
        f"{path}: begin it with one paragraph in a docstring: what it is for"
        for path, text in modules("server", "mobile_contract", "bench")
        if text.strip() and ast.get_docstring(ast.parse(text)) is None
    ]
    assert not silent, found(silent)


def test_names_say_what_is_inside() -> None:
    vague = [
        f"{path}: '{part}' says nothing; name it by what it does, in the words of the field"
        for path, _ in modules("server", "mobile_contract", "bench", "tests")
        for part in Path(path).with_suffix("").parts
        if VAGUE & set(part.lower().split("_"))
    ]
    assert not vague, found(vague)


def test_only_the_clock_asks_for_the_time() -> None:
    asked = [line for line in lines_with(NOW, "server") if not line.startswith("server/ground/clock.py:")]
    fix = "Ask server.ground.clock (now or micros) instead, so that a test can hold the time still:"
    assert not asked, f"{fix}\n{found(asked)}"


def test_no_domain_commits() -> None:
    commits = list(lines_with(r"\.commit\(", *(f"server/{domain}" for domain in DOMAINS)))
    fix = "Remove the commit: the request or the operation that called opened the transaction, and closes it:"
    assert not commits, f"{fix}\n{found(commits)}"


def test_the_verifier_uses_nothing_of_the_server() -> None:
    other = list(lines_with(r"^\s*(?:from|import) server(?!\.records\.verify\b)", "server/records/verify"))
    fix = "The verifier must not share code with the sealer; copy the few lines that it needs:"
    assert not other, f"{fix}\n{found(other)}"


def test_the_operations_page_lists_every_option() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    missing = [
        f"| `{option.name}` | {f'`{option.default}`' if option.default is not None else ''} | {option.meaning} |"
        for option in OPTIONS
    ]
    missing = [row for row in missing if row not in page]
    assert not missing, f"Put these rows into the table of docs/operations.md:\n{found(missing)}"


def test_the_dependencies_page_explains_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = [
        re.split(r"[\[<>=~! ]", line)[0]
        for line in project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    ]
    page = (ROOT / "docs" / "dependencies.md").read_text()
    missing = [name for name in names if f"| `{name}` |" not in page]
    assert not missing, f"Say in docs/dependencies.md what each of these is for: {', '.join(missing)}"
