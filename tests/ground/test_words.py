"""The language files: a word for every key, the same places in every language, and nothing that no enum knows."""

import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest

from server.contract.choices import choices, page
from server.contract.written import CHOICES
from server.ground.words import Language, language_of, words, words_of

ALIKE = {
    "arrival.places": "place",
    "arrival.times": "time_verdict",
    "arrival.verdicts": "verdict",
    "arrival.accuracies": "platform",
}
"""Places that have another phrase for each key of an enum."""
FORMS = {"one", "other"}


def sentences(language: Language) -> Iterator[tuple[str, Any]]:
    """Each text, or its forms, by its place."""
    todo: list[tuple[str, Any]] = list(words_of(language).items())
    while todo:
        place, found = todo.pop()
        if isinstance(found, str) or found.keys() <= FORMS:
            yield place, found
        else:
            todo += [(f"{place}.{name}", inside) for name, inside in found.items()]


def texts(found: Any) -> list[str]:
    return [found] if isinstance(found, str) else list(found.values())


def members(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", Language)
def test_every_key_of_every_enum_has_a_word_and_no_other_key_has(language: Language) -> None:
    said, known = words_of(language)["keys"], choices()
    assert said.keys() == known.keys()
    unlike = {name: set(said[name]) ^ set(keys) for name, keys in known.items() if set(said[name]) != set(keys)}
    assert not unlike, f"mobile_contract/words/{language}.json: {unlike}"


@pytest.mark.parametrize("language", Language)
def test_phrases_for_keys_are_for_just_those(language: Language) -> None:
    known = choices()
    for place, name in ALIKE.items():
        assert words(language).at(place).keys() == {str(key) for key in known[name]}, place
    assert words(language).at("arrival.codes").keys() == {str(key) for key in known["outcome"]} - {"seen"}


def test_every_language_says_the_same_things_with_the_same_members() -> None:
    english = dict(sentences(Language.EN))
    assert len(english) > 400
    for language in Language:
        other = dict(sentences(language))
        assert other.keys() == english.keys(), language
        for place, found in other.items():
            asked = {frozenset(members(text)) for text in texts(found)}
            assert asked == {frozenset(members(texts(english[place])[0]))}, (language, place)
            assert all(text == text.strip() and text for text in texts(found)) or place in LOOSE, (language, place)


LOOSE = {"format.list", "format.clauses", "format.sentences", "arrival.share"}
"""Texts that are put together with others, so a space at their end counts."""


def test_a_language_has_the_forms_that_its_grammar_asks_for() -> None:
    for language in Language:
        for place, found in sentences(language):
            if isinstance(found, dict):
                assert found.keys() == ({"other"} if language is Language.ZH else FORMS), (language, place)


def test_one_is_another_form_than_more_where_a_language_has_it() -> None:
    def said(language: Language, count: int) -> str:
        return words(language).say("arrival.aside", count=count, fixes=3, reasons="x")

    assert said(Language.EN, 1) == "1 of the 3 fixes was set aside: x."
    assert said(Language.EN, 2) == "2 of the 3 fixes were set aside: x."
    assert said(Language.DE, 1) == "1 der 3 Ortungen wurde nicht verwendet: x."
    assert said(Language.ZH, 1) == said(Language.ZH, 2).replace("2", "1")


def test_a_place_that_nobody_wrote_is_loud() -> None:
    with pytest.raises(KeyError, match="limit"):
        words(Language.EN).say("arrival.limit")
    with pytest.raises(KeyError, match="reasons"):
        words(Language.EN).say("arrival.limits")


def test_a_tag_or_header_leads_to_a_language_that_we_speak() -> None:
    tags = ("de-AT", "zh-TW,zh;q=0.9", "zh", "en-GB", "tlh, de;q=0.5", "", "DE_ch")
    assert [str(language_of(tag)) for tag in tags] == ["de", "zh-CN", "zh-CN", "en", "en", "en", "de"]


def test_german_is_german() -> None:
    """No sentence was left in English; words that are the same in both are listed."""
    english, german = dict(sentences(Language.EN)), dict(sentences(Language.DE))
    same = {place for place, text in german.items() if text == english[place] and re.search("[a-z]{3}", str(text))}
    allowed = {
        "arrival.share", "keys.fault_role.symptom", "keys.clock_subject.ticket", "keys.datum.bd09", "keys.expense_kind.material", "keys.platform.android", "keys.platform.web",
        "keys.thing.ticket", "keys.tier.standard", "report.name", "report.symptom",
    }  # fmt: skip
    assert {place for place in same if not place.startswith("format.")} <= allowed


def test_the_page_of_choices_is_what_the_enums_and_files_say() -> None:
    assert CHOICES.read_text() == page(), "run `python -m server.contract`"
