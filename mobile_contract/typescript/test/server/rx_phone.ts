/** A phone whose app reads and writes RxDB only, with the real package. */
import { addRxPlugin, createRxDatabase, type RxCollection, type RxDatabase } from 'rxdb';
import { disableWarnings, RxDBDevModePlugin } from 'rxdb/plugins/dev-mode';
import { RxDBMigrationSchemaPlugin } from 'rxdb/plugins/migration-schema';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { wrappedValidateAjvStorage } from 'rxdb/plugins/validate-ajv';
import { RX_OUTBOX_SCHEMA, type OutboxOperation, RX_MIGRATIONS, newOperation, replicateFieldproof, rxSchema } from '../../src/adapters/rxdb.js';
import { type Client, type CollectionName, uuid7 } from '../../src/index.js';
import { Network, phone } from './cast.js';

disableWarnings();
addRxPlugin(RxDBDevModePlugin);
addRxPlugin(RxDBMigrationSchemaPlugin);

/** RxDB without a licence opens 13 collections at once: these and the outbox of one phone. */
export const NAMES = [
  'visit', 'job', 'site', 'customer', 'contact', 'asset', 'product', 'checklist_item', 'note', 'part', 'part_used', 'operation',
] as const satisfies readonly CollectionName[]; // prettier-ignore

const opened: RxDatabase[] = [];

/** Close what was opened; before another phone is made. */
export async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((database) => database.close()));
}

export async function rxPhone(who: string, network = new Network()) {
  const client = await phone(who, { fetch: network.fetch });
  const database = await createRxDatabase({
    name: `phone-${uuid7()}`, // one for each phone of this process
    storage: wrappedValidateAjvStorage({ storage: getRxStorageMemory() }),
    multiInstance: false,
  });
  opened.push(database);
  const schemas = Object.fromEntries(NAMES.map((name) => [name, { schema: rxSchema(name), migrationStrategies: RX_MIGRATIONS }]));
  const made = await database.addCollections({ ...schemas, outbox: { schema: RX_OUTBOX_SCHEMA } });
  const { outbox, ...rows } = made as unknown as Record<string, RxCollection>;
  const replication = await replicateFieldproof(client, rows, outbox as RxCollection<OutboxOperation>);
  const errors: unknown[] = [];
  for (const state of replication.states) state.error$.subscribe((error) => errors.push(error));
  replication.error$.subscribe((error) => errors.push(error));
  return { client, network, outbox: outbox as RxCollection<OutboxOperation>, rows: made as Record<string, RxCollection>, replication, errors };
}

export type RxPhone = Awaited<ReturnType<typeof rxPhone>>;

export async function tap(phone: RxPhone, ...given: Parameters<typeof newOperation> extends [Client, ...infer Rest] ? Rest : never) {
  const operation = await newOperation(phone.client, ...given);
  await phone.outbox.insert(operation);
  return operation.id;
}
