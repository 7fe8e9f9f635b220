/** Makes operations: each is signed once, chained to the one before, and on disk before anything is sent. */
import { SUBJECTS } from './generated/subjects.js';
import { sha256Hex, utf8 } from './bytes.js';
import { NotSendable } from './canonical.js';
import type { Clock } from './clock.js';
import { LIMITS } from './generated/limits.js';
import { uuid7 } from './ids.js';
import type { Signer } from './key.js';
import { mostBytes, sendable } from './sendable.js';
import { NotEnrolled } from './session.js';
import { EMPTY_HEAD, type Head, type Stopped, meta, seqKey, writeMeta } from './state.js';
import { type Storage, type Write, update } from './storage/storage.js';
import type { Envelope, Outcome, Pending, Reading, Row, WireOperation } from './types.js';

/** An intent before it is signed. The same `id` twice is one operation. */
export interface Tap {
  id: string;
  kind: string;
  visitId: string;
  body: object;
  reading: Reading;
  attachment?: string;
}

/** Bytes that one exchange carries when it carries several operations. */
const BATCH_BYTES = 1_000_000;
export const BATCH_OPERATIONS = 200;

/** What the clocks say now, with the newest anchor. */
export async function reading(storage: Storage, clock: Clock): Promise<Reading> {
  const anchor = (await meta(storage, 'anchor')) ?? null;
  // Whoever set the wall clock to the year 2300 can still tap.
  const wall = Math.max(-LIMITS.integer, Math.min(LIMITS.integer, Math.round(clock.wall())));
  return { wall, monotonic: clock.monotonic(), boot_id: clock.bootId, sleeps: clock.sleeps, anchor };
}

/**
 * Append to the outbox, with other writes in the same commit. Returns false when the operation was there already. Throws
 * `NotSendable`, and keeps nothing, when no server would take it.
 */
export async function append(storage: Storage, signer: Signer, tap: Tap, beside: Write[] = []): Promise<boolean> {
  return update(storage, async () => {
    const device = await meta(storage, 'device');
    if (!device) throw new NotEnrolled('Enrol this phone first.');
    if (await isKnown(storage, tap.id)) return { writes: [], result: false };
    const head = (await meta(storage, 'head')) ?? EMPTY_HEAD;
    const type = SUBJECTS[tap.kind] ?? 'visit';
    const [subject] = await storage.list<Row>('rows', `${type}/${tap.visitId}/`);
    const envelope: Envelope = {
      id: tap.id,
      device_id: device.id,
      seq: head.seq + 1,
      prev: head.prev,
      kind: tap.kind,
      subject: { type, id: tap.visitId },
      base: subject?.rev ?? null,
      body: tap.body as Record<string, unknown>,
      clock: tap.reading,
    };
    const { pending, next } = await sign(signer, envelope, tap.id, tap.attachment, mostBytes(tap.kind));
    return { writes: [put(pending), writeMeta('head', next), ...beside], result: true };
  });
}

/**
 * Chain what is unsent anew for a device that was enrolled in place of another. The operations get ids of their own,
 * because the server may know the old ones; the app goes on knowing them by the ids it has. What no server takes, and what
 * this one did not (`stopped`), is left behind: its outcome is `refused`.
 */
export async function chainAnew(
  signer: Signer,
  deviceId: string,
  unsent: Pending[],
  stopped: Stopped | undefined,
  at: number,
): Promise<Write[]> {
  const writes: Write[] = unsent.map((one) => ({ store: 'outbox', key: seqKey(one.seq) }));
  let head = EMPTY_HEAD;
  for (const one of unsent) {
    try {
      if (stopped?.poison && stopped.id === one.id) throw new Left(stopped.code, stopped.sentence);
      const old = JSON.parse(one.wire.body) as Envelope;
      const envelope = { ...old, id: uuid7(), device_id: deviceId, seq: head.seq + 1, prev: head.prev };
      const { pending, next } = await sign(signer, envelope, one.id, one.wire.attachment ?? undefined);
      writes.push(put(pending));
      head = next;
    } catch (error) {
      if (!(error instanceof Left) && !(error instanceof NotSendable)) throw error;
      const { wire, id, seq, kind, visit_id } = one;
      const reason = { outcome: 'refused', code: error.code, sentence: error.message } as const;
      writes.push({ store: 'outcomes', key: id, value: { id, seq, kind, visit_id, ...reason, at, wire } satisfies Outcome });
    }
  }
  return [...writes, writeMeta('head', head)];
}

class Left extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The operations to send next, in order, as many as one exchange carries; one always, however large. */
export async function batch(storage: Storage, most: number): Promise<Pending[]> {
  if (most === 0) return [];
  const unsent = await storage.list<Pending>('outbox');
  let bytes = 0;
  const end = unsent.findIndex((one, index) => {
    bytes += utf8(JSON.stringify(one.wire)).length;
    return index > 0 && (bytes > BATCH_BYTES || index >= most);
  });
  return end < 0 ? unsent : unsent.slice(0, end);
}

/**
 * The same operation without its attachment, where an older version let one in that no server takes; else null. The
 * signature is over the text alone, so the operation keeps its place in the chain.
 */
export function withoutWhatIsTooLarge(wire: WireOperation): WireOperation | null {
  if (!wire.attachment || utf8(wire.attachment).length <= LIMITS.attachment_bytes) return null;
  return { body: wire.body, signature: wire.signature };
}

/** The server lacks what it had acknowledged (it was restored): take those operations up again. False if we cannot. */
export async function takeUpFrom(storage: Storage, seq: number): Promise<boolean> {
  return update(storage, async () => {
    const sent = (await storage.list<Pending>('sent')).filter((one) => one.seq >= seq);
    const complete = sent[0]?.seq === seq;
    const writes = sent.flatMap((one): Write[] => [put(one), { store: 'sent', key: seqKey(one.seq) }]);
    return { writes: complete ? writes : [], result: complete };
  });
}

async function isKnown(storage: Storage, id: string): Promise<boolean> {
  if (await storage.get<Outcome>('outcomes', id)) return true;
  return (await storage.list<Pending>('outbox')).some((one) => one.id === id);
}

async function sign(signer: Signer, envelope: Envelope, id: string, attachment: string | undefined, most?: number) {
  const body = sendable(envelope, attachment, most);
  const wire: WireOperation = { body, signature: await signer.sign(body) };
  if (attachment !== undefined) wire.attachment = attachment;
  const pending: Pending = { seq: envelope.seq, id, kind: envelope.kind, visit_id: envelope.subject.id, wire };
  const next: Head = { seq: envelope.seq, prev: await sha256Hex(body), id: envelope.id };
  return { pending, next };
}

function put(pending: Pending): Write {
  return { store: 'outbox', key: seqKey(pending.seq), value: pending };
}
