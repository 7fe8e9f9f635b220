/** A phone of each adapter, all driven and looked at in one way. */
import assert from 'node:assert/strict';
import { Q, type Model } from '@nozbe/watermelondb';
import { type CommonPowerSyncDatabase, type LogRecord } from '@powersync/common';
import { PowerSyncDatabase } from '@powersync/node';
import * as powersync from '../../src/adapters/powersync.js';
import { COLUMNS, type Client, type CollectionName, Unreachable } from '../../src/index.js';
import { Network, cast, desk, eventually, phone } from './cast.js';
import type { PhoneName } from './history.js';
import { melonPhone, tap as melonTap } from './melon_phone.js';
import { NAMES, rxPhone, tap as rxTap } from './rx_phone.js';

type Body = Record<string, unknown>;
/** What the server says that the technician may hold now, by `collection/id`. */
export type Shown = Record<string, { rev: number; body: Body }>;

export interface Held {
  key: string;
  /** Where the database keeps it. */
  rev?: number;
  taken_away: boolean;
  body: Body;
}

export interface View {
  what: string;
  names: readonly string[];
  rows: Held[];
}

export interface Device {
  name: PhoneName;
  id: string;
  network: Network;
  tap(kind: string, visitId: string, body: object): Promise<string>;
  /** Throws `Unreachable` when the network was not good enough. */
  sync(): Promise<void>;
  /** How many operations it does not know to be at the server. */
  unsent(): Promise<number>;
  outcome(id: string): Promise<{ outcome: string; code: string | null } | null>;
  /** What the app sees, and where another database lies under it, what that holds. */
  views(): Promise<View[]>;
  isIntact(): Promise<boolean>;
  /** What went wrong without an exception. */
  complaints(): unknown[];
  close(): Promise<void>;
}

/** Seconds for the SDK's stream on a busy machine. */
const PATIENCE = 20;
const ALL = Object.keys(COLUMNS) as CollectionName[];

/** Why a view is not what the server shows; empty when it is, row for row, revision for revision, body for body. */
export function differences({ what, names, rows }: View, shown: Shown): string[] {
  const found: string[] = [];
  const missing = new Set(Object.keys(shown).filter((key) => names.includes(key.split('/')[0]!)));
  for (const { key, rev, taken_away, body } of rows) {
    const wanted = shown[key];
    if (!missing.delete(key) || !wanted) found.push(`${what} holds ${key}, which left`);
    else if (taken_away) found.push(`${what} has ${key} as taken away`);
    else if (rev !== undefined && rev !== wanted.rev) found.push(`${what} has ${key} at ${rev}, not ${wanted.rev}`);
    else if (sorted(body) !== sorted(wanted.body)) {
      found.push(`${what} has ${key} as ${sorted(body)}, not ${sorted(wanted.body)}`);
    }
  }
  return [...found, ...[...missing].map((key) => `${what} lacks ${key}`)];
}

function sorted(value: unknown): string {
  const isObject = (one: unknown): one is object => one !== null && typeof one === 'object' && !Array.isArray(one);
  return JSON.stringify(value, (_, one: unknown) => (isObject(one) ? Object.fromEntries(Object.entries(one).sort()) : one));
}

async function clientView(client: Client, what: string): Promise<View> {
  const rows: Held[] = [];
  for (const name of ALL) {
    for (const { id, rev, taken_away, body } of await client.rows(name)) {
      rows.push({ key: `${name}/${id}`, rev, taken_away, body: body as unknown as Body });
    }
  }
  return { what, names: ALL, rows };
}

async function deviceId(client: Client): Promise<string> {
  return (await client.storage.get<{ id: string }>('meta', 'device'))!.id;
}

/** A database's values as they are on the wire: JSON text as what it says, 0 and 1 as booleans, absent as null. */
function wire(name: CollectionName, stored: Body): Body {
  const columns = Object.entries(COLUMNS[name] as Record<string, { type: string }>);
  return Object.fromEntries(
    columns.map(([column, { type }]) => {
      const value = stored[column] ?? null;
      if (typeof value === 'string' && (type === 'object' || type === 'array')) return [column, JSON.parse(value)];
      return [column, typeof value === 'number' && type === 'boolean' ? value === 1 : value];
    }),
  );
}

export async function plainDevice(who: string): Promise<Device> {
  const network = new Network();
  const client = await phone(who, { fetch: network.fetch });
  return {
    name: 'client',
    id: await deviceId(client),
    network,
    tap: (kind, visitId, body) => client.tapAny(kind, visitId, body),
    sync: () => client.sync(),
    unsent: async () => (await client.pending()).length,
    outcome: async (id) => (await client.outcome(id)) ?? null,
    views: async () => [await clientView(client, 'the client')],
    isIntact: () => client.isIntact(),
    complaints: () => [],
    close: () => client.storage.close(),
  };
}

export async function rxDevice(who: string): Promise<Device> {
  const made = await rxPhone(who);
  const { client, network, outbox, replication } = made;
  return {
    name: 'rxdb',
    id: await deviceId(client),
    network,
    tap: (kind, visitId, body) => rxTap(made, kind as 'note', visitId, body as never),
    sync: () => replication.inSync(),
    unsent: async () =>
      (await client.pending()).length + (await outbox.find({ selector: { outcome: '' } }).exec()).length,
    async outcome(id) {
      const found = (await outbox.findOne(id).exec())!;
      return found.outcome ? { outcome: found.outcome, code: found.code || null } : null;
    },
    async views() {
      const rows: Held[] = [];
      for (const name of NAMES) {
        for (const document of await made.rows[name]!.find().exec()) {
          const stored = document.toJSON() as Body;
          rows.push({ key: `${name}/${stored.id}`, taken_away: stored.taken_away !== false, body: wire(name, stored) });
        }
      }
      return [{ what: 'RxDB', names: NAMES, rows }, await clientView(client, "RxDB's client")];
    },
    isIntact: () => client.isIntact(),
    complaints: () => made.errors,
    close: () => replication.stop(),
  };
}

export async function melonDevice(who: string): Promise<Device> {
  const made = await melonPhone(who);
  const { client, network, database } = made;
  const raws = async (table: string, ...where: Q.Clause[]) =>
    (await database.get<Model>(table).query(...where).fetch()).map((one) => one._raw as unknown as Body);
  return {
    name: 'watermelondb',
    id: await deviceId(client),
    network,
    tap: (kind, visitId, body) => melonTap(made, kind as 'note', visitId, body as never),
    sync: made.sync,
    unsent: async () => (await client.pending()).length + (await raws('outbox', Q.where('outcome', ''))).length,
    async outcome(id) {
      const [found] = await raws('outbox', Q.where('id', id));
      return found!.outcome ? { outcome: found!.outcome as string, code: (found!.code as string) || null } : null;
    },
    async views() {
      const rows: Held[] = [];
      for (const name of ALL) {
        for (const stored of await raws(name)) {
          rows.push({ key: `${name}/${stored.id}`, taken_away: stored.access !== 'granted', body: wire(name, stored) });
        }
      }
      return [{ what: 'WatermelonDB', names: ALL, rows }, await clientView(client, "WatermelonDB's client")];
    },
    isIntact: () => client.isIntact(),
    complaints: () => made.rejected,
    close: () => client.storage.close(),
  };
}

/** `shown` tells when its stream has brought everything, which the SDK itself does not say. */
export async function powersyncDevice(who: string, folder: string, shown: () => Promise<Shown>): Promise<Device> {
  const network = new Network();
  const key = await powersync.makeKey();
  const { code } = await desk<{ code: string }>('POST', `/v1/users/${cast.ids[who]}/enrolment-codes`);
  const id = await powersync.enrol(cast.server, key, code, 'history');
  const session = powersync.deviceSession(cast.server, id, key, network.fetch);
  const warnings: string[] = [];
  const db: CommonPowerSyncDatabase = new PowerSyncDatabase({
    schema: powersync.schema,
    database: { dbFilename: `${who}.db`, dbLocation: folder, implementation: { type: 'node:sqlite' } },
    logger: {
      log({ message }: LogRecord) {
        // what the SDK's core says when the sums differ
        if (String(message).startsWith('Could not apply checkpoint,')) warnings.push(String(message));
      },
    },
  });
  await db.init();
  const connector = new powersync.FieldproofConnector(session, network.fetch);
  const view = async (): Promise<View> => {
    const rows: Held[] = [];
    for (const name of ALL) {
      for (const stored of await db.getAll<Body>(`SELECT * FROM "${name}"`)) {
        rows.push({ key: `${name}/${stored.id}`, rev: stored._rev as number, taken_away: false, body: wire(name, stored) });
      }
    }
    return { what: 'PowerSync', names: ALL, rows };
  };
  const unsent = async () =>
    (await db.get<{ n: number }>('SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM pending) AS n')).n;
  return {
    name: 'powersync',
    id,
    network,
    tap: (kind, visitId, body) => powersync.tap(db, session, { kind, visitId, body: body as Body }),
    async sync() {
      await powersync.connect(db, connector, { retryDelayMs: 50, crudUploadThrottleMs: 10 });
      try {
        if (!network.online) {
          await new Promise((resolve) => setTimeout(resolve, 30));
          throw new Unreachable('no network', 0);
        }
        let why: unknown;
        try {
          await eventually('PowerSync has sent its work', async () => (why = await unsent()) === 0, PATIENCE);
          const wanted = await shown();
          const isShown = async () => (why = differences(await view(), wanted)[0]) === undefined;
          await eventually('PowerSync shows the rows', isShown, PATIENCE);
        } catch (error) {
          throw new Error(`${why}; ${JSON.stringify(db.currentStatus)}`, { cause: error });
        }
      } finally {
        await db.disconnect();
      }
    },
    unsent,
    async outcome(operation) {
      const found = await db.getOptional<{ outcome: string; was: string | null; code: string | null }>(
        'SELECT outcome, was, code FROM outcome WHERE id = ?', [operation]);
      return found && { outcome: found.was ?? found.outcome, code: found.code };
    },
    views: async () => [await view()],
    isIntact: () => powersync.isIntact(db),
    complaints: () => warnings,
    close: () => db.close(),
  };
}

/** Sync by whatever network there is; without a good one that may fail, and nothing else may. */
export async function trySync(device: Device, isGood: boolean): Promise<void> {
  try {
    await device.sync();
  } catch (error) {
    assert(!isGood && error instanceof Unreachable, error as Error);
  }
}
