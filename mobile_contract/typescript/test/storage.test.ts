/** Every storage keeps the same promises; those on disk keep them over a restart and a kill. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { test } from 'node:test';
import 'fake-indexeddb/auto';
import { type IndexedMember, MemoryStorage, type Storage, type Write, makeKey, openIndexedDb, update, uuid7 } from '../src/index.js';
import { openSqlite } from '../src/node/sqlite.js';

const folder = mkdtempSync(join(tmpdir(), 'fieldproof-storage-'));
const newFile = () => join(folder, `${uuid7()}.sqlite`);

for (const [name, open] of [
  ['memory', async () => new MemoryStorage()],
  ['IndexedDB', () => openIndexedDb(uuid7())],
  ['SQLite', async () => openSqlite(newFile())],
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

  test(`${name}: rows are found by what they name, and keys without values`, async () => {
    const storage = await open();
    const row = (collection: string, id: string, body: object): Write => {
      return { store: 'rows', key: `${collection}/${id}/s`, value: { collection, id, body } };
    };
    const ids = async (collection: string, member: IndexedMember, value: string) =>
      (await storage.rowsBy!<{ id: string }>(collection, member, value)).map((one) => one.id);
    await storage.commit(await storage.version(), [
      row('note', '2', { visit_id: 'v' }),
      row('note', '1', { visit_id: 'v' }),
      row('note', '3', { visit_id: 'w' }),
      row('operation', '4', { visit_id: null }),
      row('part_used', '5', { visit_id: 'v' }),
      row('visit', 'v', { job_id: 'j' }),
    ]);
    assert.deepEqual(await ids('note', 'visit_id', 'v'), ['1', '2']);
    assert.deepEqual(await ids('part_used', 'visit_id', 'v'), ['5']);
    assert.deepEqual(await ids('visit', 'job_id', 'j'), ['v']);
    assert.deepEqual(await ids('visit', 'visit_id', 'v'), []);
    assert.deepEqual(await storage.keys!('rows', 'note/'), ['note/1/s', 'note/2/s', 'note/3/s']);
    await storage.commit(await storage.version(), [row('note', '1', { visit_id: 'w' }), { store: 'rows', key: 'note/2/s' }]);
    assert.deepEqual([await ids('note', 'visit_id', 'v'), await ids('note', 'visit_id', 'w')], [[], ['1', '3']]);
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

  test(`${name}: a key is kept, gives nobody its private half, and signs`, async () => {
    const storage = await open();
    await storage.commit(await storage.version(), [{ store: 'meta', key: 'key', value: await makeKey(storage.bytesOnly) }]);
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

test('SQLite: everything is there after a restart, the same key included', async () => {
  const file = newFile();
  const storage = openSqlite(file);
  const version = await storage.version();
  const pair = await makeKey(true);
  await storage.commit(version, [
    { store: 'photos', key: 'a', value: new Uint8Array([1, 2]) },
    { store: 'meta', key: 'key', value: pair },
  ]);
  await storage.close();
  const again = openSqlite(file);
  assert.equal(await again.version(), version + 1);
  assert.equal(await again.get('meta', 'floor'), version);
  assert.deepEqual(await again.get('photos', 'a'), new Uint8Array([1, 2]));
  const kept = (await again.get<CryptoKeyPair>('meta', 'key'))!;
  const [text, algorithm] = [new Uint8Array([7]), { name: 'ECDSA', hash: 'SHA-256' }];
  const signature = await crypto.subtle.sign(algorithm, kept.privateKey, text);
  assert.ok(await crypto.subtle.verify(algorithm, pair.publicKey, signature, text));
});

test('SQLite: only its owner may read the files', async () => {
  const storage = openSqlite(newFile());
  await storage.commit(await storage.version(), [{ store: 'meta', key: 'a', value: 1 }]);
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name);
});

test('SQLite: a key that cannot be written down is refused, and nothing is kept', async () => {
  const storage = openSqlite(newFile());
  const version = await storage.version();
  const writes = [{ store: 'meta' as const, key: 'a', value: 1 }, { store: 'meta' as const, key: 'key', value: await makeKey() }];
  await assert.rejects(storage.commit(version, writes), { name: 'InvalidAccessError' });
  assert.equal(await storage.get('meta', 'a'), undefined);
  assert.equal(await storage.version(), version);
});

test('SQLite: two processes write without losing a commit, and a kill loses nothing that was said to be kept', async (context) => {
  const file = newFile();
  const storage = openSqlite(file);
  const writer = spawn(process.execPath, ['--import', 'tsx', 'test/sqlite_writer.ts', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => writer.kill('SIGKILL'));
  let said = '';
  writer.stdout.on('data', (data: Buffer) => (said += data));
  const add = (name: string) =>
    update(storage, async () => {
      const value = ((await storage.get<number>('meta', name)) ?? 0) + 1;
      return { writes: [{ store: 'meta', key: name, value }], result: value };
    });
  while (said.split('\n').length < 30) {
    await add('here');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  writer.kill('SIGKILL');
  await once(writer, 'close');
  const kept = Number(said.trim().split('\n').at(-1));
  const there = (await storage.get<number>('meta', 'there'))!;
  assert.ok(there === kept || there === kept + 1, `${there} is in the file, ${kept} was said to be`);
  const here = (await storage.get<number>('meta', 'here'))!;
  assert.equal(await add('here'), here + 1);
  const floor = (await storage.get<number>('meta', 'floor'))!;
  assert.equal(await storage.version(), floor + here + 1 + there);
});
