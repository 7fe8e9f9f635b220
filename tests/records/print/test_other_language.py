"""Where a phone had no text in the report's language, PDF and customer's page say of what language the one is that stands there."""

import json
from typing import Any

import pytest

from mobile_contract.shapes.check import check_report
from server.records.canonical import canonical
from server.records.print.labels import Wording
from server.records.print.page import report_view
from server.records.print.shown import shown_of, zone_of
from tests.records.conftest import pdf_of
from tests.records.factory import Sealed, make_sealed
from tests.records.print.test_pdf import text_of, with_report

MARKS = {"en": ("Chinese", "as entered"), "zh-CN": ("英语", "原文"), "de": ("Englisch", "wie erfasst")}


def marked(sealed: Sealed, locale: str) -> Sealed:
    """The record with a line, a product, a part and a fault word in other languages."""
    report = json.loads(sealed.facts["report"]["canonical"])
    other = "zh-CN" if locale == "en" else "en"
    line, *lines = report["checklist"]
    part, *parts = report["parts"]
    return with_report(
        sealed,
        checklist=[line | {"label": "Drain checked 排水", "label_locale": other}, *lines],
        parts=[part | {"name": "Seal ring", "name_locale": "und"}, *parts],
        asset=report["asset"] | {"product": "Chiller CH-200", "product_locale": other},
        fault=report["fault"] | {"cause": "WORN-7", "cause_locale": "und"},
    )


def view_of(sealed: Sealed) -> dict[str, Any]:
    record, report = shown_of(sealed.facts)
    return report_view(record, report, None, Wording(record["locale"]), zone_of(record))


@pytest.mark.parametrize("locale", MARKS)
def test_the_pdf_says_it_behind_the_text_and_nowhere_else(locale, tmp_path):
    sealed = make_sealed(locale)
    other, unknown = MARKS[locale]
    plain = text_of(pdf_of(sealed), tmp_path)
    assert f"({other})" not in plain
    told = text_of(pdf_of(marked(sealed, locale)), tmp_path).replace(" ", "")
    for text, mark in (
        ("Drainchecked排水", other),
        ("ChillerCH-200", other),
        ("Sealring", unknown),
        ("WORN-7", unknown),
    ):
        assert f"{text}({mark})".replace(" ", "") in told
    assert told.count(f"({other})".replace(" ", "")) == 2


def test_marks_are_members_that_a_report_may_have():
    report = json.loads(marked(make_sealed("de"), "de").facts["report"]["canonical"])
    check_report(canonical(report).decode())
    with pytest.raises(Exception, match="label_locale"):
        check_report(canonical({**report, "checklist": [{"label": "x", "label_locale": "e" * 36}]}).decode())


def test_a_language_that_is_not_known_here_is_shown_by_its_tag_and_no_text_has_no_mark():
    sealed = make_sealed("en")
    report = json.loads(sealed.facts["report"]["canonical"])
    asset = report["asset"] | {"product": "Refroidisseur", "product_locale": "fr"}
    rows = view_of(with_report(sealed, asset=asset))["cards"][1]["rows"]
    assert rows[0][1] == {"text": "Refroidisseur", "mark": "fr"}
    asset = report["asset"] | {"product": None, "product_locale": "fr"}
    assert len(view_of(with_report(sealed, asset=asset))["cards"][1]["rows"]) == len(rows) - 1
