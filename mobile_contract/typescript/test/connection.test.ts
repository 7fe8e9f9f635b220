/** IndexedDB under an app: connections that the browser closes, tabs with newer code, commits that nobody acknowledged. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDBFactory, forceCloseDatabase } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { NewerVersion, type Storage, openIndexedDb, update, uuid7 } from '../src/index.js';
import { opened } from './phones.js';

/** A factory that remembers the databases that it opened. */
function watched(): { factory: IDBFactory; databases: IDBDatabase[] } {
  const [factory, databases] = [new IDBFactory(), [] as IDBDatabase[]];
  const open = factory.open.bind(factory);
  factory.open = (...given: Parameters<typeof open>) => {
    const request = open(...given);
    request.addEventListener('success', () => databases.push(request.result as IDBDatabase));
    return request;
  };
  return { factory: factory as IDBFactory, databases };
}

const put = (storage: Storage, value: unknown) =>
  update(storage, async () => ({ writes: [{ store: 'meta', key: 'a', value }], result: value }));
const close = (database: IDBDatabase) => forceCloseDatabase(database as never);

test('a connection that the browser closed is opened again by whoever needs it', async () => {
  const { factory, databases } = watched();
  const storage = await openIndexedDb('phone', factory);
  await put(storage, 1);
  close(databases[0]!);
  assert.equal(await storage.get('meta', 'a'), 1);
  close(databases[1]!);
  await put(storage, 2);
  assert.deepEqual(await storage.list('meta', 'a'), [2]);
  assert.equal(databases.length, 3);
});

test('a read and a commit over which the connection is lost are done once more, and the commit takes effect once', async () => {
  const { factory, databases } = watched();
  const storage = await openIndexedDb('phone', factory);
  const version = await storage.version();
  const reading = storage.get('meta', 'version');
  close(databases.at(-1)!);
  assert.equal(await reading, version);
  const committing = storage.commit(version, [{ store: 'meta', key: 'a', value: 1 }]);
  close(databases.at(-1)!);
  assert.equal(await committing, true);
  assert.deepEqual([await storage.get('meta', 'a'), await storage.version()], [1, version + 1]);
});

test('a commit that was written although the connection was lost over it counts as what it is', async () => {
  const { factory, databases } = watched();
  const storage = await openIndexedDb('phone', factory);
  const version = await storage.version();
  const [database] = databases as [IDBDatabase];
  const transaction = database.transaction.bind(database);
  database.transaction = (...given: Parameters<typeof transaction>) => {
    const made = transaction(...given);
    // The browser writes it, and the app hears of an end instead.
    made.addEventListener('complete', (event) => {
      event.stopImmediatePropagation();
      Object.defineProperty(made, 'error', { value: new DOMException('lost', 'UnknownError') });
      made.onabort?.(new Event('abort'));
    });
    return made;
  };
  assert.equal(await storage.commit(version, [{ store: 'meta', key: 'a', value: 1 }]), true);
  assert.equal(databases.length, 2, 'it was asked for again');
  assert.deepEqual([await storage.get('meta', 'a'), await storage.version()], [1, version + 1]);
  assert.equal(await storage.commit(version, [{ store: 'meta', key: 'a', value: 2 }]), false, 'another writer is told the truth');
});

test('what cannot be kept fails once, with its reason, and closes nothing', async () => {
  const { factory, databases } = watched();
  const storage = await openIndexedDb('phone', factory);
  await assert.rejects(put(storage, () => 1), { name: 'DataCloneError' });
  await put(storage, 1);
  assert.equal(databases.length, 1);
});

test('a tab steps aside for newer code, and says so to who goes on using it', async () => {
  const { factory } = watched();
  const storage = await openIndexedDb('phone', factory);
  await put(storage, 1);
  const newer = factory.open('phone', 99);
  await new Promise((resolve, reject) => {
    newer.onsuccess = resolve;
    newer.onblocked = () => reject(new Error('blocked'));
  });
  await assert.rejects(storage.get('meta', 'a'), NewerVersion);
  await assert.rejects(openIndexedDb('phone', factory), NewerVersion);
});

test('who is kept from the new layout by an old tab is told, and goes on when that is closed', async () => {
  const { factory } = watched();
  const old = factory.open('phone', 1);
  await new Promise((resolve) => (old.onsuccess = resolve));
  let told = 0;
  const storage = openIndexedDb('phone', factory, {
    blocked() {
      told += 1;
      old.result.close();
    },
  });
  assert.equal((await (await storage).keys!('photo_bytes')).length, 0);
  assert.equal(told, 1);
});

test('a phone goes on over it: what was tapped is there', async () => {
  const { factory, databases } = watched();
  const phone = await opened(await openIndexedDb('phone', factory));
  const device = { id: uuid7(), userId: uuid7() };
  await update(phone.storage, async () => ({ writes: [{ store: 'meta', key: 'device', value: device }], result: null }));
  close(databases.at(-1)!);
  await phone.tap('accept', uuid7(), {});
  close(databases.at(-1)!);
  assert.deepEqual((await phone.pending()).map((one) => one.kind), ['accept']);
});
