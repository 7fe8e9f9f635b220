/** Storage in IndexedDB: an object store for each store, a commit is one read-write transaction. */
import { Connection, NewerVersion } from './connection.js';
import { INDEXED, type IndexedMember, STORES, type Storage, type StoreName, type Write } from './storage.js';

/** 2 has the bytes of photos in a store of their own, thumbnails, and indexes of the rows. */
const LAYOUT = 2;
const VERSION_KEY = 'version';
const WRITER_KEY = 'writer';

export interface IndexedDbOptions {
  /** The layout is to be made new, and another tab with an older version of the app is still open: ask for it to be closed. */
  blocked?: () => void;
}

/**
 * Open (or make) the database. Only one technician's phone belongs into one database. Throws `NewerVersion`, here or later, when
 * a newer version of the app has been at it.
 */
export async function openIndexedDb(
  name = 'fieldproof',
  factory: IDBFactory = indexedDB,
  options: IndexedDbOptions = {},
): Promise<Storage> {
  const connection = new Connection(() => open(name, factory, options));
  await connection.run(async () => undefined);
  return new IndexedDbStorage(connection, `fieldproof/${name}`);
}

async function open(name: string, factory: IDBFactory, options: IndexedDbOptions): Promise<IDBDatabase> {
  const opening = factory.open(name, LAYOUT);
  opening.onblocked = () => options.blocked?.();
  opening.onupgradeneeded = (event) => {
    layOut(opening.result, opening.transaction!);
    if (event.oldVersion > 0) return;
    const born = Date.now();
    const meta = opening.transaction!.objectStore('meta');
    meta.put(born, VERSION_KEY);
    meta.put(born, 'floor');
  };
  try {
    return await settled(opening);
  } catch (error) {
    if ((error as DOMException).name !== 'VersionError') throw error;
    throw new NewerVersion('A newer version of this app is open on this phone. Load the page anew.', { cause: error });
  }
}

function layOut(database: IDBDatabase, transaction: IDBTransaction): void {
  for (const store of STORES) if (!database.objectStoreNames.contains(store)) database.createObjectStore(store);
  const rows = transaction.objectStore('rows');
  for (const member of INDEXED) {
    if (!rows.indexNames.contains(member)) rows.createIndex(member, ['collection', `body.${member}`]);
  }
}

class IndexedDbStorage implements Storage {
  readonly stores = STORES;
  readonly sharedAs: string;
  readonly #connection: Connection;
  readonly #writer = Math.random().toString(36).slice(2);
  #commits = 0;

  constructor(connection: Connection, sharedAs: string) {
    this.#connection = connection;
    this.sharedAs = sharedAs;
  }

  async version(): Promise<number> {
    return (await this.get<number>('meta', VERSION_KEY))!;
  }

  get<T>(store: StoreName, key: string): Promise<T | undefined> {
    return this.#read<T | undefined>(store, (found) => found.get(key));
  }

  list<T>(store: StoreName, prefix = ''): Promise<T[]> {
    return this.#read<T[]>(store, (found) => found.getAll(range(prefix)));
  }

  keys(store: StoreName, prefix = ''): Promise<string[]> {
    return this.#read(store, (found) => found.getAllKeys(range(prefix)) as IDBRequest<string[]>);
  }

  rowsBy<T>(collection: string, member: IndexedMember, value: string): Promise<T[]> {
    return this.#read<T[]>('rows', (found) => found.index(member).getAll([collection, value]));
  }

  commit(version: number, writes: readonly Write[]): Promise<boolean> {
    // A connection that is lost over a commit does not say whether it was written: the writer's mark beside the version does.
    const mark = `${this.#writer}/${++this.#commits}`;
    return this.#connection.run((database) => commit(database, version, writes, mark));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #read<T>(store: StoreName, ask: (found: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return this.#connection.run((database) => settled(ask(database.transaction(store).objectStore(store))));
  }
}

function commit(database: IDBDatabase, version: number, writes: readonly Write[], mark: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const names = [...new Set<StoreName>(['meta', ...writes.map((write) => write.store)])];
    const transaction = database.transaction(names, 'readwrite', { durability: 'strict' });
    let committed = true;
    let refused: unknown = null;
    transaction.oncomplete = () => resolve(committed);
    transaction.onabort = () => reject(refused ?? transaction.error ?? new Error('IndexedDB aborted the commit.'));
    const meta = transaction.objectStore('meta');
    const [current, last] = [meta.get(VERSION_KEY), meta.get(WRITER_KEY)];
    last.onsuccess = () => {
      if (current.result !== version) {
        committed = current.result === version + 1 && last.result === mark;
        return;
      }
      try {
        for (const { store, key, value } of writes) {
          if (value === undefined) transaction.objectStore(store).delete(key);
          else transaction.objectStore(store).put(value, key);
        }
        meta.put(version + 1, VERSION_KEY);
        meta.put(mark, WRITER_KEY);
      } catch (error) {
        refused = error; // a value that cannot be copied
        transaction.abort();
      }
    };
  });
}

function range(prefix: string): IDBKeyRange | undefined {
  return prefix ? IDBKeyRange.bound(prefix, `${prefix}\uffff`) : undefined;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB refused.'));
  });
}
