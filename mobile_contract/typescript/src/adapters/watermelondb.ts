/**
 * WatermelonDB's `synchronize()` on top of the client: its timestamp is a version of the client's store.
 *
 * WatermelonDB pulls before it pushes, so a removal has two phases here. First the row comes as `updated` with
 * `access = 'revoked'`; only a later pull, which begins by sending all that was tapped before it, comes with `deleted`.
 */
import { type Database, type Model, Q, type RawRecord } from '@nozbe/watermelondb';
import type { SyncArgs, SyncDatabaseChangeSet } from '@nozbe/watermelondb/sync/index.js';
import { changesSince } from '../changes.js';
import type { Client } from '../client.js';
import { COLUMNS } from '../generated/collections.js';
import type { CollectionName, Row } from '../types.js';
import { type OutboxOperation, answered, handOver } from './operation.js';

export { newOperation } from './operation.js';

/** What WatermelonDB's `tableSchema` takes. */
export interface WatermelonTable {
  name: string;
  columns: { name: string; type: 'string' | 'number' | 'boolean'; isOptional?: boolean; isIndexed?: boolean }[];
}

type Raw = Record<string, unknown> & { id: string };
type Changes = { created: Raw[]; updated: Raw[]; deleted: string[] };

const OUTBOX = 'outbox';
/** SQLite takes at most 999 variables in a query on old phones. */
const IDS_AT_ONCE = 500;

/** The tables of these collections and the outbox. Lists and objects are JSON text; `access` is granted or revoked. */
export function watermelonTables(collections: readonly CollectionName[]): WatermelonTable[] {
  const tables = collections.map((name): WatermelonTable => {
    const columns = Object.entries(COLUMNS[name] as Record<string, { type: string; nullable: boolean }>);
    return {
      name,
      columns: [
        ...columns
          .filter(([column]) => column !== 'id')
          .map(([column, { type, nullable }]) => ({
            name: column,
            type: type === 'integer' ? ('number' as const) : type === 'boolean' ? ('boolean' as const) : ('string' as const),
            isOptional: nullable,
            isIndexed: column.endsWith('_id'),
          })),
        { name: 'access', type: 'string', isIndexed: true },
      ],
    };
  });
  const text = ['visit_id', 'kind', 'body', 'attachment', 'reading', 'outcome', 'code', 'sentence'];
  const outbox = text.map((name) => ({ name, type: 'string' as const, isIndexed: name === 'visit_id' || name === 'outcome' }));
  return [...tables, { name: OUTBOX, columns: outbox }];
}

/** An operation as a raw record of the outbox table. */
export function outboxRaw(operation: OutboxOperation): Raw {
  return { ...operation, body: JSON.stringify(operation.body), reading: JSON.stringify(operation.reading) };
}

/** Put an operation into the outbox; call it inside `database.write`, beside what else belongs to the tap. */
export async function record(database: Database, operation: OutboxOperation): Promise<Model> {
  return database.get(OUTBOX).create((made) => {
    Object.assign(made._raw, outboxRaw(operation));
  });
}

/** What `onRejected` is told: local changes to rows, which are the server's to change, stay unsent. */
export type Rejected = Record<string, string[]>;

/** The arguments for `synchronize({ database, ...fieldproofSync(client, database) })`. */
export function fieldproofSync(
  client: Client,
  database: Database,
  onRejected: (rejected: Rejected) => void = () => undefined,
): Pick<SyncArgs, 'pullChanges' | 'pushChanges' | 'sendCreatedAsUpdated' | 'conflictResolver'> {
  return {
    sendCreatedAsUpdated: true,

    async pullChanges({ lastPulledAt }) {
      await handOverAll(client, database);
      await client.sync();
      const timestamp = await client.storage.version();
      const answers = await outcomes(client, database);
      // What was tapped since the line above is unsent; until it is sent, nothing that it may be about is deleted.
      const mayDelete = answers.updated.length === (await unanswered(database)).length;
      const changes: Record<string, Changes> = { [OUTBOX]: answers };
      for (const table of Object.keys(database.schema.tables)) {
        if (!(table in COLUMNS)) continue;
        const found = await rows(client, database, table as CollectionName, lastPulledAt ?? null);
        changes[table] = mayDelete ? found : { ...found, deleted: [] };
      }
      return { changes: changes as unknown as SyncDatabaseChangeSet, timestamp };
    },

    // WatermelonDB marks the outbox as synced when this returns, so it returns only once the server has it all.
    async pushChanges({ changes }) {
      await handOverAll(client, database);
      await client.sync();
      const rejected: Rejected = {};
      for (const [table, { created, updated, deleted }] of Object.entries(changes as unknown as Record<string, Changes>)) {
        const ids = [...created, ...updated].map((raw) => raw.id).concat(deleted);
        if (table !== OUTBOX && ids.length > 0) rejected[table] = ids;
      }
      if (Object.keys(rejected).length > 0) onRejected(rejected);
      return { experimentalRejectedIds: rejected };
    },

    // Rows are the server's, so its values win over local edits; of the outbox it decides the outcome and nothing else.
    conflictResolver: (table, _local, remote, resolved) =>
      table === OUTBOX ? resolved : { ...resolved, ...remote, _status: 'synced', _changed: '' },
  };
}

/** Sign and chain whatever was tapped, with no network needed; what can never be sent is marked with the reason. */
async function handOverAll(client: Client, database: Database): Promise<void> {
  const waiting = await unanswered(database);
  const refused = await handOver(client, waiting.map(({ _raw }) => operation(_raw as unknown as Raw)));
  if (refused.size === 0) return;
  await database.write(async () => {
    const marked = waiting.filter((one) => refused.has(one.id));
    await database.batch(
      marked.map((one) => one.prepareUpdate(() => void Object.assign(one._raw, refused.get(one.id)))),
    );
  });
}

async function outcomes(client: Client, database: Database): Promise<Changes> {
  const updated: Raw[] = [];
  for (const one of await unanswered(database)) {
    const answer = await answered(client, one.id);
    if (answer) updated.push({ ...bare(one._raw), ...answer });
  }
  return { created: [], updated, deleted: [] };
}

async function rows(client: Client, database: Database, table: CollectionName, after: number | null): Promise<Changes> {
  const page = await changesSince(client.storage, table, after);
  const here = new Set((await client.rows(table)).map((row) => row.id));
  const revoked = await database.get(table).query(Q.where('access', 'revoked')).fetch();
  const deleted = revoked.map((one) => one.id).filter((id) => !here.has(id));
  const left = page.replace
    ? (await database.get(table).query().fetch()).filter((one) => !here.has(one.id))
    : await byId(database, table, page.removed.map((one) => one.id));
  const granted = left.filter((one) => (one._raw as unknown as Raw).access === 'granted');
  const revoking = granted.map((one): Raw => ({ ...bare(one._raw), access: 'revoked' }));
  return { created: [], updated: [...page.rows.map(rowRaw), ...revoking], deleted };
}

function unanswered(database: Database): Promise<Model[]> {
  return database.get(OUTBOX).query(Q.where('outcome', '')).fetch();
}

async function byId(database: Database, table: string, ids: string[]): Promise<Model[]> {
  const found: Model[] = [];
  for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
    const some = ids.slice(start, start + IDS_AT_ONCE);
    found.push(...(await database.get(table).query(Q.where('id', Q.oneOf(some))).fetch()));
  }
  return found;
}

function rowRaw(row: Row): Raw {
  const columns = Object.entries(row.body).map(([name, value]) => [name, isPlain(value) ? value : JSON.stringify(value)]);
  return { ...Object.fromEntries(columns), id: row.id, access: row.taken_away ? 'revoked' : 'granted' };
}

function operation(raw: Raw): OutboxOperation {
  const { body, reading } = raw as unknown as { body: string; reading: string };
  return { ...(raw as unknown as OutboxOperation), body: JSON.parse(body), reading: JSON.parse(reading) };
}

function bare(raw: RawRecord): Raw {
  const { _status, _changed, ...columns } = raw as unknown as Raw;
  return columns as Raw;
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}
