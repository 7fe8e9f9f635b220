"""What the action log has words for, and what of a change it writes down: never a text that somebody wrote.

Names, phone numbers, addresses, reasons and notes are personal or may be, and stand where they belong; a second copy here would outlive
their erasure. So of a field whose value is a text, or a place on earth, only its name is written down.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

Fields = Mapping[str, Any]
"""Fields of a thing and their values."""


class Thing(StrEnum):
    """What an action is done to: the thing on whose page it is looked for. A technician is a user, and a photo is its visit's."""

    CUSTOMER = "customer"
    CONTACT = "contact"
    SITE = "site"
    ASSET = "asset"
    PRODUCT = "product"
    PART = "part"
    FAULT_WORD = "fault_word"
    REASON = "reason"
    CONSENT_TEXT = "consent_text"
    TICKET = "ticket"
    JOB = "job"
    VISIT = "visit"
    USER = "user"
    OFFICE = "office"
    DEVICE = "device"
    OPERATION = "operation"
    INCIDENT = "incident"
    FAULT = "fault"
    NOTIFICATION = "notification"
    NOTIFICATION_RULE = "notification_rule"
    WEBHOOK_ENDPOINT = "webhook_endpoint"


class Verb(StrEnum):
    """What was done: the name of the route's operation, whichever way the verb was called."""

    ADD_CUSTOMER = "add_customer"
    ADD_CONTACT = "add_contact"
    ADD_SITE = "add_site"
    CHANGE_SITE = "change_site"
    ADD_ASSET = "add_asset"
    ADD_PRODUCT = "add_product"
    CHANGE_PRODUCT = "change_product"
    ADD_PART = "add_part"
    CHANGE_PART = "change_part"
    ADD_FAULT_WORD = "add_fault_word"
    CHANGE_FAULT_WORD = "change_fault_word"
    RETIRE_FAULT_WORD = "retire_fault_word"
    REINSTATE_FAULT_WORD = "reinstate_fault_word"
    ADD_REASON = "add_reason"
    CHANGE_REASON = "change_reason"
    RETIRE_REASON = "retire_reason"
    REINSTATE_REASON = "reinstate_reason"
    ADD_CONSENT_TEXT = "add_consent_text"
    RETIRE_CONSENT_TEXT = "retire_consent_text"
    TAKE_TICKET = "take_ticket"
    RESPOND_TO_TICKET = "respond_to_ticket"
    CONTACT_COMPLAINANT = "contact_complainant"
    ADD_JOB = "add_job"
    CHANGE_JOB = "change_job"
    ADD_VISIT = "add_visit"
    CANCEL_VISIT = "cancel_visit"
    CHANGE_CHECKLIST_LINE = "change_checklist_line"
    ADD_TECHNICIAN = "add_technician"
    ASSIGN_VISIT = "assign_visit"
    AGREE_WINDOW = "agree_window"
    UNASSIGN_VISIT = "unassign_visit"
    ANSWER_FIELD_REQUEST = "answer_field_request"
    DECIDE_PHOTO = "decide_photo"
    ADD_ARRIVAL_EXEMPTION = "add_arrival_exemption"
    WITHDRAW_ARRIVAL_EXEMPTION = "withdraw_arrival_exemption"
    CORRECT_ARRIVAL_WINDOW = "correct_arrival_window"
    SET_ARRIVAL_THRESHOLDS = "set_arrival_thresholds"
    MAKE_SITE_CODE = "make_site_code"
    MAKE_CODE_LINK = "make_code_link"
    MAKE_VISIT_LINK = "make_visit_link"
    REVOKE_VISIT_LINK = "revoke_visit_link"
    ANSWER_CHANGE_REQUEST = "answer_change_request"
    MAKE_ASSET_LABEL = "make_asset_label"
    DECIDE_UNSEALED = "decide_unsealed"
    RESOLVE_PARKED = "resolve_parked"
    ACKNOWLEDGE_INCIDENT = "acknowledge_incident"
    RETRY_FAULT = "retry_fault"
    ADD_OFFICE = "add_office"
    CHANGE_OFFICE = "change_office"
    ADD_USER = "add_user"
    CHANGE_USER = "change_user"
    DEACTIVATE_USER = "deactivate_user"
    REACTIVATE_USER = "reactivate_user"
    RESET_PASSWORD = "reset_password"  # noqa: S105  a word
    CHANGE_OWN_PASSWORD = "change_own_password"  # noqa: S105  a word
    END_SESSION = "end_session"
    END_OTHER_SESSIONS = "end_other_sessions"
    ACKNOWLEDGE_SIGN_IN_WARNING = "acknowledge_sign_in_warning"
    MAKE_ENROLMENT_CODE = "make_enrolment_code"
    CONFIRM_ENROLMENT_CODE = "confirm_enrolment_code"
    REVOKE_DEVICE = "revoke_device"
    REPLAY_NOTIFICATION = "replay_notification"
    MARK_SENT_BY_HAND = "mark_sent_by_hand"
    CANCEL_NOTIFICATION = "cancel_notification"
    SEND_TEST_MAIL = "send_test_mail"
    SET_NOTIFICATION_RULE = "set_notification_rule"
    ADD_WEBHOOK_ENDPOINT = "add_webhook_endpoint"
    CHANGE_WEBHOOK_ENDPOINT = "change_webhook_endpoint"
    ROTATE_WEBHOOK_SECRET = "rotate_webhook_secret"  # noqa: S105  a word
    RETIRE_WEBHOOK_ENDPOINT = "retire_webhook_endpoint"
    TEST_WEBHOOK_ENDPOINT = "test_webhook_endpoint"


class Word(str):
    """A text out of a list of ours, such as a state or a currency, where it comes as a plain one; never what somebody wrote."""

    __slots__ = ()


def worded(fields: Fields, *names: str) -> Fields:
    """The fields, of which those that are named hold words of ours as plain texts."""
    return {name: Word(value) if name in names and value is not None else value for name, value in fields.items()}


class Told(NamedTuple):
    """What is written down of a change: the fields that changed with their values, and the names of those whose values are not copied."""

    before: dict[str, Any]
    after: dict[str, Any]
    withheld: list[str]


def told(before: Fields, after: Fields) -> Told:
    """What to write down of a thing that was, and is. A field that is left out, None, or a text or list without anything in it is not there."""
    was, is_now = _filled(before), _filled(after)
    changed = sorted(name for name in was.keys() | is_now.keys() if was.get(name) != is_now.get(name))
    withheld = [name for name in changed if not (_is_open(was.get(name)) and _is_open(is_now.get(name)))]
    kept = [name for name in changed if name not in withheld]
    return Told(
        {name: _plain(was[name]) for name in kept if name in was},
        {name: _plain(is_now[name]) for name in kept if name in is_now},
        withheld,
    )


def _filled(fields: Fields) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [], {})}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


def _is_open(value: object) -> bool:
    """Whether a value says nothing of a person: an id, a number, a moment, a word of ours; a position is a number with a fraction."""
    if isinstance(value, list | tuple):
        return all(_is_open(one) for one in value)
    return value is None or isinstance(value, bool | int | UUID | date | StrEnum | Word)
