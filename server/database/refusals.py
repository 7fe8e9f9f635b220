"""What the database refuses, in words: which rule a value breaks, never the name of a constraint or a number of the standard.

Rules that people meet have a sentence of their own; the others one by their kind, with the columns they are about.
"""

import re
from functools import cache

from asyncpg import PostgresError
from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import DBAPIError

from server.database.tables import Table
from server.ground.problems import Conflict, Duplicate, InUse, Invalid, Problem

RULES = {
    "ck_visit_window": "A window must end after it starts.",
    "ck_visit_window_whole": "A window needs both its start and its end.",
    "ck_window_correction_window": "A window must end after it starts.",
    "ck_site_geofence_radius": "A geofence has a radius of 10 to 5000 metres.",
    "ck_site_position": "A latitude lies between -90 and 90 degrees, a longitude between -180 and 180.",
    "ck_part_price": "A price is not below 0.",
    "ck_expense_amount": "An expense is more than 0.",
    "ck_survey_response_satisfaction": "Satisfaction is told from 1 to 5.",
    "ck_survey_response_recommend": "The likelihood to recommend is told from 0 to 10.",
    "uq_signature_report_id": "The customer has answered for this report already.",
    "uq_customer_answer_record_id_kind": "The customer has answered so already.",
    "uq_arrival_exemption_withdraws_id": "This exemption was taken back already.",
    "uq_photo_visit_slot_sha256": "This visit has the same photo in the same slot already.",
    "uq_clock_subject_id_kind": "This has a clock of this kind already; let that one go on.",
    "uq_site_code_live": "This site has a code already.",
}
"""By the constraint's name, which only the log and this table ever name."""


def cause_of(error: DBAPIError) -> BaseException | None:
    """What the driver raised, behind SQLAlchemy's wrapping."""
    return error.orig.__cause__ if error.orig else None


def refusal(error: DBAPIError) -> Problem | None:
    """The problem with a value (classes 22 and 23 of PostgreSQL's error codes); None for anything else."""
    cause = cause_of(error)
    if not isinstance(cause, PostgresError):
        return None
    state, name = cause.sqlstate or "", str(getattr(cause, "constraint_name", None) or "")
    if state.startswith("22"):
        return Invalid("A value cannot be stored: it is out of range, or a text holds a NUL. Check the values.")
    if not state.startswith("23"):
        return None
    if state == "23505":
        return Duplicate(RULES.get(name) or _taken(name))
    if state == "23503" and "still referenced" in str(cause):
        return InUse("Other things refer to this; remove those first.")
    if state == "23503":
        return Invalid("An id refers to something that does not exist; check the ids.")
    if state == "23502":
        return Invalid(f"{_column(str(getattr(cause, 'column_name', '') or 'A value'))} is missing; add it.")
    if state == "23514":
        return Invalid(RULES.get(name, "A value breaks a rule; check it against the API documentation at /schema."))
    return Conflict("This does not fit what is there; check the values.")


def _taken(name: str) -> str:
    if name.startswith("pk_"):
        return "Something with this id exists already, with other content. Send it again under a new id."
    if columns := _unique().get(name):
        return f"Something with the same {columns} exists already; use that, or choose another value."
    return "Something with the same value exists already; use that, or choose another value."


def _column(name: str) -> str:
    return re.sub(r"_id$", "", name).replace("_", " ")


@cache
def _unique() -> dict[str, str]:
    """What must be different, by the name of the constraint or index that says so."""
    found: dict[str, str] = {}
    for table in Table.metadata.tables.values():
        for rule in table.constraints:
            if isinstance(rule, UniqueConstraint):
                found[str(rule.name)] = " and ".join(_column(column.name) for column in rule.columns)
        for index in table.indexes:
            if index.unique:
                found[str(index.name)] = " and ".join(_column(column.name) for column in index.columns)
    return found
