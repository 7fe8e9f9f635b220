/** Reads rows: whole collections, and those of one visit, job, site, customer or asset without reading the others. */
import { newest } from './changes.js';
import type { IndexedMember, Storage } from './storage/storage.js';
import type { CollectionName, Collections, Row } from './types.js';

/** The members of a collection's rows by which they are found. */
export type FoundBy<C extends CollectionName> = IndexedMember & keyof Collections[C];

/** The rows of a collection, in one read. */
export async function rowsOf<C extends CollectionName>(storage: Storage, collection: C): Promise<Row<C>[]> {
  return [...newest(await storage.list<Row<C>>('rows', `${collection}/`)).values()];
}

/** The rows of a collection that name this visit (job, site, customer, asset); a storage without an index is read whole. */
export async function rowsBy<C extends CollectionName>(
  storage: Storage,
  collection: C,
  member: FoundBy<C>,
  value: string,
): Promise<Row<C>[]> {
  const found = storage.rowsBy
    ? await storage.rowsBy<Row<C>>(collection, member, value)
    : (await storage.list<Row<C>>('rows', `${collection}/`)).filter((row) => row.body[member] === value);
  return [...newest(found).values()];
}

/** A row, whichever scope holds it. */
export async function rowOf<C extends CollectionName>(storage: Storage, collection: C, id: string): Promise<Row<C> | undefined> {
  return newest(await storage.list<Row<C>>('rows', `${collection}/${id}/`)).get(id);
}
