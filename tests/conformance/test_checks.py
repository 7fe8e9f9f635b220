"""The kit finds nothing wrong with our server on a real socket, and nothing that it does not offer."""

from mobile_contract.conformance.field import Field
from mobile_contract.conformance.run import judge_all
from tests.sizes import size


async def test_our_server_keeps_every_promise(field: Field) -> None:
    verdicts = [verdict async for verdict in judge_all(field, seeds=range(1, 1 + size(1, 2)))]
    assert [verdict.line() for verdict in verdicts if verdict.result != "ok"] == []
