/** What changed here since a version: how adapters carry rows over into another local database. */
import { meta } from './state.js';
import type { Storage } from './storage/storage.js';
import type { CollectionName, Row } from './types.js';

export interface Page<C extends CollectionName = CollectionName> {
  rows: Row<C>[];
  removed: { id: string; at: number }[];
  /** Ask again from here. */
  at: number;
  complete: boolean;
  /** `after` is of another store or too old: `rows` is everything, and what is not in it must go. */
  replace: boolean;
}

/**
 * The rows of a collection that were written after a version, and the ids that left, oldest first. A page has about
 * `limit` entries and never ends inside one commit, so its `at` is a place where nothing is half told.
 */
export async function changesSince<C extends CollectionName>(
  storage: Storage,
  collection: C,
  after: number | null,
  limit = Infinity,
): Promise<Page<C>> {
  const version = await storage.version();
  const replace = after === null ? false : after > version || after < ((await meta(storage, 'floor')) ?? 0);
  const from = replace || after === null ? 0 : after;
  const rows = newest(await storage.list<Row<C>>('rows', `${collection}/`));
  const removals = await storage.list<{ id: string; at: number }>('removed', `${collection}/`);
  const removed = after === null ? [] : removals.filter((one) => !rows.has(one.id) && one.at > from);
  const entries = [...[...rows.values()].filter((row) => row.at > from), ...removed].sort((a, b) => a.at - b.at);
  const last = replace ? undefined : entries[limit - 1]?.at;
  const taken = last === undefined ? entries : entries.filter((one) => one.at <= last);
  const complete = taken.length === entries.length;
  return {
    rows: taken.filter((one): one is Row<C> => 'body' in one),
    removed: taken.filter((one) => !('body' in one)),
    at: complete ? Math.max(version, taken.at(-1)?.at ?? 0) : taken.at(-1)!.at,
    complete,
    replace,
  };
}

/** One row for each id: a row that several scopes hold is here as the one that was not taken away, or the newest. */
export function newest<C extends CollectionName>(rows: readonly Row<C>[]): Map<string, Row<C>> {
  const found = new Map<string, Row<C>>();
  for (const row of rows) {
    const other = found.get(row.id);
    const wins = !other || (row.taken_away === other.taken_away ? row.at >= other.at : other.taken_away);
    if (wins) found.set(row.id, row);
  }
  return found;
}
