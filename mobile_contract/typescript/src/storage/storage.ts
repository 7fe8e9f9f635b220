/**
 * Where the client keeps everything: a few named stores of values by key, and one atomic commit.
 *
 * A commit names the version that its writer had read and fails when another commit came in between; the writer then
 * reads again. So no transaction is open while something is awaited (a signature, a hash), a second tab does no harm,
 * and whatever is killed leaves either the state before a commit or the one after it.
 */

export type StoreName = 'meta' | 'rows' | 'removed' | 'outbox' | 'sent' | 'outcomes' | 'photos';
export const STORES: readonly StoreName[] = ['meta', 'rows', 'removed', 'outbox', 'sent', 'outcomes', 'photos'];

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
   * Rises by one with each commit. A new store begins at the present time in milliseconds and puts that under
   * `meta/floor`, so that whoever remembers a version of a store that is no more is found out.
   */
  version(): Promise<number>;
  get<T>(store: StoreName, key: string): Promise<T | undefined>;
  /** The values whose keys begin so, in the order of their keys. */
  list<T>(store: StoreName, prefix?: string): Promise<T[]>;
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
