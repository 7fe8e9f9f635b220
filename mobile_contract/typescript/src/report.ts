/**
 * How a phone makes the service report that the customer is shown, and what is signed under it, offline. What a report says of the
 * rows is worked out in `shapes/build.ts`; here is what of the phone goes in. What is made is checked before the customer sees it.
 * Throws `Unfit` with the field and a sentence. As `mobile_contract/report.py`.
 */
import canonicalize from 'canonicalize';
import { sha256Hex } from './bytes.js';
import type { Client } from './client.js';
import { uuid7 } from './ids.js';
import { type MadeReport, type Said, consent, reportOf } from './shapes/build.js';
import { type Signing, checkSigning, checkStrokes } from './shapes/check.js';
import { type Json, Unfit } from './shapes/fit.js';
import type { Tapped } from './shapes/projection.js';
import type { CollectionName, Envelope, Operations } from './types.js';

/** What the customer did. */
export interface Decided {
  outcome: Operations['sign']['outcome'];
  /** What `strokesText` made; it goes as the attachment of `tap`. */
  strokes?: string | null;
  signer?: { name: string; role: string; contact: string } | null;
  reason?: string;
  /** One out of the office's list, of why not. */
  reason_id?: string;
  signature_id?: string;
}

type Reader = Pick<Client, 'row' | 'rows' | 'rowsBy' | 'pending' | 'photosToShow' | 'reading' | 'technicianId'>;

/** The report of a visit, from what this phone holds and has not sent yet. */
export async function makeReport(phone: Reader, visitId: string, said: Said): Promise<MadeReport> {
  const taps = (await phone.pending(visitId)).map((one) => tapped(JSON.parse(one.wire.body) as Envelope));
  const held = { rows: await rowsOfVisit(phone, visitId, taps), taps, photos: await phone.photosToShow(visitId) };
  const at = said.at ?? (await phone.reading()).wall;
  const whole = { ...said, at, report_id: said.report_id ?? uuid7() };
  return reportOf({ ...held, who: (await phone.technicianId()) ?? '' }, visitId, whole);
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
    ...(decided.reason_id ? { reason_id: decided.reason_id } : {}),
  };
  await checkSigning(shown, body as Signing, strokes);
  return body;
}

function tapped({ kind, subject, body, clock }: Envelope): Tapped {
  return { kind, subject: subject.id, body, at: clock.wall };
}

/** The rows that a report is made of: those of the visit, what they name, and the few texts to agree to. The others are not read. */
async function rowsOfVisit(phone: Reader, visitId: string, taps: readonly Tapped[]): Promise<Record<string, Json[]>> {
  const rows: Record<string, Json[]> = {};
  const add = async (collection: CollectionName, id: unknown): Promise<Json | undefined> => {
    const body = id ? ((await phone.row(collection, String(id)))?.body as Json | undefined) : undefined;
    if (body) (rows[collection] ??= []).push(body);
    return body;
  };
  for (const collection of ['checklist_item', 'part_used', 'photo'] as const) {
    rows[collection] = (await phone.rowsBy(collection, 'visit_id', visitId)).map((row) => row.body as unknown as Json);
  }
  const job = await add('job', (await add('visit', visitId))?.job_id);
  for (const collection of ['site', 'customer', 'contact'] as const) await add(collection, job?.[`${collection}_id`]);
  await add('product', (await add('asset', job?.asset_id))?.product_id);
  const used = [...rows.part_used!, ...taps.filter((tap) => tap.kind === 'part_used').map((tap) => tap.body)];
  for (const part of new Set(used.map((one) => one.part_id))) await add('part', part);
  rows.consent_text = (await phone.rows('consent_text')).map((row) => row.body as unknown as Json);
  return rows;
}
