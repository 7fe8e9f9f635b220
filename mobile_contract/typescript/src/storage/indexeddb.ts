/** Storage in IndexedDB: an object store for each store, a commit is one read-write transaction. */
import { STORES, type Storage, type StoreName, type Write } from './storage.js';

const VERSION_KEY = 'version';

/** Open (or make) the database. Only one technician's phone belongs into one database. */
export async function openIndexedDb(name = 'fieldproof', factory: IDBFactory = indexedDB): Promise<Storage> {
  const opening = factory.open(name, 1);
  opening.onupgradeneeded = () => {
    for (const store of STORES) opening.result.createObjectStore(store);
    const born = Date.now();
    const meta = opening.transaction!.objectStore('meta');
    meta.put(born, VERSION_KEY);
    meta.put(born, 'floor');
  };
  const database = await settled(opening);
  database.onversionchange = () => database.close();
  return new IndexedDbStorage(database);
}

class IndexedDbStorage implements Storage {
  readonly #database: IDBDatabase;

  constructor(database: IDBDatabase) {
    this.#database = database;
  }

  async version(): Promise<number> {
    return (await this.get<number>('meta', VERSION_KEY))!;
  }

  get<T>(store: StoreName, key: string): Promise<T | undefined> {
    return settled<T | undefined>(this.#database.transaction(store).objectStore(store).get(key));
  }

  list<T>(store: StoreName, prefix = ''): Promise<T[]> {
    const range = prefix ? IDBKeyRange.bound(prefix, `${prefix}\uffff`) : undefined;
    return settled<T[]>(this.#database.transaction(store).objectStore(store).getAll(range));
  }

  commit(version: number, writes: readonly Write[]): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const names = [...new Set<StoreName>(['meta', ...writes.map((write) => write.store)])];
      const transaction = this.#database.transaction(names, 'readwrite', { durability: 'strict' });
      let committed = true;
      transaction.oncomplete = () => resolve(committed);
      transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB refused the commit.'));
      transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB aborted the commit.'));
      const meta = transaction.objectStore('meta');
      const current = meta.get(VERSION_KEY);
      current.onsuccess = () => {
        committed = current.result === version;
        if (!committed) return;
        for (const { store, key, value } of writes) {
          if (value === undefined) transaction.objectStore(store).delete(key);
          else transaction.objectStore(store).put(value, key);
        }
        meta.put(version + 1, VERSION_KEY);
      };
    });
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB refused.'));
  });
}
