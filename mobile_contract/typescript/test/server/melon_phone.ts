/** A phone whose app reads and writes WatermelonDB only, with the real package on LokiJS. */
import 'fake-indexeddb/auto';
import { Database, Model, appSchema, tableSchema } from '@nozbe/watermelondb';
import loki from '@nozbe/watermelondb/adapters/lokijs/index.js';
import watermelonLogger from '@nozbe/watermelondb/utils/common/logger/index.js';
import { synchronize } from '@nozbe/watermelondb/sync/index.js';
import { type Rejected, fieldproofSync, newOperation, record, watermelonTables } from '../../src/adapters/watermelondb.js';
import { COLUMNS, type Client, type CollectionName, uuid7 } from '../../src/index.js';
import { Network, phone } from './cast.js';

const LokiJSAdapter = loki.default;
const TABLES = watermelonTables(Object.keys(COLUMNS) as CollectionName[]);
const MODELS = TABLES.map(({ name }) => class extends Model {
  static override table = name;
});

/** WatermelonDB says through its log when a server does not keep its rules. */
export const complaints: unknown[] = [];
watermelonLogger.default.log = () => undefined;
watermelonLogger.default.error = watermelonLogger.default.warn = (...said) => void complaints.push(said);

export async function melonPhone(who: string, network = new Network()) {
  const client = await phone(who, { fetch: network.fetch });
  const schema = appSchema({ version: 1, tables: TABLES.map(tableSchema) });
  const adapter = new LokiJSAdapter({
    dbName: uuid7(),
    schema,
    useWebWorker: false,
    useIncrementalIndexedDB: true,
    extraLokiOptions: { autosave: false }, // its timer would keep the test's process alive
  });
  const database = new Database({ adapter, modelClasses: MODELS });
  const rejected: Rejected[] = [];
  const sync = () =>
    synchronize({ database, ...fieldproofSync(client, database, (some) => rejected.push(some)) });
  return { client, network, database, rejected, sync };
}

export type MelonPhone = Awaited<ReturnType<typeof melonPhone>>;

export async function tap(phone: MelonPhone, ...given: Parameters<typeof newOperation> extends [Client, ...infer Rest] ? Rest : never) {
  const operation = await newOperation(phone.client, ...given);
  await phone.database.write(() => record(phone.database, operation));
  return operation.id;
}
