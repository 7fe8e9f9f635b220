"""Words of data by language: which text of a checklist line, a product, a part or a fault word somebody reads, and whether it is another language's.

A row has its texts under their language's tag (`labels`, `names`), and beside them one plain text (`label`, `name`) that was there
first and whose language nobody may know. The rule stands here once for server and phones; `vectors/texts.json` has cases for every client.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

ENGLISH = "en"
"""What is read where there is no text in the wanted language."""

UNKNOWN = "und"
"""The tag of a text whose language nobody wrote down (ISO 639-2, undetermined)."""

Json = dict[str, Any]


class Chosen(NamedTuple):
    """A text, and the tag of its language where that is not the wanted one; None: it is."""

    text: str
    fallback: str | None


def text_for(texts: Mapping[str, str] | None, plain: str, locale: str) -> Chosen:
    """The text in a language: its own, else the English one, else the plain one."""
    by_tag = {tag: text for tag, text in (texts or {}).items() if text}
    if locale in by_tag:
        return Chosen(by_tag[locale], None)
    if ENGLISH in by_tag:
        return Chosen(by_tag[ENGLISH], ENGLISH)
    return Chosen(plain, next((tag for tag in sorted(by_tag) if by_tag[tag] == plain), UNKNOWN))


def line_text(row: Mapping[str, Any], member: str, locale: str, shown_as: str | None = None) -> Json:
    """The text of a row (`name`, with `names` beside it) as a line of a report has it: with `name_locale` where it is a fallback."""
    text, fallback = text_for(row.get(f"{member}s"), row[member], locale)
    name = shown_as or member
    return {name: text} | ({f"{name}_locale": fallback} if fallback else {})


def fault_text(word: Mapping[str, Any], locale: str) -> Json:
    """A fault word as the `fault` of a report has it, under its role: {"cause": "磨损"}. One without any text is its code."""
    return line_text({**word, "label": word["code"]}, "label", locale, word["role"])


def line_answer(kind: str, answer: Any) -> Any:
    """An answer as a line of a report has it: yes and no of a line that asks for one of them are true and false, which pages say in their language."""
    return answer == "yes" if kind == "yes_no" and answer in ("yes", "no") else answer
