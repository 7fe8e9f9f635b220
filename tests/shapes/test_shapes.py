"""What can be sealed: the vectors that every client runs, and the reports that today's clients and stories are made of."""

import json
from typing import Any

import msgspec
import pytest
import rfc8785

from mobile_contract.shapes.check import check_report, check_signing, check_strokes, schema_of
from mobile_contract.shapes.fit import Unfit, must_fit
from mobile_contract.shapes.ink import shows
from mobile_contract.shapes.limits import LINES, POINTS, REPORT_BYTES, STROKES_BYTES
from mobile_contract.shapes.report import Report
from server.contract.written import FOLDER
from server.records.print.drawing import signature_svg
from tests.records.factory import make_facts

Json = dict[str, Any]
VECTORS: Json = json.loads((FOLDER / "vectors" / "shapes.json").read_text())
BASE: Json = json.loads(VECTORS["reports"][0]["text"])


def cases(key: str) -> list[Any]:
    return [pytest.param(one, id=one["name"]) for one in VECTORS[key]]


def answer(check: Any, *given: Any) -> Json:
    """What a check says, in the form of the vectors."""
    try:
        check(*given)
    except Unfit as misfit:
        return {"fits": False, "field": misfit.field, "sentence": str(misfit)}
    return {"fits": True}


def said(one: Json) -> Json:
    return {name: one[name] for name in ("fits", "field", "sentence") if name in one}


@pytest.mark.parametrize("one", cases("reports"))
def test_a_report_of_the_vectors(one: Json) -> None:
    assert answer(check_report, one["text"]) == said(one)


@pytest.mark.parametrize("one", cases("strokes"))
def test_strokes_of_the_vectors(one: Json) -> None:
    assert answer(check_strokes, one["text"]) == said(one)


@pytest.mark.parametrize("one", cases("signings"))
def test_a_signing_of_the_vectors(one: Json) -> None:
    assert answer(check_signing, json.loads(VECTORS["shown"]), one["body"], one["strokes"]) == said(one)


@pytest.mark.parametrize("one", [pytest.param(one, id=ascii(one["text"])) for one in VECTORS["texts"]])
def test_a_text_shows_or_does_not(one: Json) -> None:
    assert shows(one["text"]) is one["shows"]


@pytest.mark.parametrize("locale", ["en", "zh-CN", "de"])
def test_the_stories_can_be_sealed(locale: str) -> None:
    facts, strokes, _ = make_facts(locale)
    assert check_report(facts["report"]["canonical"])["locale"] == locale
    check_strokes(strokes or "")


@pytest.mark.parametrize("name", ["parts", "charges", "checklist"])
def test_the_number_of_lines_is_limited(name: str) -> None:
    whole = json.loads(json.dumps(BASE)) | {name: [BASE[name][0]] * (LINES + 1)}
    with pytest.raises(Unfit, match=f"{name} has {LINES + 1} entries") as refused:
        check_report(rfc8785.dumps(whole).decode())
    assert refused.value.field == name


def test_the_bytes_of_a_report_are_limited_and_not_its_characters() -> None:
    def sized(character: str, count: int) -> str:
        return rfc8785.dumps(BASE | {"work": character * count}).decode()

    spare = REPORT_BYTES - len(sized("", 0).encode())
    check_report(sized("风", spare // 3))
    with pytest.raises(Unfit, match=f"at most {REPORT_BYTES} fit"):
        check_report(sized("风", spare // 3 + 1))


def test_the_bytes_and_points_of_strokes_are_limited() -> None:
    def drawn(points: int) -> str:
        return '{"strokes":[[' + ",".join(f"[{at % 9},1]" for at in range(points)) + "]]}"

    check_strokes(drawn(POINTS))
    with pytest.raises(Unfit, match=f"more than {POINTS} points"):
        check_strokes(drawn(POINTS + 1))
    with pytest.raises(Unfit, match=f"at most {STROKES_BYTES} fit"):
        check_strokes(drawn(POINTS) + " " * STROKES_BYTES)


def test_strokes_that_are_nested_too_deeply_do_not_fit() -> None:
    for levels in (40, 3000):
        with pytest.raises(Unfit, match="levels deep"):
            check_strokes('{"pen":' + "[" * levels + "]" * levels + ',"strokes":[[[1,2],[3,4]]]}')


@pytest.mark.parametrize("name", ["strokes", "pen"])
def test_strokes_with_numbers_that_not_every_reader_takes_are_drawn_or_do_not_fit(name: str) -> None:
    for number in ("9" * 5000, "1e400", "NaN", "-" + "9" * 400):
        text = (
            f'{{"pen":{number if name == "pen" else 1},"strokes":[[[1,{number if name == "strokes" else 2}],[3,4]]]}}'
        )
        if answer(check_strokes, text)["fits"]:
            assert b"<path" in signature_svg(text)


def test_the_place_is_found_by_the_schema_wherever_msgspec_finds_a_misfit() -> None:
    """What msgspec refuses and the search by the schema lets pass would be told without its field."""
    schema = schema_of(Report)
    odd = (None, True, -1, 1.5, "x", "", [], {}, [1], {"a": 1}, 2**53, "x" * 9000)
    for name in BASE:
        for value in odd:
            whole = BASE | {name: value}
            try:
                msgspec.convert(whole, Report)
            except msgspec.ValidationError:
                with pytest.raises(Unfit) as refused:
                    must_fit(whole, schema, schema["$defs"])
                assert refused.value.field.startswith(name)
            else:
                must_fit(whole, schema, schema["$defs"])
