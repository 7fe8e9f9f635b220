/** An operation as a document of somebody else's database: an intent that the client signs, chains and sends. */
import { NotSendable } from '../canonical.js';
import type { Client } from '../client.js';
import { uuid7 } from '../ids.js';
import { Unfit } from '../shapes/fit.js';
import { mustBeSealable } from '../shapes/tap.js';
import { mustBeSendable } from '../sendable.js';
import type { Kind, Operations, Reading } from '../types.js';

/** What an adapter's outbox holds. `outcome` is empty until the server has answered. */
export interface OutboxOperation {
  id: string;
  visit_id: string;
  kind: string;
  body: object;
  attachment: string;
  reading: Reading;
  outcome: '' | 'applied' | 'merged' | 'parked' | 'refused';
  code: string;
  sentence: string;
}

/** The fields that the server decides. */
export type Answered = Pick<OutboxOperation, 'outcome' | 'code' | 'sentence'>;

/**
 * Make one to insert into the outbox. Throws `NotSendable` when no server would take it, `Unfit` when it is a report or a
 * signature that could not be sealed.
 */
export async function newOperation<K extends Kind>(
  client: Client,
  kind: K,
  visitId: string,
  body: Operations[K],
  attachment = '',
): Promise<OutboxOperation> {
  await mustBeSealable({ kind, body, attachment: attachment || undefined });
  const reading = await client.reading();
  const id = uuid7();
  mustBeSendable({ id, kind, visitId, body, reading }, attachment || undefined);
  return { id, visit_id: visitId, kind, body, attachment, reading, outcome: '', code: '', sentence: '' };
}

/**
 * Hand operations to the client in the order they were made; those it has already are passed over. Returns the ones
 * that can never be sent, with the reason, so that none of them holds up the next.
 */
export async function handOver(client: Client, operations: readonly OutboxOperation[]): Promise<Map<string, Answered>> {
  const refused = new Map<string, Answered>();
  for (const one of [...operations].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const options = { id: one.id, reading: one.reading, ...(one.attachment ? { attachment: one.attachment } : {}) };
    try {
      await client.tapAny(one.kind, one.visit_id, one.body, options);
    } catch (error) {
      if (!(error instanceof NotSendable || error instanceof Unfit)) throw error;
      const code = error instanceof Unfit ? 'unfit' : error.code;
      refused.set(one.id, { outcome: 'refused', code, sentence: error.message });
    }
  }
  return refused;
}

/** What the server said of an operation; undefined while it has not answered. */
export async function answered(client: Client, id: string): Promise<Answered | undefined> {
  const found = await client.outcome(id);
  return found && { outcome: found.outcome, code: found.code ?? '', sentence: found.sentence ?? '' };
}
