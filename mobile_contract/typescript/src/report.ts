/**
 * How a phone makes the service report that the customer is shown, and what is signed under it: canonical JSON from the rows it
 * holds and its unsent work, offline. The same bytes as `mobile_contract/report.py` makes; `vectors/reports.json` holds the two
 * together. What is made is checked before the customer sees it. Throws `Unfit` with the field and a sentence.
 */
import canonicalize from 'canonicalize';
import { sha256Hex } from './bytes.js';
import type { Client } from './client.js';
import { CONSENT } from './generated/consent.js';
import { uuid7 } from './ids.js';
import { type Total, nextWhole, partAmount, sumsOf, totalsOf } from './shapes/amounts.js';
import { type Signing, checkReport, checkSigning, checkStrokes } from './shapes/check.js';
import { type Json, Unfit } from './shapes/fit.js';
import type { CollectionName, Collections, Envelope, Operations } from './types.js';

const CONSENT_ID = 'work-confirmation-1';

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
  warranty?: { status: string; reason: string } | null;
  /** A consent text of the company's own, in place of the contract's. */
  agreement?: { id: string; text: string } | null;
  /** For a report that was shown and changed before it was signed. */
  report_id?: string;
  /** When the work was finished, where the visit does not say; without it, now. */
  at?: number;
}

/** What the customer did. */
export interface Decided {
  outcome: Operations['sign']['outcome'];
  /** What `strokesText` made; it goes as the attachment of `tap`. */
  strokes?: string | null;
  signer?: { name: string; role: string; contact: string } | null;
  reason?: string;
  signature_id?: string;
}

/** The body of a `report` operation. Its `canonical` is what the customer is shown. */
export type MadeReport = Operations['report'] & { amends_id: string | null };

type Reader = Pick<Client, 'row' | 'rowsBy' | 'pending' | 'photosToShow' | 'reading'>;

export async function makeReport(phone: Reader, visitId: string, said: Said): Promise<MadeReport> {
  const visit = await held(phone, 'visit', visitId);
  const job = await held(phone, 'job', visit.job_id);
  const site = await held(phone, 'site', job.site_id);
  const customer = await held(phone, 'customer', job.customer_id);
  const contact = job.contact_id ? (await phone.row('contact', job.contact_id))?.body : undefined;
  const pending = (await phone.pending(visitId)).map((one) => JSON.parse(one.wire.body) as Envelope);
  const taps = Object.fromEntries(pending.map((one) => [one.kind, one.clock.wall]));
  const report_id = said.report_id ?? uuid7();
  const [amends, charges] = [said.amends ?? null, said.charges ?? []];
  const parts = await partLines(phone, visitId, pending);
  const value = {
    type: 'fieldproof/report/v1',
    report_id,
    amends,
    locale: said.locale,
    number: `${job.number}-${visit.plan_version}`,
    visit: { id: visitId, kind: job.kind, title: job.title },
    customer: { name: customer.name, address: site.address, contact: contact?.name ?? null },
    asset: await assetOf(phone, job.asset_id ?? null),
    technician: said.technician,
    window: { start: visit.window_start, end: visit.window_end },
    arrived_at: taps.check_in ?? visit.arrived_at,
    started_at: taps.start ?? visit.started_at,
    finished_at: visit.finished_at || said.at || (await phone.reading()).wall,
    work: said.work,
    fault: said.fault,
    checklist: await checklistLines(phone, visitId, pending),
    parts,
    charges,
    ...totals(parts, charges),
    photos: await phone.photosToShow(visitId),
    consent: await agreed(said),
    time_zone: site.time_zone,
    ...(said.warranty ? { warranty: said.warranty } : {}),
  };
  const canonical = canonicalize(value)!;
  await checkReport(canonical);
  return { report_id, amends_id: amends, locale: said.locale, canonical };
}

/** The consent text of the contract by id and hash, as the signature operation names it. */
export async function consent(locale: string): Promise<Operations['sign']['consent']> {
  return { id: CONSENT_ID, sha256: await sha256Hex(CONSENT[locale] ?? ''), locale };
}

/**
 * The attachment of a signature, from what the pad drew: lines of points, each x, y, milliseconds and pressure from 0 to 1000. Width
 * and height are the pad's, in the unit of its points. Canonical JSON, so that the same drawing is the same text everywhere.
 */
export function strokesText(lines: readonly (readonly (readonly number[])[])[], width: number, height: number): string {
  const numbers = [width, height, ...lines.flat(2)];
  if (!numbers.every(Number.isFinite)) throw new Unfit('strokes', 'strokes holds a number that no text can keep.');
  const text = canonicalize({ width, height, strokes: lines })!;
  checkStrokes(text);
  return text;
}

/** The body of a `sign` operation under a report; the strokes travel beside it as the attachment. It names the consent of the report. */
export async function signBody(report: Pick<MadeReport, 'report_id' | 'locale' | 'canonical'>, decided: Decided): Promise<Operations['sign']> {
  const shown = JSON.parse(report.canonical) as { consent?: { id?: string | null; sha256?: string | null } | null };
  const strokes = decided.strokes || null;
  const ours = await consent(report.locale);
  const body = {
    signature_id: decided.signature_id ?? uuid7(),
    report_id: report.report_id,
    outcome: decided.outcome,
    shown_sha256: await sha256Hex(report.canonical),
    consent: { ...ours, id: shown.consent?.id || ours.id, sha256: shown.consent?.sha256 || ours.sha256 },
    strokes_sha256: strokes ? await sha256Hex(strokes) : null,
    signer: decided.signer ?? null,
    reason: decided.reason ?? '',
  };
  await checkSigning(shown, body as Signing, strokes);
  return body;
}

async function held<C extends CollectionName>(phone: Reader, collection: C, id: string): Promise<Collections[C]> {
  const found = await phone.row(collection, id);
  if (found) return found.body;
  throw new Unfit(collection, `The phone does not hold the ${collection} that the report is about. Sync it first.`);
}

/** What the customer agrees to: the text of the contract in their language, or one of the company's own. */
async function agreed({ locale, agreement }: Said): Promise<{ id: string; sha256: string; text: string }> {
  const ours = CONSENT[locale];
  if (ours === undefined) throw new Unfit('locale', `locale should be ${Object.keys(CONSENT).sort().join(' or ')}.`);
  const { id, text } = agreement ?? { id: CONSENT_ID, text: ours };
  return { id, sha256: await sha256Hex(text), text };
}

async function assetOf(phone: Reader, assetId: string | null): Promise<Json | null> {
  const asset = assetId ? (await phone.row('asset', assetId))?.body : undefined;
  if (!asset) return null;
  const product = await held(phone, 'product', asset.product_id);
  return { product: product.name, serial: asset.serial, arrival_date: asset.arrival_date };
}

/** The lines of the checklist in their order, with what was answered last. */
async function checklistLines(phone: Reader, visitId: string, pending: readonly Envelope[]): Promise<Json[]> {
  const rows = (await phone.rowsBy('checklist_item', 'visit_id', visitId)).map((row) => row.body);
  const answers = new Map(pending.filter((one) => one.kind === 'checklist_answer').map(({ body }) => [body.item_id, body.answer]));
  rows.sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
  return rows.map((row) => ({
    label: row.label,
    answer: answers.has(row.id) ? answers.get(row.id) : ((row.answer as { value?: unknown } | null)?.value ?? null),
  }));
}

/** Parts that have landed and parts that are still in the outbox, at the catalogue's price. */
async function partLines(phone: Reader, visitId: string, pending: readonly Envelope[]): Promise<Json[]> {
  const landed = (await phone.rowsBy('part_used', 'visit_id', visitId)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const unsent = pending.filter((one) => one.kind === 'part_used').map((one) => one.body);
  const lines: Json[] = [];
  for (const used of [...landed.map((row) => row.body as unknown as Json), ...unsent]) {
    const part = await held(phone, 'part', used.part_id as string);
    const priced = { unit_price: part.unit_price, currency: part.currency, charged: true, unit: part.unit ?? 'piece', ...used };
    const { unit_price, currency, charged, unit, quantity } = priced as typeof priced & { quantity: number };
    const milli = (used.quantity_milli as number | null | undefined) ?? quantity * 1000;
    const isFraction = unit !== 'piece' || milli % 1000 !== 0;
    const line = {
      number: part.number,
      name: part.name,
      quantity: quantity ?? nextWhole(milli),
      unit_price,
      currency,
      charged,
      ...(isFraction ? { quantity_milli: milli, unit } : {}),
    };
    const amount = partAmount(line as Json);
    lines.push({ ...line, amount: amount === null ? null : Number(amount) });
  }
  return lines;
}

/** A total for each currency, and `total` for who reads one: null where lines are in several currencies. */
function totals(parts: readonly Json[], charges: readonly Total[]): { total: Total | null; totals: Total[] } {
  // What is no whole number is refused with its field; until then it comes to nothing.
  if (!charges.every((one) => Number.isSafeInteger(one.amount))) return { total: null, totals: [] };
  const lines = { parts, charges } as unknown as Json;
  const found = totalsOf(lines);
  const [first] = [...found, ...charges, ...parts] as { currency: string }[];
  const amount = found.reduce((sum, one) => sum + one.amount, 0);
  return { total: sumsOf(lines).size > 1 ? null : { amount, currency: first?.currency ?? 'CNY' }, totals: found };
}
