"""No label is longer than its place on the printed page, as the typesetter measures it, and the kept fonts print every word."""

import json

import pytest

from server.ground.words import Language
from server.records.print.labels import Wording
from server.records.print.pdf import _compiler, _templates
from server.records.print.printable import printable
from tests.ground.test_words import sentences, texts

PLACES = (
    # millimetres, points, labels; as `facts`, `facts-across`, `hashes` and `ruled` are called in the templates
    (23, 8.4, "name address contact product serial arrival_date kind technician window arrived started finished"),
    (27, 8.4, "interval window"),
    (44, 8.4, "time place probability symptom cause component"),
    (34, 8.4, "signer present role contact reason signed_at received_at"),
    (26, 7.6, "part_number"),
    (26, 8.2, "sealed_record shown_report consent_text strokes log_name leaf root server_key"),
    (40, 8.2, "device enrolled public_key"),
    (78, 9.0, "refused customer_absent"),
)
TWO_LINES = {(Language.EN, "present")}
"""Labels that were printed on two lines before this was measured; records that are kept show them so."""
MEASURING = """
#import "style.typ": types
#set text(font: types)
#context for one in json(bytes(sys.inputs.labels)) {
  let width = measure(text(size: one.points * 1pt, weight: one.weight, one.text)).width
  assert(width <= one.millimetres * 1mm, message: "'" + one.text + "' is " + repr(width) + " wide, of " + repr(one.millimetres * 1mm))
}
"""


def measured(labels: list[dict[str, object]]) -> None:
    """Raises the typesetter's error for the first label that is too wide."""
    files = {**_templates(), "main.typ": MEASURING.encode()}
    _compiler().compile(files, sys_inputs={"labels": json.dumps(labels)}, format="pdf")


@pytest.mark.parametrize("language", Language)
def test_labels_fit_their_places(language: Language) -> None:
    words = Wording(language)
    labels: list[dict[str, object]] = [
        {"text": words.label(name), "millimetres": width, "points": points, "weight": "regular"}
        for width, points, names in PLACES
        for name in names.split()
        if (language, name) not in TWO_LINES
    ]
    claims = words.words.at("codes.claim").values()
    labels += [{"text": text, "millimetres": 24, "points": 9, "weight": "medium"} for text in claims]
    measured(labels)


def test_a_label_that_is_too_wide_is_named() -> None:
    with pytest.raises(Exception, match="Donaudampfschiffahrt"):
        measured([{"text": "Donaudampfschiffahrtsgesellschaft", "millimetres": 23, "points": 8.4, "weight": "regular"}])


@pytest.mark.parametrize("language", Language)
def test_the_kept_fonts_print_every_word(language: Language) -> None:
    lost = {place for place, found in sentences(language) for text in texts(found) if printable(text) != text}
    assert not lost
