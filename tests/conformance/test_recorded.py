"""The recordings: made from a real run, fresh, passed by our server and by the reference phone."""

import os
from typing import Any

from mobile_contract.conformance import recording as recordings
from mobile_contract.conformance.field import Field
from mobile_contract.conformance.recorder import Recorder
from mobile_contract.conformance.recording import FOLDER, Recording, load_all
from mobile_contract.conformance.run import judge
from mobile_contract.conformance.stories import STORIES
from mobile_contract.conformance.walk import walked
from server.ground import clock

RECORDED = load_all()


def shape(recording: Recording) -> list[Any]:
    """What must not change without somebody seeing it: who did what in which order, and how it was answered."""
    steps = []
    carried: list[str] = []  # where one page ends and the next begins is the server's business
    for step in recording.steps:
        line: list[Any] = [type(step).__name__]
        if isinstance(step, recordings.Phone):
            body = (step.reply.body if step.reply else None) or {}
            line += [step.title, step.network, step.reply and step.reply.status, sorted(body)]
            carried += [change["collection"] for change in body.get("changes", [])]
            if not body.get("more"):
                line += [sorted(carried)]
                carried = []
            line += [[(one["outcome"], one.get("was"), one.get("code")) for one in body.get("outcomes", [])]]
        elif isinstance(step, recordings.Driver):
            line += [step.does, step.tap and step.tap.kind]
        steps.append(line)
    return steps


async def test_the_recordings_are_what_happens_today(field: Field) -> None:
    """FIELDPROOF_RECORD=1 writes them anew."""
    for name, story in STORIES.items():
        made = await story(Recorder(field))
        await field.desk.tidy()
        clock.hold(None)
        assert made.name == name
        if os.environ.get("FIELDPROOF_RECORD"):
            (FOLDER / f"{name}.json").write_text(recordings.dump(made))
        else:
            assert shape(made) == shape(RECORDED[name]), name
    if os.environ.get("FIELDPROOF_RECORD"):
        (FOLDER / "recording.schema.json").write_text(recordings.schema())


async def test_our_server_answers_as_recorded(field: Field) -> None:
    verdicts = []
    for name, recording in RECORDED.items():
        verdicts.append(await judge(name, walked(recording), field))
        clock.hold(None)
    assert [verdict.line() for verdict in verdicts if verdict.result != "ok"] == []
    assert len(verdicts) == len(STORIES)


def test_the_schema_beside_the_recordings_is_that_of_the_format() -> None:
    assert (FOLDER / "recording.schema.json").read_text() == recordings.schema()
