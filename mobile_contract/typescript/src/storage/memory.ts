/** Storage in memory, for tests and for apps that keep nothing. Values are copied in and out, as a disk would. */
import { type IndexedMember, STORES, type Storage, type StoreName, type Write } from './storage.js';

export class MemoryStorage implements Storage {
  readonly stores = STORES;
  #version = Date.now();
  readonly #stores = new Map<StoreName, Map<string, unknown>>(STORES.map((name) => [name, new Map()]));

  constructor() {
    this.#stores.get('meta')!.set('floor', this.#version);
  }

  async version(): Promise<number> {
    return this.#version;
  }

  async get<T>(store: StoreName, key: string): Promise<T | undefined> {
    return structuredClone(this.#stores.get(store)!.get(key)) as T | undefined;
  }

  async list<T>(store: StoreName, prefix = ''): Promise<T[]> {
    return this.#sorted(store, prefix).map(([, value]) => structuredClone(value) as T);
  }

  async keys(store: StoreName, prefix = ''): Promise<string[]> {
    return this.#sorted(store, prefix).map(([key]) => key);
  }

  async rowsBy<T>(collection: string, member: IndexedMember, value: string): Promise<T[]> {
    const rows = this.#sorted('rows', `${collection}/`).map(([, row]) => row as { body: Record<string, unknown> });
    return rows.filter((row) => row.body[member] === value).map((row) => structuredClone(row) as T);
  }

  async commit(version: number, writes: readonly Write[]): Promise<boolean> {
    if (version !== this.#version) return false;
    for (const { store, key, value } of structuredClone(writes)) {
      if (value === undefined) this.#stores.get(store)!.delete(key);
      else this.#stores.get(store)!.set(key, value);
    }
    this.#version += 1;
    return true;
  }

  async close(): Promise<void> {}

  #sorted(store: StoreName, prefix: string): [string, unknown][] {
    const found = [...this.#stores.get(store)!].filter(([key]) => key.startsWith(prefix));
    return found.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
