/**
 * RxDB on top of the client: each collection pulls from the client's store, and an outbox collection pushes into it.
 *
 * To RxDB the client is the master: it is always reachable, it orders its commits, and it tells a removal only when no
 * unsent work needs the row any more. Exactly-once, resync, checksums and the network stay the client's business.
 */
import type { RxCollection, RxJsonSchema, RxReplicationWriteToMasterRow, WithDeleted } from 'rxdb';
import { type RxReplicationState, replicateRxCollection } from 'rxdb/plugins/replication';
import { type Observable, Subject } from 'rxjs';
import { changesSince } from '../changes.js';
import { type Client, CONTRACT_VERSION } from '../client.js';
import { COLUMNS } from '../generated/collections.js';
import { Unreachable } from '../retry.js';
import type { CollectionName, Collections, Row } from '../types.js';
import { type OutboxOperation, answered, handOver } from './operation.js';

export { newOperation, type OutboxOperation } from './operation.js';

/** A row as a document. Fields that are null on the wire are absent. `taken_away`: for reading only. */
export type RxRow<C extends CollectionName> = Collections[C] & { id: string; taken_away: boolean };

/** How far a collection is: a version of the client's store. */
export interface RxCheckpoint {
  at: number;
}

export interface RxReplication {
  /** One for each collection, and one for the outbox; their `error$` says what goes wrong. */
  states: RxReplicationState<any, any>[];
  /** What a sync after a push met, other than having no network. */
  error$: Observable<unknown>;
  /** Sync with the server, and wait until every collection shows it. */
  inSync(): Promise<void>;
  stop(): Promise<void>;
}

/** For `addCollections`, beside each schema of a collection, with RxDB's plugin `migration-schema`: rows stay until the server has sent them anew, with their new members. */
export const RX_MIGRATIONS: Record<number, <T>(row: T) => T> = { 1: (row) => row };

/** The schema of a collection, for `addCollections`; its version is one below the contract's. */
export function rxSchema<C extends CollectionName>(collection: C, indexes: string[] = []): RxJsonSchema<any> {
  const columns = Object.entries(COLUMNS[collection] as Record<string, { type: string }>);
  const properties = Object.fromEntries(columns.map(([name, { type }]) => [name, { type }]));
  return {
    title: collection,
    version: CONTRACT_VERSION - 1,
    primaryKey: 'id',
    type: 'object',
    properties: { ...properties, id: { type: 'string', maxLength: 36 }, taken_away: { type: 'boolean' } },
    required: ['id'],
    indexes,
  };
}

/** The schema of the outbox. */
export const RX_OUTBOX_SCHEMA: RxJsonSchema<OutboxOperation> = {
  title: 'outbox',
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 36 },
    visit_id: { type: 'string' },
    kind: { type: 'string' },
    body: { type: 'object' },
    attachment: { type: 'string' },
    reading: { type: 'object' },
    outcome: { type: 'string', maxLength: 10 },
    code: { type: 'string' },
    sentence: { type: 'string' },
  },
  required: ['id', 'visit_id', 'kind', 'body', 'reading', 'outcome'],
  indexes: ['outcome'],
} as const;

/** Start replicating. Run `client.live(signal)` beside it for hints, or call `inSync()` when it suits. */
export async function replicateFieldproof(
  client: Client,
  collections: { [C in CollectionName]?: RxCollection<any> },
  outbox: RxCollection<OutboxOperation>,
  identifier = 'fieldproof',
): Promise<RxReplication> {
  const changed = new Subject<'RESYNC'>();
  const errors = new Subject<unknown>();
  const states: RxReplicationState<any, any>[] = Object.entries(collections).map(([name, collection]) =>
    replicateRxCollection<any, RxCheckpoint>({
      collection,
      replicationIdentifier: `${identifier}-${name}`,
      pull: { stream$: changed, handler: pullRows(client, name as CollectionName, collection) },
    }),
  );
  // Should the client's own store have been lost, what has no outcome yet is handed to its successor.
  await handOver(client, await unanswered(outbox));
  const outboxState = replicateRxCollection<OutboxOperation, RxCheckpoint>({
    collection: outbox,
    replicationIdentifier: `${identifier}-outbox`,
    pull: { stream$: changed, handler: pullOutcomes(client, outbox) },
    push: { handler: pushOperations(client, errors) },
  });
  // RxDB passes over an outcome that comes before it has noted the push; after the note it is told again.
  const sent = outboxState.sent$.subscribe(() => changed.next('RESYNC'));
  const stopListening = client.watch(() => changed.next('RESYNC'));
  states.push(outboxState);
  const shown = () => Promise.all(states.map((state) => state.awaitInSync()));
  return {
    states,
    error$: errors.asObservable(),
    async inSync() {
      await shown();
      await client.sync();
      changed.next('RESYNC');
      await shown();
    },
    async stop() {
      stopListening();
      sent.unsubscribe();
      await Promise.all(states.map((state) => state.cancel()));
    },
  };
}

function pullRows<C extends CollectionName>(client: Client, name: C, collection: RxCollection<any>) {
  return async (checkpoint: RxCheckpoint | undefined, limit: number) => {
    const page = await changesSince(client.storage, name, checkpoint?.at ?? null, limit);
    const documents: WithDeleted<any>[] = page.rows.map((row) => ({ ...document(name, row), _deleted: false }));
    documents.push(...page.removed.map(({ id }) => ({ id, _deleted: true })));
    if (page.replace) {
      const here = new Set(page.rows.map((row) => row.id));
      const held = await collection.find().exec();
      documents.push(...held.filter(({ id }) => !here.has(id)).map(({ id }) => ({ id, _deleted: true })));
    }
    return { documents, checkpoint: { at: page.at } };
  };
}

/** RxDB's schemas are closed: members that a later server added are not for this one. */
function document<C extends CollectionName>(name: C, row: Row<C>): RxRow<C> {
  const known = COLUMNS[name] as Record<string, unknown>;
  const present = Object.entries(row.body).filter(([member, value]) => value !== null && member in known);
  return { ...(Object.fromEntries(present) as unknown as Collections[C]), id: row.id, taken_away: row.taken_away };
}

function pullOutcomes(client: Client, outbox: RxCollection<OutboxOperation>) {
  return async (checkpoint: RxCheckpoint | undefined, limit: number) => {
    const documents: WithDeleted<OutboxOperation>[] = [];
    for (const operation of await unanswered(outbox)) {
      const answer = await answered(client, operation.id);
      if (answer) documents.push({ ...operation, ...answer, _deleted: false });
      // A full page would make RxDB ask again before it has stored this one.
      if (documents.length === limit - 1) break;
    }
    return { documents, checkpoint: { at: (checkpoint?.at ?? 0) + documents.length } };
  };
}

function pushOperations(client: Client, errors: Subject<unknown>) {
  return async (rows: RxReplicationWriteToMasterRow<OutboxOperation>[]): Promise<WithDeleted<OutboxOperation>[]> => {
    const conflicts: WithDeleted<OutboxOperation>[] = [];
    const fresh: OutboxOperation[] = [];
    for (const { newDocumentState: wanted, assumedMasterState: before } of rows) {
      const answer = before && (await answered(client, before.id));
      // Signed is signed: an operation is neither edited nor taken back. Once it is answered it may be tidied away.
      if (before && !(wanted._deleted && answer)) conflicts.push({ ...before, ...answer, _deleted: false });
      else if (!wanted._deleted) fresh.push(wanted);
    }
    const refused = await handOver(client, fresh);
    for (const one of fresh) {
      const reason = refused.get(one.id);
      if (reason) conflicts.push({ ...one, ...reason, _deleted: false });
    }
    client.sync().catch((error: unknown) => {
      if (!(error instanceof Unreachable)) errors.next(error);
    });
    return conflicts;
  };
}

async function unanswered(outbox: RxCollection<OutboxOperation>): Promise<OutboxOperation[]> {
  const found = await outbox.find({ selector: { outcome: '' } }).exec();
  return found.map((one) => one.toMutableJSON() as OutboxOperation);
}
