/** Generated from mobile_contract by `npm run generate`; do not edit. */
/**
 * Where a visit is, and where each of its crew is on it.
 */
export type VisitState =
  | 'accepted'
  | 'cancelled'
  | 'cannot_complete'
  | 'closed'
  | 'completed'
  | 'declined'
  | 'dispatched'
  | 'en_route'
  | 'in_progress'
  | 'on_hold'
  | 'on_site'
  | 'scheduled'
  | 'unscheduled';

/**
 * The row of each collection.
 */
export interface Collections {
  asset: Asset;
  check_in: CheckIn;
  checklist_item: ChecklistItem;
  consent_text: ConsentText;
  contact: Contact;
  customer: Customer;
  expense: Expense;
  fault_word: FaultWord;
  field_request: FieldRequest;
  job: Job;
  meter_reading: MeterReadingRow;
  note: Note;
  office: Office;
  operation: Operation;
  part: Part;
  part_used: PartUsed;
  photo: Photo;
  photo_impossible: PhotoImpossible;
  product: Product;
  reason: Reason;
  report: Report;
  site: Site;
  visit: Visit;
  visit_link: VisitLink;
}
/**
 * A piece of equipment at the site; its warranty runs from `arrival_date` (`shapes/warranty.py`).
 *
 *     `last_visits` are the last three that have ended, newest first; `GET /v1/assets/{asset_id}/visits` has all.
 */
export interface Asset {
  arrival_date: string;
  id: string;
  last_visits: LastVisit[];
  product_id: string;
  serial: string;
  site_id: string;
}
/**
 * What a visit came to: whether the work was done, what was said to be wrong (the field's codes), and thousandths of each part.
 */
export interface LastVisit {
  done: boolean;
  fault: {
    [k: string]: string;
  };
  finished_at: number;
  kind: string;
  parts: {
    [k: string]: unknown;
  }[];
  summary: string;
  visit_id: string;
}
/**
 * An arrival and the newest verdict on it: {verdict, place, time, words}.
 */
export interface CheckIn {
  earliest: number;
  id: string;
  latest: number;
  technician_id: string;
  verdict: {
    [k: string]: unknown;
  } | null;
  visit_id: string;
}
/**
 * A line of the checklist; `answer` is {value, others}. `labels` has its text by language (`shapes/texts.py` says which is read).
 */
export interface ChecklistItem {
  answer: {
    [k: string]: unknown;
  } | null;
  id: string;
  kind: string;
  label: string;
  labels: {
    [k: string]: string;
  };
  position: number;
  required: boolean;
  visit_id: string;
}
/**
 * A text of the company's own that customers agree to, by language; the newest that is not retired is shown (`shapes/build.py`).
 */
export interface ConsentText {
  code: string;
  id: string;
  retired_at: number | null;
  texts: {
    [k: string]: string;
  };
}
/**
 * Whom to ask for.
 */
export interface Contact {
  customer_id: string;
  email: string;
  id: string;
  name: string;
  phone: string;
  role: string;
}
/**
 * For whom.
 */
export interface Customer {
  id: string;
  locale: string;
  name: string;
  tier: string;
}
/**
 * Money spent on a visit.
 */
export interface Expense {
  amount: number;
  currency: string;
  id: string;
  kind: string;
  note: string;
  visit_id: string;
}
/**
 * A word for a symptom, a component or a cause, of one product or of all; where `labels` has no text the code is read.
 *
 *     With `retired_at` it is not to be offered any more.
 */
export interface FaultWord {
  code: string;
  id: string;
  labels: {
    [k: string]: string;
  };
  product_id: string | null;
  retired_at: number | null;
  role: string;
}
/**
 * A question (`help`) or a finding (`further_work`) from a visit; without `answered_at` it waits for the desk.
 */
export interface FieldRequest {
  answer: string;
  answered_at: number | null;
  asked_at: number;
  asked_by: string;
  asset_id: string | null;
  id: string;
  job_id: string | null;
  kind: string;
  text: string;
  urgent: boolean;
  visit_id: string;
}
/**
 * The work that a visit is for. `noticed_at` is when the customer told us: by that day the warranty is judged (`shapes/warranty.py`).
 *
 *     `office_id` names the office whose reasons and settings (`office`) count.
 */
export interface Job {
  asset_id: string | null;
  bring: ToBring[];
  contact_id: string | null;
  customer_id: string;
  description: string;
  id: string;
  kind: string;
  noticed_at: number;
  number: number;
  office_id: string;
  required_slots: string[];
  site_id: string;
  title: string;
}
/**
 * Something to take along: in words, or a part of the catalogue with thousandths of its unit, or both.
 */
export interface ToBring {
  part_id: string | null;
  quantity_milli: number | null;
  text: string;
}
/**
 * What a counter of an asset showed, in thousandths of its unit.
 */
export interface MeterReadingRow {
  asset_id: string;
  counter: string;
  id: string;
  photo_id: string | null;
  read_at: number;
  read_by: string;
  unit: string;
  value_milli: number;
}
/**
 * Something written down.
 */
export interface Note {
  author_id: string;
  id: string;
  occurred_at: number;
  text: string;
  visit_id: string;
}
/**
 * An office and its settings for phones; a job names its own by `office_id`.
 *
 *     Photos are sent with their longer side at most `photo_long_edge` pixels, or with `keep_originals` as they were taken. With
 *     `expenses_in_report` the expenses of a visit are lines of its report.
 */
export interface Office {
  expenses_in_report: boolean;
  id: string;
  keep_originals: boolean;
  name: string;
  phone: string;
  photo_long_edge: number;
  time_zone: string;
}
/**
 * A parked operation that waits for a decision.
 */
export interface Operation {
  code: string;
  id: string;
  kind: string;
  received_at: number;
  sentence: string;
  subject: {
    [k: string]: unknown;
  };
  visit_id: string | null;
}
/**
 * A spare part and its list price for one of its unit. `names` has its name by language.
 */
export interface Part {
  currency: string;
  id: string;
  name: string;
  names: {
    [k: string]: string;
  };
  number: string;
  unit: string;
  unit_price: number;
}
/**
 * A part that went into the work: `quantity_milli` thousandths of its unit, and as `quantity` the next whole number up.
 */
export interface PartUsed {
  charged: boolean;
  currency: string;
  id: string;
  part_id: string;
  quantity: number;
  quantity_milli: number;
  unit: string;
  unit_price: number;
  visit_id: string;
}
/**
 * A photo: `promised`, `verified`, `quarantined`, or `kept`: whole, but not to be shown (`finding` says why).
 */
export interface Photo {
  content_type: string;
  finding: string;
  id: string;
  promised_by: string;
  sha256: string;
  size: number;
  slot: string;
  state: string;
  visit_id: string;
}
/**
 * A slot of which no photo can be taken, and why; it frees one that the job requires.
 */
export interface PhotoImpossible {
  id: string;
  reason: string;
  slot: string;
  visit_id: string;
}
/**
 * A model of equipment. `names` has its name by language (`shapes/texts.py` says which is read).
 */
export interface Product {
  code: string;
  id: string;
  name: string;
  names: {
    [k: string]: string;
  };
  warranty_months: number;
}
/**
 * A reason to choose, of the office of that id or of all; where `labels` has no text the code is read.
 *
 *     The tap carries its id as `reason_id`, and its text, perhaps with words of one's own, as `reason`. With `retired_at` it is not to be
 *     offered any more.
 */
export interface Reason {
  code: string;
  given_for: string;
  id: string;
  labels: {
    [k: string]: string;
  };
  office_id: string | null;
  position: number;
  retired_at: number | null;
}
/**
 * A report that was shown, what the customer did with it, and when it was sealed.
 */
export interface Report {
  amends_id: string | null;
  id: string;
  locale: string;
  sealed_at: number | null;
  sha256: string;
  signature: string | null;
  visit_id: string;
}
/**
 * Where: the position is under the datum that is named.
 */
export interface Site {
  access_note: string;
  address: string;
  customer_id: string;
  datum: string;
  geofence_radius_m: number;
  id: string;
  latitude_e7: number;
  longitude_e7: number;
  name: string;
  time_zone: string;
}
/**
 * One trip with one agreed arrival window; `plan_version` goes back with the check-in.
 *
 *     The window is what the customer was promised, `planned_start` and `minutes` are the office's plan. `state` follows from
 *     `crew_states`, which has those who declined, too (`visit_states.json`).
 */
export interface Visit {
  arrived_at: number | null;
  crew: CrewMember[];
  crew_states: CrewState[];
  custody: {
    [k: string]: unknown;
  };
  finished_at: number | null;
  id: string;
  job_id: string;
  minutes: number;
  plan_version: number;
  planned_start: number | null;
  started_at: number | null;
  state: string;
  window_end: number | null;
  window_start: number | null;
  work_summary: string;
}
/**
 * Somebody who goes.
 */
export interface CrewMember {
  lead: boolean;
  name: string;
  technician_id: string;
}
/**
 * Where one of the crew is, and when they said so first (`finished_at`: last). What they have not said yet is left out.
 */
export interface CrewState {
  accepted_at?: number | null;
  arrived_at?: number | null;
  departed_at?: number | null;
  finished_at?: number | null;
  started_at?: number | null;
  state: VisitState;
  technician_id: string;
  work_summary?: string;
}
/**
 * The link to the customer's page of a visit, for the phone to show: the server's address, `/v/` and the token. It opens until
 *     `expires_at` at least.
 */
export interface VisitLink {
  expires_at: number;
  id: string;
  token: string;
  visit_id: string;
}

/** A column of a collection: `json` is an object or an array. */
export type Column = { type: 'string' | 'integer' | 'boolean' | 'object' | 'array'; nullable: boolean };

/** The columns of each collection. */
export const COLUMNS: { [C in keyof Collections]: { [F in keyof Collections[C]]-?: Column } } = {
  "asset": {
    "arrival_date": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "last_visits": {
      "type": "array",
      "nullable": false
    },
    "product_id": {
      "type": "string",
      "nullable": false
    },
    "serial": {
      "type": "string",
      "nullable": false
    },
    "site_id": {
      "type": "string",
      "nullable": false
    }
  },
  "check_in": {
    "earliest": {
      "type": "integer",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "latest": {
      "type": "integer",
      "nullable": false
    },
    "technician_id": {
      "type": "string",
      "nullable": false
    },
    "verdict": {
      "type": "object",
      "nullable": true
    },
    "visit_id": {
      "type": "string",
      "nullable": false
    }
  },
  "checklist_item": {
    "answer": {
      "type": "object",
      "nullable": true
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "kind": {
      "type": "string",
      "nullable": false
    },
    "label": {
      "type": "string",
      "nullable": false
    },
    "labels": {
      "type": "object",
      "nullable": false
    },
    "position": {
      "type": "integer",
      "nullable": false
    },
    "required": {
      "type": "boolean",
      "nullable": false
    },
    "visit_id": {
      "type": "string",
      "nullable": false
    }
  },
  "consent_text": {
    "code": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "retired_at": {
      "type": "integer",
      "nullable": true
    },
    "texts": {
      "type": "object",
      "nullable": false
    }
  },
  "contact": {
    "customer_id": {
      "type": "string",
      "nullable": false
    },
    "email": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "name": {
      "type": "string",
      "nullable": false
    },
    "phone": {
      "type": "string",
      "nullable": false
    },
    "role": {
      "type": "string",
      "nullable": false
    }
  },
  "customer": {
    "id": {
      "type": "string",
      "nullable": false
    },
    "locale": {
      "type": "string",
      "nullable": false
    },
    "name": {
      "type": "string",
      "nullable": false
    },
    "tier": {
      "type": "string",
      "nullable": false
    }
  },
  "expense": {
    "amount": {
      "type": "integer",
      "nullable": false
    },
    "currency": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "kind": {
      "type": "string",
      "nullable": false
    },
    "note": {
      "type": "string",
      "nullable": false
    },
    "visit_id": {
      "type": "string",
      "nullable": false
    }
  },
  "fault_word": {
    "code": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "labels": {
      "type": "object",
      "nullable": false
    },
    "product_id": {
      "type": "string",
      "nullable": true
    },
    "retired_at": {
      "type": "integer",
      "nullable": true
    },
    "role": {
      "type": "string",
      "nullable": false
    }
  },
  "field_request": {
    "answer": {
      "type": "string",
      "nullable": false
    },
    "answered_at": {
      "type": "integer",
      "nullable": true
    },
    "asked_at": {
      "type": "integer",
      "nullable": false
    },
    "asked_by": {
      "type": "string",
      "nullable": false
    },
    "asset_id": {
      "type": "string",
      "nullable": true
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "job_id": {
      "type": "string",
      "nullable": true
    },
    "kind": {
      "type": "string",
      "nullable": false
    },
    "text": {
      "type": "string",
      "nullable": false
    },
    "urgent": {
      "type": "boolean",
      "nullable": false
    },
    "visit_id": {
      "type": "string",
      "nullable": false
    }
  },
  "job": {
    "asset_id": {
      "type": "string",
      "nullable": true
    },
    "bring": {
      "type": "array",
      "nullable": false
    },
    "contact_id": {
      "type": "string",
      "nullable": true
    },
    "customer_id": {
      "type": "string",
      "nullable": false
    },
    "description": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "kind": {
      "type": "string",
      "nullable": false
    },
    "noticed_at": {
      "type": "integer",
      "nullable": false
    },
    "number": {
      "type": "integer",
      "nullable": false
    },
    "office_id": {
      "type": "string",
      "nullable": false
    },
    "required_slots": {
      "type": "array",
      "nullable": false
    },
    "site_id": {
      "type": "string",
      "nullable": false
    },
    "title": {
      "type": "string",
      "nullable": false
    }
  },
  "meter_reading": {
    "asset_id": {
      "type": "string",
      "nullable": false
    },
    "counter": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "photo_id": {
      "type": "string",
      "nullable": true
    },
    "read_at": {
      "type": "integer",
      "nullable": false
    },
    "read_by": {
      "type": "string",
      "nullable": false
    },
    "unit": {
      "type": "string",
      "nullable": false
    },
    "value_milli": {
      "type": "integer",
      "nullable": false
    }
  },
  "note": {
    "author_id": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "occurred_at": {
      "type": "integer",
      "nullable": false
    },
    "text": {
      "type": "string",
      "nullable": false
    },
    "visit_id": {
      "type": "string",
      "nullable": false
    }
  },
  "office": {
    "expenses_in_report": {
      "type": "boolean",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "keep_originals": {
      "type": "boolean",
      "nullable": false
    },
    "name": {
      "type": "string",
      "nullable": false
    },
    "phone": {
      "type": "string",
      "nullable": false
    },
    "photo_long_edge": {
      "type": "integer",
      "nullable": false
    },
    "time_zone": {
      "type": "string",
      "nullable": false
    }
  },
  "operation": {
    "code": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "kind": {
      "type": "string",
      "nullable": false
    },
    "received_at": {
      "type": "integer",
      "nullable": false
    },
    "sentence": {
      "type": "string",
      "nullable": false
    },
    "subject": {
      "type": "object",
      "nullable": false
    },
    "visit_id": {
      "type": "string",
      "nullable": true
    }
  },
  "part": {
    "currency": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "name": {
      "type": "string",
      "nullable": false
    },
    "names": {
      "type": "object",
      "nullable": false
    },
    "number": {
      "type": "string",
      "nullable": false
    },
    "unit": {
      "type": "string",
      "nullable": false
    },
    "unit_price": {
      "type": "integer",
      "nullable": false
    }
  },
  "part_used": {
    "charged": {
      "type": "boolean",
      "nullable": false
    },
    "currency": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "part_id": {
      "type": "string",
      "nullable": false
    },
    "quantity": {
      "type": "integer",
      "nullable": false
    },
    "quantity_milli": {
      "type": "integer",
      "nullable": false
    },
    "unit": {
      "type": "string",
      "nullable": false
    },
    "unit_price": {
      "type": "integer",
      "nullable": false
    },
    "visit_id": {
      "type": "string",
      "nullable": false
    }
  },
  "photo": {
    "content_type": {
      "type": "string",
      "nullable": false
    },
    "finding": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "promised_by": {
      "type": "string",
      "nullable": false
    },
    "sha256": {
      "type": "string",
      "nullable": false
    },
    "size": {
      "type": "integer",
      "nullable": false
    },
    "slot": {
      "type": "string",
      "nullable": false
    },
    "state": {
      "type": "string",
      "nullable": false
    },
    "visit_id": {
      "type": "string",
      "nullable": false
    }
  },
  "photo_impossible": {
    "id": {
      "type": "string",
      "nullable": false
    },
    "reason": {
      "type": "string",
      "nullable": false
    },
    "slot": {
      "type": "string",
      "nullable": false
    },
    "visit_id": {
      "type": "string",
      "nullable": false
    }
  },
  "product": {
    "code": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "name": {
      "type": "string",
      "nullable": false
    },
    "names": {
      "type": "object",
      "nullable": false
    },
    "warranty_months": {
      "type": "integer",
      "nullable": false
    }
  },
  "reason": {
    "code": {
      "type": "string",
      "nullable": false
    },
    "given_for": {
      "type": "string",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "labels": {
      "type": "object",
      "nullable": false
    },
    "office_id": {
      "type": "string",
      "nullable": true
    },
    "position": {
      "type": "integer",
      "nullable": false
    },
    "retired_at": {
      "type": "integer",
      "nullable": true
    }
  },
  "report": {
    "amends_id": {
      "type": "string",
      "nullable": true
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "locale": {
      "type": "string",
      "nullable": false
    },
    "sealed_at": {
      "type": "integer",
      "nullable": true
    },
    "sha256": {
      "type": "string",
      "nullable": false
    },
    "signature": {
      "type": "string",
      "nullable": true
    },
    "visit_id": {
      "type": "string",
      "nullable": false
    }
  },
  "site": {
    "access_note": {
      "type": "string",
      "nullable": false
    },
    "address": {
      "type": "string",
      "nullable": false
    },
    "customer_id": {
      "type": "string",
      "nullable": false
    },
    "datum": {
      "type": "string",
      "nullable": false
    },
    "geofence_radius_m": {
      "type": "integer",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "latitude_e7": {
      "type": "integer",
      "nullable": false
    },
    "longitude_e7": {
      "type": "integer",
      "nullable": false
    },
    "name": {
      "type": "string",
      "nullable": false
    },
    "time_zone": {
      "type": "string",
      "nullable": false
    }
  },
  "visit": {
    "arrived_at": {
      "type": "integer",
      "nullable": true
    },
    "crew": {
      "type": "array",
      "nullable": false
    },
    "crew_states": {
      "type": "array",
      "nullable": false
    },
    "custody": {
      "type": "object",
      "nullable": false
    },
    "finished_at": {
      "type": "integer",
      "nullable": true
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "job_id": {
      "type": "string",
      "nullable": false
    },
    "minutes": {
      "type": "integer",
      "nullable": false
    },
    "plan_version": {
      "type": "integer",
      "nullable": false
    },
    "planned_start": {
      "type": "integer",
      "nullable": true
    },
    "started_at": {
      "type": "integer",
      "nullable": true
    },
    "state": {
      "type": "string",
      "nullable": false
    },
    "window_end": {
      "type": "integer",
      "nullable": true
    },
    "window_start": {
      "type": "integer",
      "nullable": true
    },
    "work_summary": {
      "type": "string",
      "nullable": false
    }
  },
  "visit_link": {
    "expires_at": {
      "type": "integer",
      "nullable": false
    },
    "id": {
      "type": "string",
      "nullable": false
    },
    "token": {
      "type": "string",
      "nullable": false
    },
    "visit_id": {
      "type": "string",
      "nullable": false
    }
  }
};
