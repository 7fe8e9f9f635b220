/** Who watches is told which rows changed, here and in other tabs, and reads one visit's rows without the others. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import 'fake-indexeddb/auto';
import { type Changed, type Client, MemoryStorage, type Row, type Storage, openIndexedDb, update, uuid7 } from '../src/index.js';
import { packed } from '../src/node/packed.js';
import { openSqlite } from '../src/node/sqlite.js';
import { VISIT, bytes, enrolled, landed, opened } from './phones.js';
import { PhotoServer } from './photo_server.js';

const folder = mkdtempSync(join(tmpdir(), 'fieldproof-watch-'));
const newFile = () => join(folder, `${uuid7()}.sqlite`);
let file = '';
const eventually = async (holds: () => boolean) => {
  for (let tries = 0; !holds() && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** What somebody heard, without what is empty. */
function heard(phone: Client): Partial<Changed>[] {
  const all: Partial<Changed>[] = [];
  phone.watch((changed) => {
    const said = Object.entries(changed).filter(([, value]) => value && JSON.stringify(value) !== '{}' && JSON.stringify(value) !== '[]');
    all.push(Object.fromEntries(said));
  });
  return all;
}

/** A server that answers one exchange with these changes. */
function answering(changes: object[]): typeof fetch {
  return async (input) => {
    const path = new URL(String(input)).pathname;
    const sync = { anchor: 'a', last_seq: 1, outcomes: [], changes, cursor: 'c', scopes: {}, more: false };
    const said = path.endsWith('/challenge') ? { challenge: 'c' } : path === '/v1/sync' ? sync : { access_token: 'a' };
    return new Response(JSON.stringify(said));
  };
}

test('an exchange tells the rows by collection, and what left the outbox', async () => {
  const change = (collection: string, id: string) => ({ collection, id, rev: 1, scope: 's', hash: 'h', body: { id, visit_id: VISIT } });
  const [first, second] = [uuid7(), uuid7()];
  const fetch = answering([change('note', first), change('note', second), change('photo', first)]);
  const phone = await enrolled(new MemoryStorage(), { fetch });
  const said = heard(phone);
  let plain = 0;
  phone.subscribe(() => (plain += 1));
  await phone.tap('note', VISIT, { note_id: uuid7(), text: 'x' });
  await phone.sync();
  assert.deepEqual(said, [
    { outbox: true, from: 'here' },
    { rows: { note: [first, second], photo: [first] }, outbox: true, from: 'here' },
  ]);
  assert.equal(plain, 2, '`subscribe` is as it was');
});

test('photos tell when they are taken, brought and verified', async () => {
  const server = new PhotoServer(new Map());
  const phone = await enrolled(new MemoryStorage(), { fetch: server.fetch });
  const said = heard(phone);
  const id = await phone.takePhoto(VISIT, 'before', bytes(3));
  server.sizes.set(id, 3);
  await landed(phone);
  const states: string[] = [];
  phone.watch(async ({ photos }) => photos.length > 0 && states.push((await phone.photoProgress())[0]!.state));
  await phone.uploadPhotos();
  await eventually(() => states.at(-1) === 'verified');
  assert.deepEqual(said[0], { outbox: true, photos: [id], from: 'here' });
  assert.ok(states.includes('uploading') && states.at(-1) === 'verified', String(states));
  assert.ok(said.slice(1).every((one) => one.everything || one.photos?.[0] === id), 'the test itself wrote past the client');
});

test('a watcher that fails is no reason to say that a tap failed', async (t) => {
  const phone = await enrolled(new MemoryStorage());
  const failed: unknown[] = [];
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', (error) => failed.push(error));
  t.after(() => {
    process.removeAllListeners('uncaughtException');
    for (const one of others) process.on('uncaughtException', one as never);
  });
  phone.watch(() => {
    throw new Error('a screen');
  });
  const [said, stop] = [heard(phone), phone.watch(() => assert.fail('it was stopped'))];
  stop();
  await phone.tap('accept', VISIT, {});
  assert.deepEqual([(await phone.pending()).length, said.length], [1, 1]);
  assert.match(String(failed[0]), /a screen/);
});

/** Two clients that have one storage open, as tabs and processes do. */
async function twoTabs(t: TestContext, open: () => Promise<Storage>): Promise<[Client, Client]> {
  const here = await enrolled(await open());
  const there = await opened(await open());
  t.after(() => Promise.all([here.close(), there.close()]));
  return [here, there];
}

test('other tabs are told at once, and of the same ids', async (t) => {
  const name = uuid7();
  const [here, there] = await twoTabs(t, () => openIndexedDb(name));
  const said = heard(there);
  const stranger = await opened(await openIndexedDb(uuid7()));
  t.after(() => stranger.close());
  const nothing = heard(stranger);
  const answer = { anchor: 'a', last_seq: 0, cursor: 'c', changes: [{ collection: 'note', id: 'n', rev: 1, scope: 's', hash: '', body: {} }] };
  const phone = await enrolled(here.storage, { fetch: answering(answer.changes) });
  t.after(() => phone.close());
  await phone.sync();
  await eventually(() => said.some((one) => one.rows));
  assert.deepEqual(said.filter((one) => one.rows), [{ rows: { note: ['n'] }, from: 'elsewhere' }]);
  assert.deepEqual(nothing, []);
});

for (const [name, open] of [
  ['a second process on one file', () => Promise.resolve(openSqlite(file))],
  ['a browser without BroadcastChannel', () => openIndexedDb(file)],
] as [string, () => Promise<Storage>][]) {
  test(`${name} notices at its next read and its next exchange`, async (t) => {
    const there = globalThis.BroadcastChannel;
    Reflect.deleteProperty(globalThis, 'BroadcastChannel');
    t.after(() => (globalThis.BroadcastChannel = there));
    file = newFile();
    const [writer, reader] = await twoTabs(t, open);
    const said = heard(reader);
    await reader.rows('note');
    assert.deepEqual(said, [], 'nobody wrote');
    await writer.tap('accept', VISIT, {});
    assert.deepEqual(said, []);
    await reader.rows('note');
    assert.deepEqual(said, [{ everything: true, from: 'elsewhere' }]);
    await reader.rows('note');
    assert.equal(said.length, 1, 'it is told once');
    await writer.tap('accept', VISIT, {});
    await reader.sync().catch(() => undefined);
    assert.equal(said.length, 2);
    await writer.tap('accept', VISIT, {});
    await reader.tap('start', VISIT, {});
    assert.deepEqual(said.slice(2), [{ everything: true, from: 'elsewhere' }, { outbox: true, from: 'here' }]);
  });
}


function row(collection: string, body: object, scope = 's'): Row {
  return { collection, id: uuid7(), scope, rev: 1, hash: '', body, taken_away: false, at: 1, share: '0' } as unknown as Row;
}

async function keep(storage: Storage, rows: readonly Row[]): Promise<void> {
  const writes = rows.map((one) => ({ store: 'rows' as const, key: `${one.collection}/${one.id}/${one.scope}`, value: one }));
  await update(storage, async () => ({ writes, result: null }));
}

for (const [name, open] of [
  ['memory', async () => new MemoryStorage()],
  ['IndexedDB', () => openIndexedDb(uuid7())],
  ['SQLite', async () => openSqlite(newFile())],
] as [string, () => Promise<Storage>][]) {
  test(`${name}: one visit’s rows are read without the others`, async () => {
    const storage = await open();
    const phone = await enrolled(storage);
    const mine = [row('note', { visit_id: VISIT, text: 'mine' }), row('note', { visit_id: VISIT, text: 'too' })];
    await keep(storage, [...mine, { ...mine[0]!, scope: 'other' }, row('note', { visit_id: uuid7() }), row('asset', { site_id: 'site' })]);
    storage.list = () => assert.fail('the collection was read whole');
    assert.deepEqual((await phone.rowsBy('note', 'visit_id', VISIT)).map((one) => one.body.text), ['mine', 'too']);
    assert.equal((await phone.rowsBy('asset', 'site_id', 'site')).length, 1);
    assert.deepEqual(await phone.rowsBy('photo', 'visit_id', VISIT), []);
  });
}

test('a storage without an index finds the same', async () => {
  const disk = new MemoryStorage();
  Object.assign(disk, { rowsBy: undefined });
  const phone = await enrolled(disk);
  await keep(disk, [row('note', { visit_id: VISIT }), row('note', { visit_id: uuid7() })]);
  assert.equal((await phone.rowsBy('note', 'visit_id', VISIT)).length, 1);
});

test('SQLite: rows that an older version wrote are found, those it wrote later too', async () => {
  const name = newFile();
  const first = openSqlite(name);
  await keep(first, [row('note', { visit_id: VISIT })]);
  assert.equal((await first.rowsBy!('note', 'visit_id', VISIT)).length, 1);
  await first.close();
  let old = new DatabaseSync(name);
  old.exec('drop trigger row_written; drop trigger row_gone; drop table reference; drop table unindexed; drop table picture');
  old.close(); // now it is as an older version made it
  const second = openSqlite(name);
  assert.equal((await second.rowsBy!('note', 'visit_id', VISIT)).length, 1);
  await second.close();
  old = new DatabaseSync(name); // as an older version writes, which knows of no index
  const written = row('note', { visit_id: VISIT });
  const put = old.prepare("insert or replace into value values ('rows', ?, ?)");
  put.run(`note/${written.id}/s`, packed(written));
  old.prepare("delete from value where store = 'rows' and key <> ?").run(`note/${written.id}/s`);
  old.close();
  const found = await openSqlite(name).rowsBy!<Row>('note', 'visit_id', VISIT);
  assert.deepEqual(found.map((one) => one.id), [written.id]);
});

test('IndexedDB: rows of the layout before are found', async () => {
  const name = uuid7();
  const opening = indexedDB.open(name, 1);
  const kept = row('note', { visit_id: VISIT });
  opening.onupgradeneeded = () => {
    for (const store of ['meta', 'rows', 'removed', 'outbox', 'sent', 'outcomes', 'photos']) opening.result.createObjectStore(store);
    opening.transaction!.objectStore('meta').put(7, 'version');
    opening.transaction!.objectStore('rows').put(kept, `note/${kept.id}/s`);
  };
  await new Promise((resolve) => (opening.onsuccess = resolve));
  opening.result.close();
  const storage = await openIndexedDb(name);
  assert.deepEqual((await storage.rowsBy!<Row>('note', 'visit_id', VISIT)).map((one) => one.id), [kept.id]);
  assert.equal(await storage.version(), 7);
});
