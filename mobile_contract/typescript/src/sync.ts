/**
 * Exchanges until nothing is left to send and to fetch, and what is done when a server, or something in between, does not go
 * along. One operation that is refused does not decide over those before it: a batch is halved until the one is alone; by
 * then all that came before has landed. And nothing that is refused stops what comes down.
 */
import type { Clock } from './clock.js';
import { takeIn, takeInRefusal } from './exchange.js';
import { withoutRows } from './forgetting.js';
import { differing, reconcile, startOver } from './integrity.js';
import { BATCH_OPERATIONS, batch, takeUpFrom, withoutWhatIsTooLarge } from './outbox.js';
import { notWithdrawn } from './photos.js';
import { Refused, Unreachable } from './retry.js';
import type { Session } from './session.js';
import { EMPTY_HEAD, feedOf, meta, writeMeta } from './state.js';
import { type Storage, update } from './storage/storage.js';
import type { Anchor, Pending, SyncOut, WireOperation } from './types.js';

/** What an exchange works with. `tell` is called when rows, outbox or outcomes changed. */
export interface Phone {
  storage: Storage;
  session: Session;
  clock: Clock;
  version: number;
  tell: () => void;
}

/** What a whole batch is answered because of one operation, by older servers and by what stands before a server. */
const UNREADABLE = [400, 413, 422];
const CHAIN = ['device_forked', 'chain_broken', 'wrong_signature'];
/** Exchanges of one sync; a first sync of 50,000 rows takes 100. */
const EXCHANGES = 1000;
const IDLE_AT_MOST = 3;
const STUCK = 'The server answers, but neither takes the outbox in nor comes to an end of its changes.';

/** Everything up, everything down, and the checksums compared. Throws `Refused` after everything that could come came. */
export async function sync(phone: Phone): Promise<void> {
  const refused = await untilDone(phone, BATCH_OPERATIONS);
  if (refused) {
    await withoutOutbox(phone, refused);
    throw refused;
  }
  await compare(phone);
  await forgetWhenRevoked(phone);
}

/**
 * Before a phone is enrolled anew: give the old device's outbox to the server, so that what can land there has landed. A
 * refusal is no obstacle: it is the reason why the rest is signed anew. Throws `Unreachable`.
 */
export async function handIn(phone: Phone): Promise<void> {
  if ((await unsent(phone)).length === 0 || (await meta(phone.storage, 'stopped'))) return;
  const refused = await untilDone(phone, BATCH_OPERATIONS, true);
  if (refused) await withoutOutbox(phone, refused, true);
}

/** A phone that was revoked keeps nothing of the customers once its work and its photos are handed in. */
export async function forgetWhenRevoked(phone: Phone): Promise<void> {
  if (!(await meta(phone.storage, 'revoked')) || (await unsent(phone)).length > 0) return;
  if ((await notWithdrawn(phone.storage)).some((photo) => photo.state === 'waiting')) return;
  await update(phone.storage, async () => ({ writes: await withoutRows(phone.storage), result: undefined }));
  phone.tell();
}

/** Returns the refusal that it ends with, if any; `most` 0 leaves the outbox where it is. */
async function untilDone(phone: Phone, most: number, upOnly = false): Promise<Refused | null> {
  let size = most;
  let idle = 0;
  for (let round = 0; round < EXCHANGES; round++) {
    const before = await standing(phone);
    const operations = await batch(phone.storage, size);
    let more: boolean;
    try {
      more = await exchange(phone, operations);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (!UNREADABLE.includes(error.status) || operations.length <= 1) return error;
      size = Math.floor(operations.length / 2);
      continue;
    }
    size = Math.min(most, size * 2);
    const left = most > 0 && (await unsent(phone)).length > 0;
    if (!left && (upOnly || !more)) return null;
    idle = before === (await standing(phone)) ? idle + 1 : 0;
    if (idle === IDLE_AT_MOST) throw new Error(STUCK);
  }
  throw new Error(STUCK);
}

/** Fetch what comes down although the outbox is refused. If that is not refused, it was the operation's own fault. */
async function withoutOutbox(phone: Phone, refused: Refused, upOnly = false): Promise<void> {
  try {
    const without = await untilDone(phone, 0, upOnly);
    if (without !== null || !UNREADABLE.includes(refused.status)) return;
  } catch (error) {
    if (error instanceof Unreachable) return;
    throw error;
  }
  await update(phone.storage, async () => {
    const [first] = await unsent(phone);
    if (!first) return { writes: [], result: undefined };
    const reason = { code: refused.code, sentence: String(refused.facts.detail ?? refused.message) };
    return { writes: [writeMeta('stopped', { id: first.id, poison: true, ...reason })], result: undefined };
  });
}

async function compare(phone: Phone): Promise<void> {
  const repaired = new Set<string>();
  for (;;) {
    const wrong = (await meta(phone.storage, 'revoked')) ? [] : await differing(phone.storage);
    if (wrong.length === 0) return;
    for (const scope of wrong) {
      if (repaired.has(scope)) throw new Error(`${scope} still differs from the server after it was mended.`);
      repaired.add(scope);
      await reconcile(phone.storage, phone.session, scope, phone.version);
    }
    phone.tell();
    const refused = await untilDone(phone, BATCH_OPERATIONS);
    if (refused) throw refused;
  }
}

/** One round trip. Returns whether there is more to fetch. Throws `Refused`. */
async function exchange(phone: Phone, operations: Pending[]): Promise<boolean> {
  try {
    return await ask(phone, operations, operations.map((one) => one.wire));
  } catch (error) {
    const lean = operations.length === 1 ? withoutWhatIsTooLarge(operations[0]!.wire) : null;
    if (lean && error instanceof Refused && UNREADABLE.includes(error.status)) return ask(phone, operations, [lean]);
    throw error;
  }
}

async function ask(phone: Phone, operations: Pending[], wires: WireOperation[]): Promise<boolean> {
  const { storage, clock } = phone;
  const { cursor } = await feedOf(storage);
  const sent = clock.monotonic();
  let answer: SyncOut;
  try {
    const body = { contract_version: phone.version, operations: wires, cursor };
    answer = await phone.session.call<SyncOut>('POST', '/v1/sync', body);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return mend(phone, cursor, operations, error);
  }
  const arrived = clock.monotonic();
  const anchor: Anchor = { token: answer.anchor, monotonic: arrived, boot_id: clock.bootId, round_trip: arrived - sent };
  const changed = await takeIn(storage, { cursor, upTo: operations.at(-1)?.seq ?? 0 }, answer, anchor);
  if (changed) phone.tell();
  await restore(phone, answer.last_seq);
  return answer.more ?? false;
}

/** A server that lost what it had acknowledged gets it again. */
async function restore(phone: Phone, lastSeq: number): Promise<void> {
  const head = (await meta(phone.storage, 'head')) ?? EMPTY_HEAD;
  const [first] = await unsent(phone);
  const landed = (first?.seq ?? head.seq + 1) - 1;
  if (lastSeq < landed) await takeUpFrom(phone.storage, lastSeq + 1);
}

/** Whether the refusal only asks for something else, which goes with the next exchange; else it is thrown. */
async function mend(phone: Phone, cursor: string | null, operations: Pending[], refused: Refused): Promise<boolean> {
  if (refused.code === 'cursor_refused' && cursor !== null) {
    await startOver(phone.storage);
    return true;
  }
  if (refused.code === 'sequence_gap') {
    if (await takeUpFrom(phone.storage, Number(refused.facts.expected_seq))) return true;
  }
  if (await takeInRefusal(phone.storage, operations, refused, CHAIN.includes(refused.code))) phone.tell();
  throw refused;
}

function unsent(phone: Phone): Promise<Pending[]> {
  return phone.storage.list<Pending>('outbox');
}

async function standing(phone: Phone): Promise<string> {
  const waiting = await unsent(phone);
  return `${waiting[0]?.seq} ${waiting.length} ${(await feedOf(phone.storage)).cursor}`;
}
