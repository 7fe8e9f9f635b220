"""Which text of several somebody reads, and what says that it is another language's."""

import pytest

from mobile_contract.shapes.texts import line_answer, line_text, text_for


@pytest.mark.parametrize(
    ("texts", "plain", "locale", "chosen"),
    [
        ({"en": "Fan", "zh-CN": "风机", "de": "Lüfter"}, "Fan 风机", "zh-CN", ("风机", None)),
        ({"en": "Fan", "zh-CN": "风机"}, "Fan 风机", "de", ("Fan", "en")),
        ({"zh-CN": "风机"}, "风机", "de", ("风机", "zh-CN")),
        ({"zh-CN": "风机"}, "Fan 风机", "en", ("Fan 风机", "und")),
        ({"en": ""}, "Fan", "en", ("Fan", "und")),
        ({}, "Fan", "en", ("Fan", "und")),
        (None, "Fan", "de", ("Fan", "und")),
    ],
)
def test_its_own_text_then_the_english_one_then_the_plain_one(
    texts: dict[str, str] | None, plain: str, locale: str, chosen: tuple[str, str | None]
) -> None:
    assert text_for(texts, plain, locale) == chosen


def test_a_line_says_that_its_text_is_another_languages_and_nothing_where_it_is_not() -> None:
    row = {"id": "b1", "name": "Fan 风机", "names": {"en": "Fan", "zh-CN": "风机"}}
    assert line_text(row, "name", "zh-CN") == {"name": "风机"}
    assert line_text(row, "name", "de") == {"name": "Fan", "name_locale": "en"}
    assert line_text(row, "name", "de", "product") == {"product": "Fan", "product_locale": "en"}
    assert line_text({"label": "Isolated"}, "label", "en") == {"label": "Isolated", "label_locale": "und"}


def test_yes_and_no_are_no_words_of_english_in_a_report() -> None:
    assert line_answer("yes_no", "yes") is True
    assert line_answer("yes_no", "no") is False
    assert line_answer("yes_no", "partly") == "partly"
    assert line_answer("text", "no") == "no", "what somebody wrote stays"
