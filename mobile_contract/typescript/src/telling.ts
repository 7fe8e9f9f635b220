/**
 * Tells what changed: which rows of which collections, and what of the phone's own, whoever wrote it. Tabs tell each other by a
 * BroadcastChannel. Where there is none (old browsers, processes on one file) a tab finds out at its next read or exchange that
 * the storage is at a later version than its own writes made it; then anything may have changed.
 */
import type { Turn } from './state.js';
import type { Storage, Write } from './storage/storage.js';
import type { CollectionName } from './types.js';

export interface Changed {
  /** The ids of the rows that were written or removed, by collection. */
  rows: { [C in CollectionName]?: string[] };
  /** Something came into the outbox or left it. */
  outbox: boolean;
  /** The ids of operations whose outcome is known now. */
  outcomes: string[];
  /** The ids of photos that were taken, or that are at another place in `photoProgress`. */
  photos: string[];
  newPhones: boolean;
  /** What changed is not known: read again whatever is shown. */
  everything: boolean;
  /** Whether it was this client, or another tab or process. */
  from: 'here' | 'elsewhere';
}

export type Watcher = (changed: Changed) => void;

export class Telling {
  readonly #watchers = new Set<Watcher>();
  #channel: BroadcastChannel | null;
  /** The version up to which this client knows what was written. */
  #seen: number;

  constructor(sharedAs: string | undefined, version: number) {
    this.#seen = version;
    this.#channel = sharedAs === undefined || typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(sharedAs);
    if (!this.#channel) return;
    this.#channel.onmessage = ({ data }) => this.#tell({ ...(data as Changed), from: 'elsewhere' });
    (this.#channel as { unref?: () => void }).unref?.(); // Node would wait for it at its end
  }

  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** This client has made the storage this version. */
  wrote(writes: readonly Write[], version: number): void {
    this.#notice(version - 1);
    this.#seen = Math.max(this.#seen, version);
    const changed = changedBy(writes);
    if (!changed) return;
    this.#channel?.postMessage(changed);
    this.#tell(changed);
  }

  /** Before a read: find out whether somebody wrote of whom nothing was heard. */
  async look(storage: Storage): Promise<void> {
    if (!this.#channel && this.#watchers.size > 0) this.#notice(await storage.version());
  }

  close(): void {
    this.#channel?.close();
    this.#channel = null;
    this.#watchers.clear();
  }

  #notice(version: number): void {
    if (this.#channel || version <= this.#seen) return;
    this.#seen = version;
    this.#tell({ ...nothing(), everything: true, from: 'elsewhere' });
  }

  #tell(changed: Changed): void {
    for (const watcher of this.#watchers) {
      try {
        watcher(changed);
      } catch (error) {
        // What was written is written: a screen that fails is no reason to say that the tap did. As an event's listeners.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** The same storage, of whose commits somebody is told. */
export function toldOf(storage: Storage, wrote: (writes: readonly Write[], version: number) => void): Storage {
  const { bytesOnly, stores, sharedAs } = storage;
  return {
    ...(bytesOnly === undefined ? {} : { bytesOnly }),
    ...(stores === undefined ? {} : { stores }),
    ...(sharedAs === undefined ? {} : { sharedAs }),
    version: () => storage.version(),
    get: (store, key) => storage.get(store, key),
    list: (store, prefix) => storage.list(store, prefix),
    ...(storage.keys ? { keys: (store, prefix) => storage.keys!(store, prefix) } : {}),
    ...(storage.rowsBy ? { rowsBy: (collection, member, value) => storage.rowsBy!(collection, member, value) } : {}),
    async commit(version, writes) {
      const committed = await storage.commit(version, writes);
      if (committed) wrote(writes, version + 1);
      return committed;
    },
    close: () => storage.close(),
  };
}

/** What a commit changed that anybody shows; null for what only the client itself needs. */
export function changedBy(writes: readonly Write[]): Changed | null {
  const rows = new Map<string, Set<string>>();
  const [outcomes, photos] = [new Set<string>(), new Set<string>()];
  let [outbox, newPhones] = [false, false];
  for (const { store, key, value } of writes) {
    if (store === 'rows') {
      const [collection, id] = key.split('/') as [string, string];
      rows.set(collection, (rows.get(collection) ?? new Set()).add(id));
    } else if (store === 'outbox') outbox = true;
    else if (store === 'outcomes') outcomes.add(key);
    else if (store === 'photos' || store === 'thumbnails') photos.add(key);
    else if (store === 'meta' && key === 'newPhones') newPhones = true;
    else if (store === 'meta' && key === 'turn' && (value as Turn | undefined)?.photo) photos.add((value as Turn).photo!);
  }
  if (rows.size + outcomes.size + photos.size === 0 && !outbox && !newPhones) return null;
  const ids = Object.fromEntries([...rows].map(([name, found]) => [name, [...found]]));
  return { ...nothing(), rows: ids, outbox, outcomes: [...outcomes], photos: [...photos], newPhones };
}

function nothing(): Changed {
  return { rows: {}, outbox: false, outcomes: [], photos: [], newPhones: false, everything: false, from: 'here' };
}
