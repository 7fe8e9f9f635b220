"""Examples with their exact answers, for whoever writes a client in another language: `mobile_contract/vectors/*.json`.

`server.contract` writes them. A test computes every answer a second time, by code of its own and the standard library.
"""

from typing import Any

from server.contract.vectors.arrival import codes, datums, intervals, sigmas, verdicts
from server.contract.vectors.canonical import canonical
from server.contract.vectors.chain import chain, checksums
from server.contract.vectors.reports import reports
from server.contract.vectors.shapes import shapes
from server.contract.vectors.texts import texts
from server.contract.vectors.visits import visits
from server.contract.vectors.warranty import warranty

Json = dict[str, Any]


def vector_files() -> dict[str, Json]:
    """Every file of vectors by its path in `mobile_contract/`."""
    return {
        "vectors/canonical.json": canonical(),
        "vectors/chain.json": chain(),
        "vectors/checksum.json": checksums(),
        "vectors/datum.json": datums(),
        "vectors/time.json": {**intervals(), **codes()},
        "vectors/arrival.json": {**sigmas(), **verdicts()},
        "vectors/shapes.json": shapes(),
        "vectors/reports.json": reports(),
        "vectors/visits.json": visits(),
        "vectors/texts.json": texts(),
        "vectors/warranty.json": warranty(),
    }
