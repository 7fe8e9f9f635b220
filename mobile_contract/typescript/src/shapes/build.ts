/**
 * What a service report says: worked out from the rows that a phone holds, its unsent taps, and what its technician says. The same
 * bytes as `mobile_contract/shapes/build.py` makes; `vectors/reports.json` holds the two together.
 */
import canonicalize from 'canonicalize';
import { sha256Hex } from '../bytes.js';
import { CONSENT } from '../generated/consent.js';
import type { Collections, Operations } from '../types.js';
import { type Total, partAmount, sumsOf, totalsOf } from './amounts.js';
import { checkReport } from './check.js';
import { type Json, Unfit } from './fit.js';
import { type Tapped, projected } from './projection.js';
import { lineAnswer, lineText } from './texts.js';

export const CONSENT_ID = 'work-confirmation-1';
/** States of a photo in which a report shows it; `kept` and `quarantined` are not to be shown. */
const SHOWN = ['promised', 'verified'];

/** What the technician says; the rest is in the phone's rows. Times are microseconds, money is minor units. */
export interface Said {
  technician: { id: string; name: string };
  work: string;
  fault: { symptom?: string | null; cause?: string | null; component?: string | null } | null;
  locale: Operations['report']['locale'];
  /** The id of the report that this one corrects. */
  amends?: string | null;
  /** Labour, travel, a discount: beside the parts. */
  charges?: readonly { label: string; amount: number; currency: string }[];
  /** What was spent, where the office wants it shown; what is charged of it counts in the totals. */
  expenses?: readonly { label: string; amount: number; currency: string; charged?: boolean }[];
  warranty?: { status: string; reason: string } | null;
  /** A consent text of the company's own, in place of the one that the phone holds (`agreementOf`). */
  agreement?: Agreement | null;
  /** For a report that was shown and changed before it was signed. */
  report_id?: string;
  /** When the work was finished, where no row says; without it, now. */
  at?: number;
}

/** What the phone holds of a visit. */
export interface Held {
  /** Bodies by collection. */
  rows: Readonly<Record<string, readonly Json[]>>;
  /** Its unsent taps, of `who`. */
  taps?: readonly Tapped[];
  who?: string;
  /** Lines of the photos that were taken on this phone. */
  photos?: readonly PhotoOfReport[];
}

interface PhotoOfReport {
  photo_id: string;
  slot: string;
  sha256: string;
  /** A crew-mate who took it. */
  by?: string;
}

/** The body of a `report` operation. Its `canonical` is what the customer is shown. */
/** What a customer agrees to: a text by its id. */
export interface Agreement {
  id: string;
  text: string;
}

export type MadeReport = Operations['report'] & { amends_id: string | null };

type Rows = Readonly<Record<string, readonly Json[]>>;

/** The body of a `report` operation, as it is shown and signed. Throws `Unfit` with the field and a sentence. */
export async function reportOf(held: Held, visitId: string, said: Said & { report_id: string; at: number }): Promise<MadeReport> {
  const rows = after(held, visitId);
  const visit = one(rows, 'visit', visitId);
  const job = one(rows, 'job', visit.job_id);
  const site = one(rows, 'site', job.site_id);
  const customer = one(rows, 'customer', job.customer_id);
  const [amends, charges] = [said.amends ?? null, said.charges ?? []];
  const [parts, expenses] = [partLines(rows, visitId, said.locale), said.expenses ?? []];
  const value = {
    type: 'fieldproof/report/v1',
    report_id: said.report_id,
    amends,
    locale: said.locale,
    number: `${job.number}-${visit.plan_version}`,
    visit: { id: visitId, kind: job.kind, title: job.title },
    customer: { name: customer.name, address: site.address, contact: found(rows, 'contact', job.contact_id)?.name ?? null },
    asset: assetOf(rows, job.asset_id, said.locale),
    technician: said.technician,
    ...crewLines(visit, said),
    window: { start: visit.window_start, end: visit.window_end },
    arrived_at: visit.arrived_at,
    started_at: visit.started_at,
    finished_at: visit.finished_at || said.at,
    work: said.work,
    fault: said.fault,
    checklist: checklistLines(rows, visitId, said.locale),
    parts,
    ...(expenses.length > 0 ? { expenses } : {}),
    charges,
    ...totals(parts, charges, expenses),
    photos: photoLines(rows, visit, held.taps ?? [], held.photos ?? [], said.technician.id),
    consent: await agreed(said.locale, said.agreement ?? agreementOf(rows['consent_text'] ?? [], said.locale)),
    time_zone: site.time_zone,
    ...(said.warranty ? { warranty: said.warranty } : {}),
  };
  const canonical = canonicalize(value)!;
  await checkReport(canonical);
  return { report_id: said.report_id, amends_id: amends, locale: said.locale, canonical };
}

/** The company's own text in a language: the newest that is not retired. Undefined: the contract's is shown. */
export function agreementOf(consentTexts: readonly Json[], locale: string): Agreement | undefined {
  const rows = consentTexts as unknown as readonly Collections['consent_text'][];
  const shown = rows.filter((row) => row.retired_at === null && row.texts[locale]);
  const [newest] = [...shown].sort((one, other) => (one.id < other.id ? 1 : -1));
  return newest && { id: newest.code, text: newest.texts[locale]! };
}

/** The consent text of the contract by id and hash, as the signature operation names it. */
export async function consent(locale: string): Promise<Operations['sign']['consent']> {
  return { id: CONSENT_ID, sha256: await sha256Hex(CONSENT[locale] ?? ''), locale };
}

/** The rows after what was tapped of this visit. A part of which the phone knows no name and no price has no line. */
function after({ rows, taps = [], who = '' }: Held, visitId: string): Rows {
  const about = taps.filter((tap) => tap.subject === visitId);
  const { rows: then, refused } = projected(rows, about, who);
  if (refused.some((place) => about[place]!.kind === 'part_used')) throw missing('part');
  return then;
}

function found(rows: Rows, collection: string, id: unknown): Json | undefined {
  return rows[collection]?.find((row) => row.id === id);
}

function one(rows: Rows, collection: string, id: unknown): Json {
  const row = found(rows, collection, id);
  if (!row) throw missing(collection);
  return row;
}

function missing(collection: string): Unfit {
  return new Unfit(collection, `The phone does not hold the ${collection} that the report is about. Sync it first.`);
}

/** What the customer agrees to: the text of the contract in their language, or one of the company's own. */
async function agreed(locale: string, agreement: Agreement | undefined): Promise<{ id: string; sha256: string; text: string }> {
  const ours = CONSENT[locale];
  if (ours === undefined) throw new Unfit('locale', `locale should be ${Object.keys(CONSENT).sort().join(' or ')}.`);
  const { id, text } = agreement ?? { id: CONSENT_ID, text: ours };
  return { id, sha256: await sha256Hex(text), text };
}

function assetOf(rows: Rows, id: unknown, locale: string): Json | null {
  const asset = found(rows, 'asset', id);
  if (!asset) return null;
  const { serial, arrival_date, product_id } = asset;
  return { ...lineText(one(rows, 'product', product_id), 'name', locale, 'product'), serial, arrival_date };
}

/** What hangs on the visit, by id: in the order in which it was made, whether it has landed or not. */
function of(rows: Rows, collection: string, visitId: string): Json[] {
  const hanging = (rows[collection] ?? []).filter((row) => row.visit_id === visitId);
  return hanging.sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
}

/** Everybody who went, the lead first, where they were several: each with their hours. */
function crewLines(visit: Json, said: Said & { at: number }): { crew?: Json[] } {
  const names = namesOf(visit);
  const lines = ((visit.crew_states ?? []) as Json[]).flatMap((member) => {
    const id = String(member.technician_id);
    const name = names.get(id);
    if (name === undefined) return [];
    const { arrived_at = null, started_at = null, finished_at } = member;
    return [{ id, name, arrived_at, started_at, finished_at: finished_at || (id === said.technician.id ? said.at : null) }];
  });
  return lines.length > 1 ? { crew: lines } : {};
}

function namesOf(visit: Json): Map<string, string> {
  return new Map(((visit.crew ?? []) as Json[]).map((member) => [String(member.technician_id), String(member.name)]));
}

function checklistLines(rows: Rows, visitId: string, locale: string): Json[] {
  const lines = of(rows, 'checklist_item', visitId).sort((a, b) => Number(a.position) - Number(b.position));
  return lines.map((row) => ({
    ...lineText(row, 'label', locale),
    answer: lineAnswer(String(row.kind), (row.answer as Json | null)?.value ?? null),
  }));
}

function partLines(rows: Rows, visitId: string, locale: string): Json[] {
  return of(rows, 'part_used', visitId).map((used) => {
    const part = one(rows, 'part', used.part_id);
    const { quantity, unit_price, currency, charged, unit = 'piece' } = used;
    const milli = (used.quantity_milli as number | null | undefined) ?? (quantity as number) * 1000;
    const isFraction = unit !== 'piece' || milli % 1000 !== 0;
    const named = { number: part.number, ...lineText(part, 'name', locale) };
    const line = { ...named, quantity, unit_price, currency, charged, ...(isFraction ? { quantity_milli: milli, unit } : {}) };
    const amount = partAmount(line);
    return { ...line, amount: amount === null ? null : Number(amount) };
  });
}

/** A total for each currency, and `total` for who reads one: null where lines are in several currencies. */
function totals(parts: readonly Json[], charges: readonly Total[], expenses: readonly Total[]): { total: Total | null; totals: Total[] } {
  // What is no whole number is refused with its field; until then it comes to nothing.
  if (![...charges, ...expenses].every(({ amount }) => Number.isSafeInteger(amount))) return { total: null, totals: [] };
  const lines = { parts, charges, expenses } as unknown as Json;
  const each = totalsOf(lines);
  const [first] = [...each, ...charges, ...parts] as { currency: string }[];
  const amount = each.reduce((sum, line) => sum + line.amount, 0);
  return { total: sumsOf(lines).size > 1 ? null : { amount, currency: first?.currency ?? 'CNY' }, totals: each };
}

/**
 * Those that were taken on this phone, and those of a mate, by their name, or of this technician's phone before, of which it has the
 * rows; but for those that were taken back.
 */
function photoLines(rows: Rows, visit: Json, taps: readonly Tapped[], taken: readonly PhotoOfReport[], self: string): PhotoOfReport[] {
  const gone = new Set(taps.filter((tap) => tap.kind === 'photo_withdrawn').map((tap) => tap.body.photo_id));
  const names = namesOf(visit);
  const own = taken.filter((line) => !gone.has(line.photo_id));
  const shown = new Map(own.map((line) => [`${line.sha256} ${line.slot}`, line]));
  for (const row of of(rows, 'photo', String(visit.id))) {
    const { id: photo_id, slot, sha256, state, promised_by } = row as Record<string, string>;
    const same = `${sha256} ${slot}`;
    const by = promised_by === self ? undefined : names.get(promised_by!);
    if (!SHOWN.includes(state!) || shown.has(same)) continue;
    shown.set(same, { photo_id: photo_id!, slot: slot!, sha256: sha256!, ...(by === undefined ? {} : { by }) });
  }
  return [...shown.values()];
}
