// The PowerSync client SDK on a Fieldproof server. Rows come down by the SDK's own stream; what a technician taps is a
// signed operation in a local table, and goes up through the exchange in the order in which it was signed.
import {
  column, Schema, SyncStreamConnectionMethod, Table,
  type CommonPowerSyncDatabase, type LockContext, type PowerSyncBackendConnector, type PowerSyncCredentials,
  type SyncOptions,
} from '@powersync/common';
import { LIMITS } from '../generated/limits.js';
import { SUBJECTS } from '../generated/subjects.js';
import { problemOf, whole } from '../retry.js';
import { NotSendable } from '../canonical.js';
import { mostBytes, sendable } from '../sendable.js';
import { mustBeSealable } from '../shapes/tap.js';
import type { Anchor, Envelope, NewPhone } from '../types.js';
import { hex, sha256, uuid7, type Session } from './powersync_signing.js';
import { TABLES } from './powersync_tables.js';

export type { Session } from './powersync_signing.js';
export { deviceSession, enrol, makeKey } from './powersync_signing.js';

const BATCH = 100;
const BATCH_CHARACTERS = 1_000_000;
const CONTRACT_VERSION = 2;
/** What a whole batch is answered because of one operation, by older servers and by what stands before a server. */
const UNREADABLE = [400, 413, 422];

function collection(columns: Record<string, 'text' | 'integer' | 'real'>): Table {
  const typed = Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, column[type]]));
  const indexes: Record<string, string[]> = 'visit_id' in columns ? { visit: ['visit_id'] } : {};
  return new Table({ ...typed, _rev: column.integer, _hash: column.text, _scope: column.text }, { indexes });
}

/** The collections that phones hold, by name. Read them; never write to them. */
export const collections: Record<string, Table> = Object.fromEntries(
  Object.entries(TABLES).map(([name, columns]) => [name, collection(columns)]),
);

/** Tables of the adapter's own, beside the collections. */
export const own = {
  /** What each scope must add up to: the first contract's collections, and each `later` one as JSON by its name; see `isIntact`. */
  sync_scope: new Table({ rev: column.integer, count: column.integer, checksum: column.text, later: column.text }),
  /** What was tapped and is not yet seen in the collections; lay it over the rows. A row vanishes with its effect's arrival. */
  pending: new Table({
    visit_id: column.text, device_id: column.text, seq: column.integer, kind: column.text, body: column.text,
  }),
  /** Signed and not yet known to be at the server. Nothing but the server's own count takes a row out. */
  outbox: new Table(
    {
      device_id: column.text, seq: column.integer, visit_id: column.text, kind: column.text,
      body: column.text, signature: column.text, attachment: column.text,
    },
    { localOnly: true },
  ),
  /** What became of each operation: `applied`, `merged`, `duplicate` or `parked` with its code and sentence. */
  outcome: new Table(
    { seq: column.integer, outcome: column.text, code: column.text, sentence: column.text, was: column.text },
    { localOnly: true },
  ),
  /** The end of the chain of each device, the last time anchor, and the new phones that are to be shown, as JSON. */
  phone: new Table({ value: column.text }, { localOnly: true }),
};

/** The schema for `new PowerSyncDatabase`; an app adds local-only tables of its own. */
export const schema = new Schema({ ...collections, ...own });

/** What a technician does to a visit. */
export interface Tap {
  kind: string;
  visitId: string;
  body?: Record<string, unknown>;
  attachment?: string;
}

/** A wall clock and a steady clock in microseconds; `boot` changes whenever the steady one starts anew. */
export interface Clock {
  wall(): number;
  monotonic(): number;
  readonly boot: string;
  /** Whether the steady clock stands still while the device sleeps. */
  readonly sleeps?: boolean;
}

/** The process's own clocks. */
export const systemClock: Clock = {
  wall: () => Date.now() * 1000,
  monotonic: () => Math.round(performance.now() * 1000),
  boot: uuid7(),
  sleeps: true,
};

interface Chain { seq: number; prev: string | null }
interface Wire { body: string; signature: string; attachment?: string }
interface Outcome { id: string; seq: number; outcome: string; code?: string; sentence?: string; was?: string }
interface Answer { anchor: string; last_seq: number; outcomes?: Outcome[]; new_phones?: NewPhone[] }
type Reader = Pick<LockContext, 'getAll' | 'getOptional'>;
type Writer = Reader & Pick<LockContext, 'execute'>;

async function recall<T>(tx: Reader, id: string): Promise<T | null> {
  const row = await tx.getOptional<{ value: string }>('SELECT value FROM phone WHERE id = ?', [id]);
  return row && (JSON.parse(row.value) as T);
}

async function remember(tx: Writer, id: string, value: unknown): Promise<void> {
  await tx.execute('DELETE FROM phone WHERE id = ?', [id]); // the tables are views, which know no upsert
  await tx.execute('INSERT INTO phone (id, value) VALUES (?, ?)', [id, JSON.stringify(value)]);
}

/**
 * Sign an operation and keep it, in one transaction; works with no network at all. Returns its id. Throws, and keeps nothing:
 * `NotSendable` when no server would take it, `Unfit` for a report or a signature that could not be sealed.
 */
export async function tap(
  db: CommonPowerSyncDatabase, session: Pick<Session, 'deviceId' | 'sign'>, what: Tap, clock: Clock = systemClock,
): Promise<string> {
  const id = uuid7();
  await mustBeSealable({ kind: what.kind, body: what.body ?? {}, attachment: what.attachment });
  const { deviceId } = session;
  await db.writeTransaction(async (tx) => {
    const chain = (await recall<Chain>(tx, `chain:${deviceId}`)) ?? { seq: 0, prev: null };
    const type = SUBJECTS[what.kind] ?? 'visit'; // a table of ours, never the app's text
    const about = await tx.getOptional<{ _rev: number }>(`SELECT _rev FROM ${type} WHERE id = ?`, [what.visitId]);
    const seq = chain.seq + 1;
    const text = sendable({
      id, device_id: deviceId, seq, prev: chain.prev, kind: what.kind,
      subject: { type, id: what.visitId }, base: about?._rev ?? null, body: what.body ?? {},
      clock: {
        wall: Math.max(-LIMITS.integer, Math.min(LIMITS.integer, clock.wall())), monotonic: clock.monotonic(), boot_id: clock.boot, sleeps: clock.sleeps ?? false,
        anchor: await recall<Anchor>(tx, 'anchor'),
      },
    }, what.attachment, mostBytes(what.kind));
    const { kind, visitId: visit_id, attachment = null } = what;
    await queue(tx, session, { id, device_id: deviceId, seq, visit_id, kind, body: text, attachment });
  });
  return id;
}

/** A write that the SDK sees: it starts the upload, and holds back what comes down until the effect is there. */
async function announce(
  tx: Writer, id: string, deviceId: string, seq: number, visitId: string, kind: string, text: string,
): Promise<void> {
  const { body } = JSON.parse(text) as { body: unknown };
  await tx.execute('INSERT INTO pending (id, visit_id, device_id, seq, kind, body) VALUES (?, ?, ?, ?, ?, ?)', [
    id, visitId, deviceId, seq, kind, JSON.stringify(body),
  ]);
}

interface Kept { id: string; device_id: string; seq: number; visit_id: string; kind: string; body: string; attachment: string | null }

/**
 * Chain what another device of this database left unsent anew for the device of the session, which was enrolled in its place.
 * The operations get ids of their own, because the server may know the old ones; the app goes on knowing them by the ids it has.
 * What no server takes is left behind with the outcome `refused`.
 */
async function chainAnew(tx: Writer, session: Pick<Session, 'deviceId' | 'sign'>): Promise<void> {
  const left = await tx.getAll<Kept>('SELECT * FROM outbox WHERE device_id <> ? ORDER BY device_id, seq', [session.deviceId]);
  if (left.length === 0) return;
  await remember(tx, 'anchor', null); // it was given to the other device
  for (const one of left) {
    const chain = (await recall<Chain>(tx, `chain:${session.deviceId}`)) ?? { seq: 0, prev: null };
    const seq = chain.seq + 1;
    const envelope = { ...(JSON.parse(one.body) as Envelope), id: uuid7(), device_id: session.deviceId, seq, prev: chain.prev };
    await tx.execute('DELETE FROM outbox WHERE id = ?', [one.id]);
    await tx.execute('DELETE FROM pending WHERE id = ?', [one.id]);
    try {
      const text = sendable(envelope, one.attachment ?? undefined);
      await queue(tx, session, { ...one, device_id: session.deviceId, seq, body: text });
    } catch (error) {
      if (!(error instanceof NotSendable)) throw error;
      await keepOutcome(tx, one.id, { seq: one.seq, outcome: 'refused', code: error.code, sentence: error.message });
    }
  }
}

/** Sign a text, keep it as the last of its device's chain, and let the SDK see it. */
async function queue(tx: Writer, session: Pick<Session, 'sign'>, one: Kept): Promise<void> {
  await tx.execute(
    'INSERT INTO outbox (id, device_id, seq, visit_id, kind, body, signature, attachment) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    [one.id, one.device_id, one.seq, one.visit_id, one.kind, one.body, await session.sign(one.body), one.attachment],
  );
  await remember(tx, `chain:${one.device_id}`, { seq: one.seq, prev: hex(await sha256(one.body)) } satisfies Chain);
  await announce(tx, one.id, one.device_id, one.seq, one.visit_id, one.kind, one.body);
}

async function keepOutcome(tx: Writer, id: string, one: Omit<Outcome, 'id'>): Promise<void> {
  await tx.execute('DELETE FROM outcome WHERE id = ?', [id]);
  await tx.execute('INSERT INTO outcome (id, seq, outcome, code, sentence, was) VALUES (?, ?, ?, ?, ?, ?)', [
    id, one.seq, one.outcome, one.code ?? null, one.sentence ?? null, one.was ?? null,
  ]);
}

/** Connect, after making sure that everything in the outbox is going to be uploaded: what another device left, too. */
export async function connect(
  db: CommonPowerSyncDatabase, connector: FieldproofConnector, options: SyncOptions = {},
): Promise<void> {
  await db.writeTransaction(async (tx) => {
    await chainAnew(tx, connector.session);
    const rows = await tx.getAll<{ id: string; device_id: string; seq: number; visit_id: string; kind: string; body: string }>(
      'SELECT * FROM outbox WHERE device_id = ? AND id NOT IN (SELECT id FROM pending) ORDER BY seq',
      [connector.session.deviceId],
    );
    for (const row of rows) await announce(tx, row.id, row.device_id, row.seq, row.visit_id, row.kind, row.body);
  });
  await db.connect(connector, { connectionMethod: SyncStreamConnectionMethod.HTTP, checkpointMode: 'legacy', ...options });
}

/** Drop every row and fetch all of them anew; what was tapped stays and is uploaded. */
export async function resync(
  db: CommonPowerSyncDatabase, connector: FieldproofConnector, options: SyncOptions = {},
): Promise<void> {
  await db.disconnectAndClear({ clearLocal: false });
  await connect(db, connector, options);
}

/** The server answered with a problem that sending again will not mend: the chain is broken. Enrol the device anew. */
export class Refused extends Error {
  override name = 'Refused';
  constructor(readonly problem: { code?: string; detail?: string }, readonly status: number) {
    super(`${problem.code}: ${problem.detail}`);
  }
}

/** Signs in by the device's key and uploads the outbox; the SDK calls it, waits and tries again. */
export class FieldproofConnector implements PowerSyncBackendConnector {
  #token: string | null = null;
  /** How many operations go at once: fewer while something in them is refused, so that the one that it is goes alone. */
  #most = BATCH;

  constructor(
    readonly session: Session,
    readonly fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init),
    readonly clock: Clock = systemClock,
  ) {}

  async fetchCredentials(): Promise<PowerSyncCredentials> {
    this.#token = await this.session.signIn();
    return { endpoint: this.session.endpoint, token: this.#token };
  }

  async uploadData(db: CommonPowerSyncDatabase): Promise<void> {
    const batch = await db.getCrudBatch(1000);
    if (batch === null) return;
    const foreign = batch.crud.find((entry) => entry.table !== 'pending');
    if (foreign) throw new Error(`'${foreign.table}' was written to; only tap() changes things, collections are read`);
    while (await this.#uploadSome(db));
    await batch.complete();
  }

  async #uploadSome(db: CommonPowerSyncDatabase): Promise<boolean> {
    const { deviceId } = this.session;
    const rows = await db.getAll<{ id: string; seq: number; body: string; signature: string; attachment: string | null }>(
      'SELECT id, seq, body, signature, attachment FROM outbox WHERE device_id = ? ORDER BY seq LIMIT ?', [deviceId, this.#most],
    );
    let size = 0;
    const operations: Wire[] = rows
      .filter((row, at) => (size += row.body.length + (row.attachment?.length ?? 0)) < BATCH_CHARACTERS || at === 0)
      .map(({ body, signature, attachment }) => (attachment === null ? { body, signature } : { body, signature, attachment }));
    if (rows[0] === undefined) return false;
    const sent = this.clock.monotonic();
    let answer: Answer;
    try {
      answer = await this.#exchange(operations);
    } catch (error) {
      if (!(error instanceof Refused) || !UNREADABLE.includes(error.status) || operations.length === 1) throw error;
      this.#most = Math.floor(operations.length / 2);
      return true;
    }
    this.#most = Math.min(BATCH, this.#most * 2);
    const arrived = this.clock.monotonic();
    if (answer.last_seq < rows[0].seq) throw new Error(`operation ${rows[0].seq} was sent, but the server is at ${answer.last_seq}`);
    await db.writeTransaction(async (tx) => {
      // The server's number decides what has landed, not what this reply says of it.
      await tx.execute('DELETE FROM outbox WHERE device_id = ? AND seq <= ?', [deviceId, answer.last_seq]);
      const known = new Map(rows.map(({ id, seq }) => [seq, id]));
      for (const one of answer.outcomes ?? []) await keepOutcome(tx, known.get(one.seq) ?? one.id, one);
      if (answer.new_phones?.length) await remember(tx, 'new_phones', answer.new_phones);
      await remember(tx, 'anchor', {
        token: answer.anchor, monotonic: arrived, boot_id: this.clock.boot, round_trip: arrived - sent,
      });
    });
    return true;
  }

  async #exchange(operations: Wire[]): Promise<Answer> {
    const response = await this.#post('/v1/sync', { contract_version: CONTRACT_VERSION, operations, pull: false });
    if (response.status === 429 || response.status === 503) {
      const seconds = Number(response.headers.get('retry-after'));
      await new Promise((resolve) => setTimeout(resolve, Math.min(seconds || 0, 300) * 1000));
    }
    if (response.status === 429 || response.status >= 500) throw new Error(`the server answered ${response.status}`);
    if (!response.ok) throw new Refused(await problemOf(response), response.status);
    return (await (await whole('POST', '/v1/sync', response)).json()) as Answer;
  }

  /** The technician has seen `newPhones`; the server stops telling of them. Throws when it cannot be told, and they stay. */
  async newPhonesWereShown(db: CommonPowerSyncDatabase): Promise<void> {
    const response = await this.#post('/v1/devices/told', {});
    if (!response.ok) throw new Refused(await problemOf(response), response.status);
    await db.writeTransaction((tx) => remember(tx, 'new_phones', []));
  }

  /** Signs in once more where the token is not taken. */
  async #post(path: string, body: object): Promise<Response> {
    const send = () =>
      this.fetch(this.session.endpoint + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    if (this.#token === null) await this.fetchCredentials();
    const response = await send();
    if (response.status !== 401) return response;
    await this.fetchCredentials();
    return send();
  }
}

/** Other phones that sign in the technician's name, as an upload told: show them, then `newPhonesWereShown`. */
export async function newPhones(db: CommonPowerSyncDatabase): Promise<NewPhone[]> {
  return (await recall<NewPhone[]>(db, 'new_phones')) ?? [];
}

interface Totals {
  id: string;
  count: number;
  checksum: string;
  later: string | null;
}

/** What the rows of the collections that this app knows must add up to in a scope. */
function expected({ id, count, checksum, later }: Totals): Omit<Totals, 'later'> {
  const known = Object.entries(JSON.parse(later ?? '{}') as Record<string, Omit<Totals, 'id' | 'later'>>).filter(([name]) => name in collections);
  const sum = known.reduce((total, [, one]) => total + BigInt(`0x${one.checksum}`), BigInt(`0x${checksum}`));
  const whole = BigInt.asUintN(64, sum).toString(16).padStart(16, '0');
  return { id, count: known.reduce((total, [, one]) => total + one.count, count), checksum: whole };
}

/** Whether the rows in the collections agree with the server's count and checksum of every scope. If not: `resync`. */
export async function isIntact(db: CommonPowerSyncDatabase): Promise<boolean> {
  return db.readTransaction(async (tx) => {
    const union = Object.keys(collections).map((name) => `SELECT '${name}:' || id || ':' || _rev || ':' || _hash AS share, _scope FROM "${name}"`);
    const rows = await tx.getAll<{ share: string; _scope: string }>(union.join(' UNION ALL '));
    const scopes = await tx.getAll<Totals>('SELECT * FROM sync_scope');
    const sums = new Map<string, { count: number; sum: bigint }>();
    for (const { share, _scope } of rows) {
      const total = sums.get(_scope) ?? { count: 0, sum: 0n };
      const digest = await sha256(share);
      sums.set(_scope, { count: total.count + 1, sum: total.sum + new DataView(digest.buffer).getBigUint64(0) });
    }
    return scopes.map(expected).every(({ id, count, checksum }) => {
      const total = sums.get(id) ?? { count: 0, sum: 0n };
      return total.count === count && BigInt.asUintN(64, total.sum).toString(16).padStart(16, '0') === checksum;
    });
  });
}
