/** Bytes of photos lie apart from what is known of them; what an older version kept otherwise is moved, whatever happens. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import 'fake-indexeddb/auto';
import { MemoryStorage, type Storage, type StoredPhoto, openIndexedDb, update, uuid7 } from '../src/index.js';
import { packed } from '../src/node/packed.js';
import { openSqlite } from '../src/node/sqlite.js';
import { uploadable } from '../src/photos.js';
import { VISIT, bytes, enrolled, landed, opened } from './phones.js';

const folder = mkdtempSync(join(tmpdir(), 'fieldproof-pictures-'));
const newFile = () => join(folder, `${uuid7()}.sqlite`);
const OLD_STORES = ['meta', 'rows', 'removed', 'outbox', 'sent', 'outcomes', 'photos'];

/** As an older version kept a photo. */
function oldPhoto(fill: number, state: StoredPhoto['state'] = 'waiting'): StoredPhoto {
  const kept = state === 'verified' ? null : bytes(5, fill);
  return { id: uuid7(), visit_id: VISIT, slot: 'before', sha256: 'x', content_type: 'image/jpeg', bytes: kept, state, finding: null };
}

async function oldIndexedDb(photos: StoredPhoto[]): Promise<() => Promise<Storage>> {
  const name = uuid7();
  const opening = indexedDB.open(name, 1);
  await new Promise((resolve, reject) => {
    opening.onupgradeneeded = () => {
      for (const store of OLD_STORES) opening.result.createObjectStore(store);
      for (const [key, value] of [['version', 7], ['floor', 1]] as const) opening.transaction!.objectStore('meta').put(value, key);
      for (const photo of photos) opening.transaction!.objectStore('photos').put(photo, photo.id);
    };
    opening.onsuccess = resolve;
    opening.onerror = reject;
  });
  opening.result.close();
  return () => openIndexedDb(name);
}

async function oldSqlite(photos: StoredPhoto[]): Promise<() => Promise<Storage>> {
  const file = newFile();
  const database = new DatabaseSync(file);
  database.exec(
    `create table value (
       store text not null check (store in (${OLD_STORES.map((one) => `'${one}'`).join(', ')})), key text not null, value blob not null, primary key (store, key)
     ) strict, without rowid;
     create table version (one integer primary key check (one = 1), version integer not null) strict;
     insert into version values (1, 7)`,
  );
  const put = database.prepare("insert into value values ('photos', ?, ?)");
  for (const photo of photos) put.run(photo.id, packed(photo));
  database.close();
  return async () => openSqlite(file);
}

for (const [name, old] of [['IndexedDB', oldIndexedDb], ['SQLite', oldSqlite]] as const) {
  test(`${name}: what an older version kept is moved, and a kill at any step loses no byte`, async () => {
    const photos = [oldPhoto(1), oldPhoto(2, 'refused'), oldPhoto(3, 'verified'), oldPhoto(4)];
    let open = await old(photos);
    let kills = 0;
    for (let done = false; !done; kills++) {
      open = await old(photos);
      const storage = await open();
      let left = kills;
      const commit = storage.commit.bind(storage);
      storage.commit = async (...given) => {
        if (left-- === 0) throw new Error('killed before');
        const committed = await commit(...given);
        if (left-- === 0) throw new Error('killed after');
        return committed;
      };
      done = await opened(storage).then(() => true, () => false);
      storage.commit = commit;
      const phone = await opened(storage);
      for (const photo of photos) assert.deepEqual(await phone.photoBytes(photo.id), photo.bytes, `after ${kills} steps`);
      await storage.close();
    }
    assert.equal(kills, 9, 'before and after each of three photos and of the mark that all are moved, and once not at all');
    const phone = await opened(await open());
    const kept = await phone.storage.list<StoredPhoto>('photos');
    assert.deepEqual(kept.map((one) => one.bytes), [null, null, null, null]);
    assert.deepEqual(await phone.storage.keys!('photo_bytes'), [0, 1, 3].map((at) => photos[at]!.id));
    assert.deepEqual((await phone.photoProgress()).map((one) => one.size), [5, 5, 0, 5]);
  });
}

test('a phone that was killed in the middle goes on with the photos that were left', async () => {
  const open = await oldSqlite([oldPhoto(1), oldPhoto(2)]);
  const storage = await open();
  const commit = storage.commit.bind(storage);
  let left = 1;
  storage.commit = async (...given) => (left-- > 0 ? commit(...given) : Promise.reject(new Error('killed')));
  await assert.rejects(opened(storage), /killed/);
  assert.equal((await storage.keys!('photo_bytes')).length, 1);
  storage.commit = commit;
  await opened(storage);
  assert.equal((await storage.keys!('photo_bytes')).length, 2);
});

for (const [name, open] of [
  ['memory', async () => new MemoryStorage()],
  ['IndexedDB', () => openIndexedDb(uuid7())],
  ['SQLite', async () => openSqlite(newFile())],
] as [string, () => Promise<Storage>][]) {
  test(`${name}: asking what is uploadable, listing and showing read no bytes`, async () => {
    const storage = await open();
    const phone = await enrolled(storage);
    const taken = await phone.takePhoto(VISIT, 'before', bytes(1000));
    await landed(phone);
    const read: string[] = [];
    for (const way of ['get', 'list'] as const) {
      const whole = storage[way].bind(storage) as (...given: unknown[]) => Promise<unknown>;
      Object.assign(storage, {
        async [way](store: string, ...more: unknown[]) {
          const found = await whole(store, ...more);
          if (store === 'photo_bytes' || largest(found) >= 1000) read.push(`${way} ${store}`);
          return found;
        },
      });
    }
    assert.deepEqual((await uploadable(storage, Date.now())).map((one) => one.id), [taken]);
    assert.deepEqual((await phone.photoProgress(VISIT)).map((one) => [one.state, one.size]), [['waiting', 1000]]);
    assert.equal((await phone.photosToShow(VISIT)).length, 1);
    assert.deepEqual(read, []);
    assert.deepEqual(await phone.photoBytes(taken), bytes(1000));
    assert.deepEqual(read, ['get photo_bytes']);
  });
}

function largest(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Math.max(0, ...Object.values(value).map(largest));
}

test('a storage of an app’s own that has only the stores of the beginning keeps photos as before', async () => {
  const disk = new MemoryStorage();
  const plain: Storage = {
    version: () => disk.version(),
    get: (store, key) => (OLD_STORES.includes(store) ? disk.get(store, key) : Promise.reject(new TypeError(store))),
    list: (store, prefix) => (OLD_STORES.includes(store) ? disk.list(store, prefix) : Promise.reject(new TypeError(store))),
    commit: (version, writes) =>
      writes.every((one) => OLD_STORES.includes(one.store)) ? disk.commit(version, writes) : Promise.reject(new TypeError('store')),
    close: () => disk.close(),
  };
  const phone = await enrolled(plain, { thumbnail: async () => bytes(3) });
  const taken = await phone.takePhoto(VISIT, 'before', bytes(9));
  assert.deepEqual((await disk.get<StoredPhoto>('photos', taken))!.bytes, bytes(9));
  assert.deepEqual(await phone.photoBytes(taken), bytes(9));
  assert.equal(await phone.thumbnail(taken), null);
});

test('a small picture is kept apart, handed over or made, and stays when the bytes go', async () => {
  const made: string[] = [];
  const thumbnail = async (photo: Uint8Array, type: string) => {
    made.push(`${photo.length} of ${type}`);
    if (photo.length === 7) throw new Error('no memory for this');
    return photo.length === 8 ? null : bytes(2);
  };
  const storage = new MemoryStorage();
  const phone = await enrolled(storage, { thumbnail });
  const given = await phone.takePhoto(VISIT, 'before', bytes(6), 'image/jpeg', { thumbnail: bytes(3) });
  const ours = await phone.takePhoto(VISIT, 'before', bytes(6), 'image/png');
  const failed = await phone.takePhoto(VISIT, 'before', bytes(7));
  const none = await phone.takePhoto(VISIT, 'before', bytes(8));
  const unwanted = await phone.takePhoto(VISIT, 'before', bytes(9), 'image/jpeg', { thumbnail: null });
  assert.deepEqual(made, ['6 of image/png', '7 of image/jpeg', '8 of image/jpeg']);
  const shown = () => Promise.all([given, ours, failed, none, unwanted].map((id) => phone.thumbnail(id)));
  assert.deepEqual(await shown(), [bytes(3), bytes(2), null, null, null]);
  await update(storage, async () => ({ writes: [{ store: 'photo_bytes', key: given }], result: null }));
  assert.deepEqual(await phone.thumbnail(given), bytes(3));
  assert.equal((await phone.photoProgress()).length, 5, 'all are kept, whatever became of their small pictures');
});
