/**
 * What a phone shows before its taps are sent: the rows it holds, as they will be once the server has taken what was tapped. The
 * rules are those of `mobile_contract/shapes/projection.py`; `vectors/visits.json` holds the two together.
 */
import { nextWhole } from './amounts.js';
import type { Json } from './fit.js';
import { joined, mergeText } from './merging.js';
import { STAMPS, STEPS, moved } from './visits.js';

/** A tap that is not sent yet; `at` is in microseconds. */
export interface Tapped {
  kind: string;
  subject: string;
  body: Json;
  at: number;
}

/** Rows by collection, in the order in which they were held and made; and the places of taps that are not possible any more. */
export interface Projection {
  rows: Record<string, Json[]>;
  refused: number[];
}

type Rows = Map<string, Map<string, Json>>;
type Effect = (rows: Rows, tap: Tapped, who: string) => boolean;

/** The rows after these taps of `who`. */
export function projected(held: Readonly<Record<string, readonly Json[]>>, taps: readonly Tapped[], who: string): Projection {
  const rows: Rows = new Map(
    Object.entries(held).map(([name, some]) => [name, new Map(some.map((row) => [String(row.id), { ...row }]))]),
  );
  const refused: number[] = [];
  taps.forEach((tap, place) => {
    const effect = tap.kind in STEPS ? move : EFFECTS[tap.kind];
    if (effect && !effect(rows, tap, who)) refused.push(place);
  });
  return { rows: Object.fromEntries([...rows].map(([name, some]) => [name, [...some.values()]])), refused };
}

const move: Effect = (rows, { kind, subject, body, at }, who) => {
  const visit = rows.get('visit')?.get(subject);
  const crew = ((visit?.crew_states ?? []) as Json[]).map((one) => ({ ...one }));
  const member = crew.find((one) => one.technician_id === who);
  if (!visit || !member) return false;
  const states = new Map(crew.map((one) => [String(one.technician_id), String(one.state)]));
  const step = moved(String(visit.state), states, who, kind);
  if (kind === 'check_in') {
    add(rows, 'check_in', body.check_in_id, { visit_id: subject, technician_id: who, earliest: at, latest: at, verdict: null });
  }
  if (!step) return kind === 'check_in';
  member.state = step.member;
  Object.assign(visit, { state: step.visit, crew_states: crew });
  const stamp = STAMPS[kind];
  if (stamp) {
    for (const one of stamp in visit ? [member, visit] : [member]) one[stamp] = Math.min(number(one[stamp]) ?? at, at);
  }
  if (kind === 'complete' || kind === 'cannot_complete') {
    for (const one of [member, visit]) one.finished_at = Math.max(number(one.finished_at) ?? at, at);
  }
  if (kind === 'complete') {
    member.work_summary = mergeText(text(member.work_summary), '', text(body.work_summary));
    visit.work_summary = joined(crew.map((one) => text(one.work_summary)));
  }
  return true;
};

function add(rows: Rows, collection: string, id: unknown, body: Json): boolean {
  const found = rows.get(collection) ?? new Map<string, Json>();
  rows.set(collection, found);
  if (!found.has(String(id))) found.set(String(id), { id: String(id), ...body });
  return true;
}

const EFFECTS: Readonly<Record<string, Effect>> = {
  note: (rows, { subject, body, at }, who) =>
    add(rows, 'note', body.note_id, { visit_id: subject, text: body.text!, author_id: who, occurred_at: at }),

  expense: (rows, { subject, body }) => {
    const { kind, amount, currency, note = '' } = body;
    return add(rows, 'expense', body.expense_id, { visit_id: subject, kind: kind!, amount: amount!, currency: currency!, note });
  },

  checklist_answer: (rows, { subject, body }) => {
    const item = rows.get('checklist_item')?.get(String(body.item_id));
    if (!item || item.visit_id !== subject) return false;
    item.answer = { others: [], ...(item.answer as Json | null), value: body.answer! };
    return true;
  },

  part_used: (rows, { subject, body }) => {
    const part = rows.get('part')?.get(String(body.part_id));
    if (!part) return false;
    const line = rows.get('part_used')?.get(String(body.part_used_id));
    const milli = milliOf(body) + (line ? milliOf(line) : 0);
    const amount = { quantity: nextWhole(milli), quantity_milli: milli };
    if (line) {
      Object.assign(line, amount);
      return true;
    }
    const { unit, unit_price, currency } = part;
    const said = { charged: body.charged ?? true, unit: unit!, unit_price: unit_price!, currency: currency! };
    return add(rows, 'part_used', body.part_used_id, { visit_id: subject, part_id: body.part_id!, ...amount, ...said });
  },

  access_note: (rows, { subject, body }) => {
    const visit = rows.get('visit')?.get(subject);
    const job = visit && rows.get('job')?.get(String(visit.job_id));
    const site = job && rows.get('site')?.get(String(job.site_id));
    if (site) site.access_note = mergeText(text(site.access_note), text(body.was), text(body.text));
    return site !== undefined;
  },

  photo_withdrawn: (rows, { body }) => {
    rows.get('photo')?.delete(String(body.photo_id));
    return true;
  },

  photo_impossible: (rows, { subject, body }) =>
    add(rows, 'photo_impossible', body.photo_impossible_id, { visit_id: subject, slot: body.slot!, reason: body.reason! }),

  help_request: (rows, tap, who) => ask(rows, tap, who, 'help', tap.body.help_request_id),
  further_work: (rows, tap, who) => ask(rows, tap, who, 'further_work', tap.body.further_work_id),

  meter_reading: (rows, { subject, body, at }, who) => {
    const { counter, value_milli, unit, photo_id = null } = body;
    const said = { counter: counter!, value_milli: value_milli!, unit: unit!, photo_id };
    return add(rows, 'meter_reading', body.meter_reading_id, { asset_id: subject, ...said, read_by: who, read_at: at });
  },
};

function ask(rows: Rows, { subject, body, at }: Tapped, who: string, kind: string, id: unknown): boolean {
  const said = { kind, text: body.text!, asset_id: body.asset_id ?? null, urgent: body.urgent ?? false };
  const waits = { answer: '', job_id: null, answered_at: null };
  return add(rows, 'field_request', id, { visit_id: subject, ...said, asked_by: who, asked_at: at, ...waits });
}

function milliOf(line: Json): number {
  return number(line.quantity_milli) ?? (number(line.quantity) ?? 0) * 1000;
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
