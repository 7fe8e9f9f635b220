"""What is committed in mobile_contract is what the server does."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from mobile_contract.chain import sha256_hex
from server.contract.written import FOLDER, contract
from server.identity.signin import decode_base64url
from server.identity.signing import is_signed
from server.sync.down.collections import COLLECTIONS
from tests.company import Company
from tests.day import finished_visit
from tests.phones import enrolled


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """What is to be there, by path."""
    return contract()


def test_the_committed_contract_is_what_the_server_does(files: dict[str, str]) -> None:
    missing = [path for path in files if not (FOLDER / path).exists()]
    assert missing == [], "run `python -m server.contract` and commit what it writes"
    assert [path for path, written in files.items() if (FOLDER / path).read_text() != written] == [], (
        "These differ from the server. If phones keep working with the change, run `python -m server.contract` and "
        "commit it; if they do not, raise CONTRACT_VERSION and keep the old shape working."
    )


def test_no_schema_is_left_of_what_is_no_more(files: dict[str, str]) -> None:
    there = {str(file.relative_to(FOLDER)) for file in (FOLDER / "schemas").rglob("*.json")}
    assert there <= set(files)


def test_the_vectors_verify() -> None:
    vectors: dict[str, Any] = json.loads(Path(FOLDER / "vectors.json").read_text())
    key = decode_base64url(vectors["public_key"], "public_key")
    signature = decode_base64url(vectors["signature"], "signature")
    assert is_signed(key, vectors["body"].encode(), signature)
    assert not is_signed(key, vectors["body"].encode() + b" ", signature)
    assert sha256_hex(vectors["body"]) == vectors["sha256"]


async def test_every_row_that_a_phone_gets_has_the_shape_of_its_collection(company: Company) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    wei.tap("resume", visit_id)
    reading = {"meter_reading_id": str(uuid4()), "counter": "hours run", "value_milli": 1, "unit": "h"}
    word = {"code": "E42", "role": "symptom", "labels": {"en": "Overheated"}}
    await company.must("root", "POST", "/v1/fault-words", json=word)
    await company.must("root", "POST", "/v1/consent-texts", json={"code": "terms-1", "texts": {"en": "I agree."}})
    wei.tap("meter_reading", company.ids["asset"], reading)
    wei.tap("help_request", visit_id, {"help_request_id": str(uuid4()), "text": "Which oil?"})
    body = {"photo_impossible_id": str(uuid4()), "slot": "nameplate", "reason": "Painted over"}
    wei.tap("photo_impossible", visit_id, body)
    await wei.sync()
    seen = set()
    for key, row in wei.state["rows"].items():
        collection = key.partition("/")[0]
        msgspec.convert(row["body"], COLLECTIONS[collection], strict=False)
        seen.add(collection)
    assert seen == set(COLLECTIONS)
