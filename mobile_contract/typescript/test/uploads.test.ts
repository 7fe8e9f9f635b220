/** Photos go up part by part, by one tab at a time, and it is told truly how far each is. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import 'fake-indexeddb/auto';
import { type Client, MemoryStorage, NotSendable, type Storage, openIndexedDb, update, uuid7 } from '../src/index.js';
import { openSqlite } from '../src/node/sqlite.js';
import { meta, writeMeta } from '../src/state.js';
import { inTurn } from '../src/turn.js';
import { VISIT, bytes, enrolled, landed, opened } from './phones.js';
import { PART, PhotoServer } from './photo_server.js';

const folder = mkdtempSync(join(tmpdir(), 'fieldproof-uploads-'));
const TIMES = { lease: 200, renew: 40, look: 5 };
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Photos of these sizes that have been promised, and who takes them. */
async function ready(storage: Storage, ...sizes: number[]) {
  const known = new Map<string, number>();
  const server = new PhotoServer(known);
  const phone = await enrolled(storage, { fetch: server.fetch });
  const ids: string[] = [];
  for (const [number, size] of sizes.entries()) ids.push(await phone.takePhoto(VISIT, 'before', bytes(size, number)));
  for (const [number, id] of ids.entries()) known.set(id, sizes[number]!);
  await landed(phone);
  return { phone, server, ids };
}

const told = async (phone: Client) => (await phone.photoProgress()).map((one) => `${one.state} ${one.sent} of ${one.size}`);

test('how far a photo is, from its promise to the server’s word', async () => {
  const server = new PhotoServer(new Map());
  const phone = await enrolled(new MemoryStorage(), { fetch: server.fetch });
  const [small, large, unknown] = [5, 2 * PART + 3, 4].map((size) => phone.takePhoto(VISIT, 'before', bytes(size)));
  for (const [id, size] of [[await small!, 5], [await large!, 2 * PART + 3], [await unknown!, 4]] as const) server.sizes.set(id, size);
  server.refused.add(await unknown!);
  const all = () => phone.photoProgress(VISIT);
  const one = async (id: string) => (await all()).find((photo) => photo.id === id)!;
  assert.deepEqual((await all()).map((photo) => photo.state), ['promised', 'promised', 'promised']);
  await landed(phone);
  assert.deepEqual(new Set(await told(phone)), new Set(['waiting 0 of 5', 'waiting 0 of 19', 'waiting 0 of 4']));
  const seen: string[] = [];
  server.before = async (put) => {
    const photo = await one(put.split('/')[0]!);
    seen.push(`${photo.state} ${photo.sent} of ${photo.size}`);
  };
  await phone.uploadPhotos();
  assert.deepEqual(seen.sort(), ['uploading 0 of 19', 'uploading 0 of 5', 'uploading 16 of 19', 'uploading 8 of 19']);
  assert.equal((await one(await large!)).state, 'verified');
  assert.deepEqual([(await one(await small!)).sent, (await one(await small!)).state], [5, 'verified']);
  const refused = await one(await unknown!);
  assert.deepEqual([refused.state, refused.code, refused.sent], ['refused', 'not_found', 0]);
  assert.match(refused.finding!, /Nobody promised this/);
  assert.deepEqual(await phone.photoProgress(uuid7()), []);
});

test('a photo that was taken back is shown and sent no more, unless the server says that it must stay', async () => {
  const { phone, server, ids } = await ready(new MemoryStorage(), 5, 4);
  const [kept, back] = ids as [string, string];
  const tap = await phone.withdrawPhoto(back, 'blurred');
  const [sent] = await phone.pending(VISIT);
  assert.deepEqual([sent!.id, sent!.kind, JSON.parse(sent!.wire.body).body], [tap, 'photo_withdrawn', { photo_id: back, reason: 'blurred' }]);
  assert.deepEqual((await phone.photosToShow(VISIT)).map((one) => one.photo_id), [kept]);
  assert.deepEqual((await phone.photoProgress()).map((one) => one.id), [kept]);
  await landed(phone);
  assert.deepEqual((await phone.uploadPhotos()).map((one) => one.id), [kept]);
  const parked = { outcome: 'parked', code: 'photo_cannot_be_withdrawn', sentence: 'The customer has decided.' };
  await update(phone.storage, async () => ({ writes: [{ store: 'outcomes', key: tap, value: parked }], result: null }));
  assert.deepEqual((await phone.photosToShow(VISIT)).map((one) => one.photo_id).sort(), [kept, back].sort());
  assert.deepEqual((await phone.uploadPhotos()).map((one) => [one.id, one.state]), [[back, 'verified']]);
  assert.equal(server.refused.size, 0);
  await assert.rejects(phone.withdrawPhoto(uuid7()), NotSendable);
});

for (const [name, open] of [
  ['memory', async () => new MemoryStorage()],
  ['SQLite', async () => openSqlite(join(folder, `${uuid7()}.sqlite`))],
] as [string, () => Promise<Storage>][]) {
  test(`${name}: a phone that was killed between parts sends only those that are missing`, async () => {
    const storage = await open();
    const { phone, server } = await ready(storage, 3 * PART);
    const [id] = server.sizes.keys();
    server.before = async (put) => {
      if (put.endsWith('/2')) await new Promise(() => undefined); // the page is gone
    };
    void phone.uploadPhotos();
    while (server.puts.length === 0) await pause(5);
    await pause(10);
    await update(storage, async () => ({ writes: [writeMeta('turn', undefined)], result: null })); // its lease has run out
    server.before = async () => undefined;
    const again = await opened(storage, { fetch: server.fetch });
    assert.deepEqual(await told(again), ['waiting 8 of 24'], 'what has arrived is known after a restart');
    assert.deepEqual((await again.uploadPhotos()).map((photo) => photo.state), ['verified']);
    assert.deepEqual(server.puts, [`${id}/1`, `${id}/2`, `${id}/3`]);
    assert.deepEqual(await told(again), ['verified 24 of 24']);
  });
}

/** Web Locks as Node 24.5 and browsers have them, where this Node has none: the first who asks is the first who gets it. */
function fakeLocks(): Pick<LockManager, 'request'> {
  const lines = new Map<string, Promise<unknown>>();
  return {
    request(name: string, run: () => Promise<unknown>) {
      const turn = (lines.get(name) ?? Promise.resolve()).then(run, run);
      lines.set(name, turn.catch(() => undefined));
      return turn;
    },
  } as unknown as LockManager;
}

for (const [name, open, locks] of [
  ['a lease in memory', async () => new MemoryStorage(), false],
  ['a lease in SQLite', async () => openSqlite(join(folder, `${uuid7()}.sqlite`)), false],
  ['a lease in IndexedDB', () => openIndexedDb(uuid7()), false],
  ['Web Locks', () => openIndexedDb(uuid7()), true],
] as [string, () => Promise<Storage>, boolean][]) {
  test(`two tabs never send the same photo: ${name}`, async (t) => {
    const asked: string[] = [];
    const there = Object.getOwnPropertyDescriptor(navigator, 'locks');
    const fake = fakeLocks();
    const watched = { request: (lock: string, run: never) => (asked.push(lock), fake.request(lock, run)) };
    Object.defineProperty(navigator, 'locks', { value: locks ? watched : undefined, configurable: true });
    t.after(() => (there ? Object.defineProperty(navigator, 'locks', there) : Reflect.deleteProperty(navigator, 'locks')));
    const { phone, server, ids } = await ready(await open(), 3, 4, 3 * PART);
    const other = await opened(phone.storage, { fetch: server.fetch });
    server.before = async () => void (await pause(2));
    const done = (await Promise.all([phone.uploadPhotos(), other.uploadPhotos(), other.uploadPhotos()])).flat();
    assert.equal(new Set(server.puts).size, server.puts.length, String(server.puts));
    assert.equal(server.puts.length, 5);
    assert.deepEqual(new Set(done.map((photo) => photo.id)), new Set(ids));
    assert.equal(await meta(phone.storage, 'turn'), undefined, 'the turn was given back');
    assert.equal(asked.length > 0, locks);
  });
}

test('a tab that died holds up nobody for longer than its lease', async () => {
  const storage = new MemoryStorage();
  const dead = { by: 'a tab that is gone', photo: 'x', until: Date.now() + TIMES.lease };
  await update(storage, async () => ({ writes: [writeMeta('turn', dead)], result: null }));
  const started = Date.now();
  assert.equal(await inTurn(storage, async () => 'mine', TIMES), 'mine');
  assert.ok(Date.now() - started >= TIMES.lease - 20);
});

test('a lease of a clock that was put back since is none', async () => {
  const storage = new MemoryStorage();
  const ahead = { by: 'another', photo: null, until: Date.now() + 3_600_000 };
  await update(storage, async () => ({ writes: [writeMeta('turn', ahead)], result: null }));
  assert.equal(await inTurn(storage, async () => 'mine', TIMES), 'mine');
});

test('a lease is renewed for as long as its holder lives', async () => {
  const storage = new MemoryStorage();
  const order: string[] = [];
  const long = inTurn(storage, async () => void (await pause(2 * TIMES.lease), order.push('first')), TIMES);
  await pause(10);
  await inTurn(storage, async () => order.push('second'), TIMES);
  await long;
  assert.deepEqual(order, ['first', 'second']);
});

test('a tab that was asleep while another took over stops', async () => {
  const { phone, server } = await ready(new MemoryStorage(), 3, 4, 5);
  const other = { by: 'the other tab', photo: null, until: Date.now() + 60_000 };
  server.before = () => update(phone.storage, async () => ({ writes: [writeMeta('turn', other)], result: undefined }));
  assert.deepEqual(await phone.uploadPhotos(), []);
  assert.equal(server.puts.length, 1);
  assert.equal((await meta(phone.storage, 'turn'))?.by, other.by, 'it is not given back for the other');
});

test('what is taken while photos go up goes up with the next call, which comes after the first', async () => {
  const { phone, server } = await ready(new MemoryStorage(), 3);
  let later: Promise<unknown> | undefined;
  server.before = async () => {
    server.before = async () => undefined;
    const id = await phone.takePhoto(VISIT, 'after', bytes(4));
    server.sizes.set(id, 4);
    await landed(phone);
    later = phone.uploadPhotos();
    assert.equal(later, phone.uploadPhotos(), 'one for all who ask meanwhile');
  };
  await phone.uploadPhotos();
  assert.equal(((await later) as unknown[]).length, 1);
  assert.equal(server.puts.length, 2);
});
