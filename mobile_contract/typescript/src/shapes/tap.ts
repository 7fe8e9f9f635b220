/** What is refused at the tap: a report or a signature that the server would park, while the customer is still there. */
import type { Storage } from '../storage/storage.js';
import type { Envelope, Outcome, Pending } from '../types.js';
import { type Signing, checkReport, checkSigning } from './check.js';
import { type Json, Unfit } from './fit.js';

/** An operation that is about to be signed by the device. */
export interface Intent {
  kind: string;
  body: object;
  attachment?: string | undefined;
}

/** Throws `Unfit` when a report or a signature cannot be sealed; `before` are the operations that this phone remembers. */
export async function mustBeSealable(intent: Intent, before: readonly Envelope[] = []): Promise<void> {
  const body = intent.body as Json;
  if (intent.kind === 'report') await checkReport(String(body.canonical));
  if (intent.kind !== 'sign') return;
  const about = before.filter((one) => one.body.report_id === body.report_id);
  if (about.some((one) => one.kind === 'sign')) {
    throw new Unfit('report_id', 'This report has its decision. Make a new report that amends it, and have that signed.');
  }
  const shown = about.find((one) => one.kind === 'report');
  const report = shown ? (JSON.parse(String(shown.body.canonical)) as Json) : {};
  await checkSigning(report, body as unknown as Signing, intent.attachment ?? null);
}

/** The operations that this phone has at hand, without the one of this id and without those that were parked. */
export async function remembered(storage: Storage, id: string): Promise<Envelope[]> {
  const found: Envelope[] = [];
  for (const one of [...(await storage.list<Pending>('sent')), ...(await storage.list<Pending>('outbox'))]) {
    if (one.id === id || (one.kind !== 'report' && one.kind !== 'sign')) continue;
    const outcome = await storage.get<Outcome>('outcomes', one.id);
    if (outcome?.outcome !== 'parked') found.push(JSON.parse(one.wire.body) as Envelope);
  }
  return found;
}
