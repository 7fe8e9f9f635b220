/** What the phone forgets: removals that are long told, and the rows of somebody who is not at this phone any more. */
import { withoutThumbnails } from './pictures.js';
import { rowKey, writeMeta } from './state.js';
import { type Storage, type Write, update } from './storage/storage.js';
import type { Row } from './types.js';

/** Removals that are remembered for adapters; beyond them an adapter compares whole collections. */
const REMOVALS_KEPT = 10_000;

export async function forgetOldRemovals(storage: Storage): Promise<void> {
  await update(storage, async () => {
    const removed = await storage.list<{ collection: string; id: string; at: number }>('removed');
    if (removed.length <= REMOVALS_KEPT) return { writes: [], result: undefined };
    removed.sort((a, b) => a.at - b.at);
    const old = removed.slice(0, removed.length - REMOVALS_KEPT / 2);
    const writes = old.map((one): Write => ({ store: 'removed', key: `${one.collection}/${one.id}` }));
    return { writes: [...writes, writeMeta('floor', old.at(-1)!.at)], result: undefined };
  });
}

/** Every row, and what shows something of a customer; nothing where there is nothing. The next exchange begins anew. */
export async function withoutRows(storage: Storage): Promise<Write[]> {
  const rows = await storage.list<Row>('rows');
  const gone = rows.map((row): Write => ({ store: 'rows', key: rowKey(row) }));
  const writes = [...gone, ...(await withoutThumbnails(storage))];
  return writes.length > 0 ? [writeMeta('feed', undefined), ...writes] : [];
}
