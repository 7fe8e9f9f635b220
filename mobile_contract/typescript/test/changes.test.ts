/** How adapters page through what changed here: nothing is skipped, and no page ends inside a commit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStorage, type Row, type Write, changesSince, update } from '../src/index.js';

const put = (id: string, at: number, more: Partial<Row> = {}): Write => {
  const row = { collection: 'note', id, scope: 's', rev: 1, hash: '', body: {}, taken_away: false, at, share: '0', ...more };
  return { store: 'rows', key: `note/${id}/${row.scope}`, value: row };
};
const gone = (id: string, at: number): Write[] => [
  { store: 'rows', key: `note/${id}/s` },
  { store: 'removed', key: `note/${id}`, value: { collection: 'note', id, at } },
];
const commit = (storage: MemoryStorage, writes: (at: number) => Write[]) =>
  update(storage, async (at) => ({ writes: writes(at), result: at }));

async function pages(storage: MemoryStorage, after: number | null, limit: number): Promise<string[][]> {
  const told: string[][] = [];
  for (let at = after; ; ) {
    const page = await changesSince(storage, 'note', at, limit);
    told.push([...page.rows.map((row) => row.id), ...page.removed.map(({ id }) => `-${id}`)]);
    at = page.at;
    if (page.complete) return told;
  }
}

test('pages end between commits, and together tell everything once', async () => {
  const storage = new MemoryStorage();
  await commit(storage, (at) => ['a', 'b', 'c'].map((id) => put(id, at)));
  await commit(storage, (at) => ['d', 'e'].map((id) => put(id, at)));
  await commit(storage, (at) => [put('f', at)]);
  assert.deepEqual(await pages(storage, null, 2), [['a', 'b', 'c'], ['d', 'e'], ['f']]);
  assert.deepEqual(await pages(storage, null, 4), [['a', 'b', 'c', 'd', 'e'], ['f']]);
  assert.deepEqual(await pages(storage, null, 100), [['a', 'b', 'c', 'd', 'e', 'f']]);
});

test('from where a page ended only later changes are told, removals too', async () => {
  const storage = new MemoryStorage();
  await commit(storage, (at) => ['a', 'b'].map((id) => put(id, at)));
  const { at } = await changesSince(storage, 'note', null);
  assert.deepEqual(await pages(storage, at, 10), [[]]);
  await commit(storage, (now) => [...gone('a', now), put('b', now, { rev: 2 })]);
  assert.deepEqual(await pages(storage, at, 10), [['b', '-a']]);
  assert.deepEqual(await pages(storage, null, 10), [['b']], 'who holds nothing needs no removals');
  await commit(storage, (now) => [put('a', now)]);
  assert.deepEqual(await pages(storage, at, 10), [['b', 'a']], 'what came back is no removal');
});

test('a row that two scopes hold stays until both have let it go', async () => {
  const storage = new MemoryStorage();
  await commit(storage, (at) => [put('a', at), put('a', at, { scope: 't' })]);
  const { at } = await changesSince(storage, 'note', null);
  await commit(storage, (now) => gone('a', now));
  assert.deepEqual((await changesSince(storage, 'note', at)).removed, []);
  assert.deepEqual(await pages(storage, null, 10), [['a']]);
});

test('a place in another store, or before what is remembered, means that everything is compared', async () => {
  const storage = new MemoryStorage();
  const at = await commit(storage, (now) => [put('a', now)]);
  for (const strange of [1, at + 1000]) {
    const page = await changesSince(storage, 'note', strange, 1);
    assert.deepEqual([page.replace, page.rows.map((row) => row.id)], [true, ['a']]);
  }
  assert.equal((await changesSince(storage, 'note', at - 1)).replace, false);
});
