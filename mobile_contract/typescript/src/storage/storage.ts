/**
 * Where the client keeps everything: a few named stores of values by key, and one atomic commit.
 *
 * A commit names the version that its writer had read and fails when another commit came in between; the writer then
 * reads again. So no transaction is open while something is awaited (a signature, a hash), a second tab does no harm,
 * and whatever is killed leaves either the state before a commit or the one after it.
 */

export type StoreName =
  | 'meta'
  | 'rows'
  | 'removed'
  | 'outbox'
  | 'sent'
  | 'outcomes'
  | 'photos'
  | 'photo_bytes'
  | 'thumbnails';
/** What every storage has kept from the beginning. */
export const FIRST_STORES: readonly StoreName[] = ['meta', 'rows', 'removed', 'outbox', 'sent', 'outcomes', 'photos'];
/** Bytes have stores of their own, so that what is known of photos is read without them. */
export const STORES: readonly StoreName[] = [...FIRST_STORES, 'photo_bytes', 'thumbnails'];

/** Members of a row's body by which rows are found without reading the others. */
export const INDEXED = ['visit_id', 'job_id', 'site_id', 'customer_id', 'asset_id'] as const;
export type IndexedMember = (typeof INDEXED)[number];

/** A value to put under a key; without a value the key is deleted. */
export interface Write {
  store: StoreName;
  key: string;
  value?: unknown;
}

export interface Storage {
  /** It keeps bytes and no `CryptoKey`: the device's key is then made so that it can be written down. */
  readonly bytesOnly?: boolean;
  /**
   * The stores that it keeps. One that does not say keeps those of the beginning (`FIRST_STORES`): then the bytes of a photo stay
   * in the photo's own value, and thumbnails are not kept.
   */
  readonly stores?: readonly StoreName[];
  /** What all tabs of a browser that have it open call it: by this name they wait for each other and tell each other. */
  readonly sharedAs?: string;
  /**
   * Rises by one with each commit. A new store begins at the present time in milliseconds and puts that under
   * `meta/floor`, so that whoever remembers a version of a store that is no more is found out.
   */
  version(): Promise<number>;
  get<T>(store: StoreName, key: string): Promise<T | undefined>;
  /** The values whose keys begin so, in the order of their keys. */
  list<T>(store: StoreName, prefix?: string): Promise<T[]>;
  /** The keys that begin so, in order; no value is read. */
  keys?(store: StoreName, prefix?: string): Promise<string[]>;
  /** The rows of a collection whose body has this value in this member, in the order of their keys. */
  rowsBy?<T>(collection: string, member: IndexedMember, value: string): Promise<T[]>;
  /** All of the writes or none; false when the version is another one by now. Durable when it returns. */
  commit(version: number, writes: readonly Write[]): Promise<boolean>;
  close(): Promise<void>;
}

/** What a decision writes, and what its caller gets. */
export interface Decision<T> {
  writes: Write[];
  result: T;
}

const ATTEMPTS = 100;

/**
 * Read, decide, commit; again when somebody else committed meanwhile. `decide` gets the version that its writes will
 * have, and must have no effect but what it returns. Nothing is committed when it writes nothing.
 */
export async function update<T>(storage: Storage, decide: (at: number) => Promise<Decision<T>>): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const version = await storage.version();
    const { writes, result } = await decide(version + 1);
    if (writes.length === 0 || (await storage.commit(version, writes))) return result;
  }
  throw new Error('The store is written to without pause by somebody else; close other copies of the app.');
}
