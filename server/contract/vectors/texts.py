"""Words of data: which text is read in a language, and what says that it is another one's."""

from typing import Any

from mobile_contract.shapes.texts import fault_text, line_answer, line_text, text_for

Json = dict[str, Any]
ENGLISH, CHINESE, GERMAN = "Work area left clean", "作业区域已清洁", "Arbeitsbereich sauber verlassen"
ALL = {"en": ENGLISH, "zh-CN": CHINESE, "de": GERMAN}
HELD: tuple[tuple[str, Json | None, str], ...] = (
    ("a text in each language", ALL, ENGLISH),
    ("English and one more", {"en": ENGLISH, "de": GERMAN}, "as the desk wrote it"),
    ("no English text, and the plain one is Chinese", {"zh-CN": CHINESE}, CHINESE),
    ("no English text, and the plain one is in no language that was said", {"de": GERMAN}, "清洁 clean"),
    ("two languages with the same text", {"zh-CN": "CH-200", "de": "CH-200"}, "CH-200"),
    ("an empty text is none", {"zh-CN": "", "en": ENGLISH}, ENGLISH),
    ("only a plain text", {}, ENGLISH),
    ("a row of a server that had no texts by language", None, ENGLISH),
)
ANSWERS: tuple[tuple[str, Any], ...] = (
    ("yes_no", "yes"), ("yes_no", "no"), ("yes_no", "partly"), ("yes_no", None), ("text", "yes"), ("number", "86"),
)  # fmt: skip

FAULTS: tuple[tuple[Json, str], ...] = (
    ({"en": "Worn", "zh-CN": "磨损"}, "zh-CN"), ({"en": "Worn", "zh-CN": "磨损"}, "de"), ({"zh-CN": "磨损"}, "en"),
)  # fmt: skip


def texts() -> Json:
    """`chosen`: a text by language. `lines`: a row as a line of a report has it. `faults`: a fault word, `answers`: an answer as it has it."""
    return {
        "chosen": [_chosen(name, by_tag, plain, locale) for name, by_tag, plain in HELD for locale in ALL],
        "answers": [{"kind": kind, "answer": one, "shown": line_answer(kind, one)} for kind, one in ANSWERS],
        "faults": [_fault(labels, locale) for labels, locale in FAULTS],
        "lines": [
            _line({"name": "Fan", "names": {"en": "Fan", "zh-CN": "风机"}}, "name", "zh-CN", None),
            _line({"name": "Fan", "names": {"en": "Fan", "zh-CN": "风机"}}, "name", "de", None),
            _line({"name": "Fan", "names": {"en": "Fan"}}, "name", "de", "product"),
            _line({"label": "Isolated"}, "label", "en", None),
        ],
    }


def _chosen(name: str, by_tag: Json | None, plain: str, locale: str) -> Json:
    found = text_for(by_tag, plain, locale)
    return {
        "name": name, "texts": by_tag, "plain": plain, "locale": locale, "text": found.text, "fallback": found.fallback,
    }  # fmt: skip


def _line(row: Json, member: str, locale: str, shown_as: str | None) -> Json:
    line = line_text(row, member, locale, shown_as)
    return {"row": row, "member": member, "locale": locale, "shown_as": shown_as, "line": line}


def _fault(labels: Json, locale: str) -> Json:
    word = {"code": "WORN", "role": "cause", "labels": labels}
    return {"word": word, "locale": locale, "fault": fault_text(word, locale)}
