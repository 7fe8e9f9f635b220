// Written by `python -m server.contract` from mobile_contract/schemas/collections; do not edit.
export const TABLES = {
  "asset": {
    "site_id": "text",
    "product_id": "text",
    "serial": "text",
    "arrival_date": "text",
    "last_visits": "text"
  },
  "check_in": {
    "visit_id": "text",
    "technician_id": "text",
    "earliest": "integer",
    "latest": "integer",
    "verdict": "text"
  },
  "checklist_item": {
    "visit_id": "text",
    "position": "integer",
    "label": "text",
    "kind": "text",
    "required": "integer",
    "answer": "text",
    "labels": "text"
  },
  "consent_text": {
    "code": "text",
    "texts": "text",
    "retired_at": "integer"
  },
  "contact": {
    "customer_id": "text",
    "name": "text",
    "phone": "text",
    "email": "text",
    "role": "text"
  },
  "customer": {
    "name": "text",
    "tier": "text",
    "locale": "text"
  },
  "expense": {
    "visit_id": "text",
    "kind": "text",
    "amount": "integer",
    "currency": "text",
    "note": "text"
  },
  "fault_word": {
    "code": "text",
    "role": "text",
    "product_id": "text",
    "labels": "text",
    "retired_at": "integer"
  },
  "field_request": {
    "visit_id": "text",
    "kind": "text",
    "text": "text",
    "asset_id": "text",
    "urgent": "integer",
    "asked_by": "text",
    "asked_at": "integer",
    "answer": "text",
    "job_id": "text",
    "answered_at": "integer"
  },
  "job": {
    "number": "integer",
    "customer_id": "text",
    "contact_id": "text",
    "site_id": "text",
    "asset_id": "text",
    "kind": "text",
    "title": "text",
    "description": "text",
    "required_slots": "text",
    "office_id": "text",
    "bring": "text",
    "noticed_at": "integer"
  },
  "meter_reading": {
    "asset_id": "text",
    "counter": "text",
    "value_milli": "integer",
    "unit": "text",
    "photo_id": "text",
    "read_by": "text",
    "read_at": "integer"
  },
  "note": {
    "visit_id": "text",
    "text": "text",
    "author_id": "text",
    "occurred_at": "integer"
  },
  "office": {
    "name": "text",
    "time_zone": "text",
    "phone": "text",
    "expenses_in_report": "integer",
    "photo_long_edge": "integer",
    "keep_originals": "integer"
  },
  "operation": {
    "kind": "text",
    "subject": "text",
    "visit_id": "text",
    "code": "text",
    "sentence": "text",
    "received_at": "integer"
  },
  "part": {
    "number": "text",
    "name": "text",
    "unit_price": "integer",
    "currency": "text",
    "unit": "text",
    "names": "text"
  },
  "part_used": {
    "visit_id": "text",
    "part_id": "text",
    "quantity": "integer",
    "charged": "integer",
    "unit_price": "integer",
    "currency": "text",
    "quantity_milli": "integer",
    "unit": "text"
  },
  "photo": {
    "visit_id": "text",
    "slot": "text",
    "sha256": "text",
    "size": "integer",
    "content_type": "text",
    "state": "text",
    "finding": "text",
    "promised_by": "text"
  },
  "photo_impossible": {
    "visit_id": "text",
    "slot": "text",
    "reason": "text"
  },
  "product": {
    "code": "text",
    "name": "text",
    "warranty_months": "integer",
    "names": "text"
  },
  "reason": {
    "given_for": "text",
    "code": "text",
    "office_id": "text",
    "labels": "text",
    "position": "integer",
    "retired_at": "integer"
  },
  "report": {
    "visit_id": "text",
    "amends_id": "text",
    "locale": "text",
    "sha256": "text",
    "signature": "text",
    "sealed_at": "integer"
  },
  "site": {
    "customer_id": "text",
    "name": "text",
    "address": "text",
    "latitude_e7": "integer",
    "longitude_e7": "integer",
    "datum": "text",
    "geofence_radius_m": "integer",
    "time_zone": "text",
    "access_note": "text"
  },
  "visit": {
    "job_id": "text",
    "state": "text",
    "window_start": "integer",
    "window_end": "integer",
    "plan_version": "integer",
    "planned_start": "integer",
    "minutes": "integer",
    "arrived_at": "integer",
    "started_at": "integer",
    "finished_at": "integer",
    "work_summary": "text",
    "custody": "text",
    "crew": "text",
    "crew_states": "text"
  },
  "visit_link": {
    "visit_id": "text",
    "token": "text",
    "expires_at": "integer"
  }
} as const;
