"""The words of a report's pages: labels by their name, and the names of codes."""

from server.ground.words import language_of, words

FAMILIES = {
    "kind": "job_kind", "slot": "photo_slot", "verdict": "verdict", "place": "place", "time": "time_verdict",
    "warranty": "warranty", "unit": "unit", "delivery": "delivery",
    "language": "language",
}  # fmt: skip
"""Codes that are keys of an enum. Of some of these, and of all others, the words of more codes stand under `codes`: a report may
hold what phones of other makers, or other versions of ours, wrote."""


class Wording:
    """The words of one language, by the tag that a record or a request names."""

    def __init__(self, locale: str) -> None:
        self.language = language_of(locale)
        self.words = words(self.language)
        self._labels = self.words.at("report") | self.words.at("customer_page")

    def label(self, name: str, *values: object) -> str:
        """The label of a name, with values put in its places; raises `KeyError` for an unknown name."""
        return str(self._labels[name]).format(*values)

    def code(self, family: str, code: object) -> str:
        """The name of a code in a family (`slot`, `verdict`, ...); one that has none is shown as it is."""
        known = self.words.at("codes").get(family, {})
        if family in FAMILIES:
            known = known | self.words.at("keys")[FAMILIES[family]]
        return str(known.get(str(code), code))
