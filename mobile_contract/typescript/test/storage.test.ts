/** Both storages keep the same promises. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import 'fake-indexeddb/auto';
import { MemoryStorage, type Storage, makeKey, openIndexedDb, update, uuid7 } from '../src/index.js';

for (const [name, open] of [
  ['memory', async () => new MemoryStorage()],
  ['IndexedDB', () => openIndexedDb(uuid7())],
] as [string, () => Promise<Storage>][]) {
  test(`${name}: values come back by key and prefix, in order`, async () => {
    const storage = await open();
    const writes = ['visit/2', 'visit/1', 'job/1'].map((key) => ({ store: 'rows' as const, key, value: { key } }));
    assert.ok(await storage.commit(await storage.version(), writes));
    assert.deepEqual(await storage.list('rows', 'visit/'), [{ key: 'visit/1' }, { key: 'visit/2' }]);
    assert.equal((await storage.list('rows')).length, 3);
    assert.ok(await storage.commit(await storage.version(), [{ store: 'rows', key: 'job/1' }]));
    assert.equal(await storage.get('rows', 'job/1'), undefined);
  });

  test(`${name}: a commit against an older version changes nothing`, async () => {
    const storage = await open();
    const version = await storage.version();
    assert.equal(await storage.commit(version, [{ store: 'meta', key: 'a', value: 1 }]), true);
    assert.equal(await storage.commit(version, [{ store: 'meta', key: 'a', value: 2 }]), false);
    assert.equal(await storage.get('meta', 'a'), 1);
    assert.equal(await storage.version(), version + 1);
  });

  test(`${name}: concurrent decisions all take effect`, async () => {
    const storage = await open();
    const add = () =>
      update(storage, async () => {
        const value = ((await storage.get<number>('meta', 'sum')) ?? 0) + 1;
        return { writes: [{ store: 'meta', key: 'sum', value }], result: value };
      });
    await Promise.all(Array.from({ length: 10 }, add));
    assert.equal(await storage.get('meta', 'sum'), 10);
  });

  test(`${name}: what was handed over or out is a copy`, async () => {
    const storage = await open();
    const value = { text: 'as it was' };
    await storage.commit(await storage.version(), [{ store: 'meta', key: 'a', value }]);
    value.text = 'changed';
    const out = await storage.get<typeof value>('meta', 'a');
    out!.text = 'changed';
    assert.deepEqual(await storage.get('meta', 'a'), { text: 'as it was' });
  });

  test(`${name}: a key that cannot be exported is kept and signs`, async () => {
    const storage = await open();
    await storage.commit(await storage.version(), [{ store: 'meta', key: 'key', value: await makeKey() }]);
    const pair = await storage.get<CryptoKeyPair>('meta', 'key');
    assert.equal(pair!.privateKey.extractable, false);
    await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair!.privateKey, new Uint8Array(1));
  });
}

test('IndexedDB: everything is there after a restart', async () => {
  const name = uuid7();
  const storage = await openIndexedDb(name);
  const version = await storage.version();
  await storage.commit(version, [{ store: 'photos', key: 'a', value: new Uint8Array([1, 2]) }]);
  await storage.close();
  const again = await openIndexedDb(name);
  assert.equal(await again.version(), version + 1);
  assert.deepEqual(await again.get('photos', 'a'), new Uint8Array([1, 2]));
});
