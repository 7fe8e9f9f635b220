"""Requests have names, which reach answers, problem documents and log lines; and no log holds secrets or people's data."""

import json
import logging
import sys
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from server.embedded.s3_address import S3Address
from server.ground.request_id import request_id
from server.process.spoken import FORMAT, Documents, Lines, without_values
from tests.company import Company
from tests.http.door.serving import served


async def test_every_answer_names_its_request_and_a_problem_has_the_name_inside(http: httpx.AsyncClient) -> None:
    fine, lost, refused = [await http.get(path) for path in ("/health/live", "/nowhere", "/v1/jobs")]
    assert (fine.status_code, lost.status_code, refused.status_code) == (200, 404, 401)
    names = [one.headers["x-request-id"] for one in (fine, lost, refused)]
    assert len(set(names)) == 3
    assert [lost.json()["request_id"], refused.json()["request_id"]] == names[1:]


@pytest.mark.parametrize("given", ["", "short", "with space inside", "x" * 65, '{"a": 1, "b": 2}', "-begins-wrong"])
async def test_a_name_that_is_none_is_replaced(http: httpx.AsyncClient, given: str) -> None:
    answer = await http.get("/nowhere", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 16


async def test_a_name_that_came_is_kept(http: httpx.AsyncClient) -> None:
    answer = await http.get("/nowhere", headers={"X-Request-Id": "proxy-7f.3_a9"})
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "proxy-7f.3_a9"


async def test_a_failure_is_found_in_the_log_by_the_name_that_its_answer_gave(
    http: httpx.AsyncClient, app: Litestar, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = list[str]()

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    keep = Keep()
    keep.setFormatter(Documents())
    logging.getLogger("fieldproof").addHandler(keep)
    monkeypatch.setattr("server.dispatch.show_board.hours_of", lambda *_: 1 / 0)
    answer = await company.call("mei", "GET", "/v1/board")
    logging.getLogger("fieldproof").removeHandler(keep)
    assert answer.status_code == 500
    [said] = [json.loads(line) for line in lines]
    assert said["request_id"] == answer.json()["request_id"]
    assert said["message"] == "GET /v1/board failed"
    assert "ZeroDivisionError" in said["trace"]
    assert said["level"] == "ERROR"


async def test_the_process_lives_although_the_database_does_not(http: httpx.AsyncClient, app: Litestar) -> None:
    sessions, app.state.sessions = app.state.sessions, None
    live, ready = await http.get("/health/live"), await http.get("/health")
    app.state.sessions = sessions
    assert (live.status_code, live.json()) == (200, {"process": "ok"})
    assert ready.status_code != 200


def test_a_log_holds_neither_values_nor_secrets() -> None:
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
    said = without_values(
        'duplicate key value violates unique constraint "uq_app_user_login"\nDETAIL:  Key (login)=(mei.chen) already exists.\n'
        "invalid input for query argument $2: '13 Garden Street' (expected str)\n"
        'invalid input syntax for type uuid: "secret words"\n'
        f"connect to postgresql://fieldproof_app:pa55word@127.0.0.1:5432/x with Authorization: Bearer {jwt} or {jwt}"
    )
    for hidden in ("mei.chen", "Garden", "secret words", "pa55word", jwt, "eyJ"):
        assert hidden not in said
    assert "uq_app_user_login" in said
    assert "127.0.0.1:5432" in said


def test_a_message_of_several_lines_is_one_document() -> None:
    try:
        raise ValueError("one\ntwo\nDETAIL:  Key (name)=(Anna) is there")
    except ValueError:
        record = logging.LogRecord("fieldproof", logging.ERROR, "", 1, "it\nbroke %s", ("here",), sys.exc_info())
    line = Documents().format(record)
    assert "\n" not in line
    document = json.loads(line)
    assert document["message"] == "it\nbroke here"
    assert "request_id" not in document
    assert "Anna" not in line
    named = request_id.set("request-0001")
    assert Lines(FORMAT).format(record).splitlines()[1] == "broke here"
    assert "[request request-0001]" in Lines(FORMAT).format(record)
    assert json.loads(Documents().format(record))["request_id"] == "request-0001"
    request_id.reset(named)


async def test_a_server_that_writes_documents_writes_nothing_else(
    database_url: str, s3_address: S3Address, tmp_path: Path
) -> None:
    async with (
        served(tmp_path, database_url, s3_address, FIELDPROOF_LOG="json") as running,
        httpx.AsyncClient(base_url=running.url) as http,
    ):
        assert (await http.get("/health/live")).status_code == 200
    documents = [json.loads(line) for line in running.said().splitlines()]
    assert any(one["message"].startswith("API: http") for one in documents)
    assert any(one["logger"] == "alembic.runtime.migration" for one in documents)
    assert all({"time", "level", "logger", "message", "process"} <= one.keys() for one in documents)
