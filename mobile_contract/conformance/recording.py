"""The format of a recorded exchange: a story, what everybody did in it step by step, and where a client must end.

The README says how each field is used; `recorded/recording.schema.json` is made from these structs.
"""

from pathlib import Path
from typing import Any, Literal

import msgspec

FOLDER = Path(__file__).parent / "recorded"


class Request(msgspec.Struct, omit_defaults=True):
    """What was asked. Headers are the ones that matter; Authorization is left out."""

    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = {}


class Reply(msgspec.Struct, omit_defaults=True):
    """What was answered."""

    status: int
    body: Any = None
    headers: dict[str, str] = {}


class Value(msgspec.Struct):
    """A text that is another one in each run: who makes it up, and what it was in this recording."""

    name: str
    made_by: Literal["server", "client"]
    value: str


class Row(msgspec.Struct):
    """What identifies the state of a row that a client holds."""

    rev: int
    hash: str


class Outcome(msgspec.Struct, omit_defaults=True):
    """What a client knows of an operation."""

    outcome: str
    was: str | None = None
    code: str | None = None


class State(msgspec.Struct, omit_defaults=True):
    """What a client holds: rows by collection and id, rows that were taken away and are kept for unsent work
    (`collection/id`), the numbers of unsent operations, outcomes by number, the cursor, and the code of the problem that
    made it stop."""

    rows: dict[str, dict[str, Row]] = {}
    taken_away: list[str] = []
    outbox: list[int] = []
    outcomes: dict[str, Outcome] = {}
    cursor: str | None = None
    stopped_by: str | None = None


class Tap(msgspec.Struct):
    """An operation that the client is to put into its outbox."""

    kind: str
    visit_id: str
    body: dict[str, Any]


class Photo(msgspec.Struct):
    """A photo that the client is to take: its bytes, base64, with the promise that goes with them."""

    visit_id: str
    slot: str
    content_type: str
    data: str


class Desk(msgspec.Struct, tag_field="by", tag="desk"):
    """The dispatcher did something. Only a run against a server repeats it."""

    title: str
    request: Request
    reply: Reply


class Operator(msgspec.Struct, tag_field="by", tag="operator"):
    """Somebody did to the server what no client can: `restore` or `wait`. Only a run against a server repeats it."""

    does: Literal["restore", "wait"]


class Driver(msgspec.Struct, tag_field="by", tag="driver", omit_defaults=True):
    """What the person, or the test, that holds the client does with it."""

    does: Literal["enrol", "tap", "photo", "sync", "upload", "release", "backup", "go_back", "lose_row"]
    code: str | None = None
    tap: Tap | None = None
    photo: Photo | None = None
    row: str | None = None
    fails: bool = False
    held: bool = False


Network = Literal[
    "ok", "request lost", "reply lost", "reply held", "busy", "unavailable", "too large", "unreadable", "unknown cursor"
]


class Phone(msgspec.Struct, tag_field="by", tag="phone", omit_defaults=True):
    """The client asked, and the network did something to the request or the reply.

    `pieces`: the operations may come in several requests, in order; those named in `alone` only by themselves.
    `any_order`: at any time from here on, and again.
    """

    title: str
    request: Request
    network: Network = "ok"
    reply: Reply | None = None
    suffix: bool = False
    pieces: bool = False
    alone: list[int] = []
    any_order: bool = False


class Expect(msgspec.Struct, tag_field="by", tag="expect"):
    """What the client must hold at this point."""

    state: State


Step = Desk | Operator | Driver | Phone | Expect


class Recording(msgspec.Struct):
    """One story. `needs` names what not every server or client has: `second technician`, `operator`, `part`,
    `reconcile`. `public_key` is the recorded phone's (base64url of the SubjectPublicKeyInfo)."""

    format: Literal[1]
    name: str
    title: str
    story: str
    needs: list[str]
    contract_version: int
    public_key: str
    values: list[Value]
    steps: list[Step]
    end: State

    def phone_steps(self) -> list[Phone]:
        """What the client asks, in order."""
        return [step for step in self.steps if isinstance(step, Phone)]


def load(file: Path) -> Recording:
    """Read a recording. Raises `msgspec.ValidationError` when it has another format."""
    return msgspec.json.decode(file.read_bytes(), type=Recording)


def load_all(place: Path = FOLDER) -> dict[str, Recording]:
    """The recordings of a folder (or the one of a file) by name."""
    files = [place] if place.is_file() else sorted(place.glob("*.json"))
    found = [load(file) for file in files if not file.name.endswith(".schema.json")]
    return {recording.name: recording for recording in found}


def dump(recording: Recording) -> str:
    """The text of a recording's file."""
    return msgspec.json.format(msgspec.json.encode(recording), indent=1).decode() + "\n"


def schema() -> str:
    """The JSON Schema of the format (2020-12)."""
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Recording)}
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"
