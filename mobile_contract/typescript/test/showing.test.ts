/** The photos of a report: each once, whatever was promised, and none that the server does not know. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, MemoryStorage, type StoredPhoto, keySigner, makeKey, update, utf8, uuid7 } from '../src/index.js';
import { writeMeta } from '../src/state.js';
import type { Outcome, Row } from '../src/types.js';

const VISIT = uuid7();

async function phoneWith(...promises: [slot: string, bytes: string, type: string][]): Promise<[Client, string[]]> {
  const storage = new MemoryStorage();
  await update(storage, async () => ({ writes: [writeMeta('device', { id: uuid7(), userId: uuid7() })], result: null }));
  const phone = await Client.open({ server: 'http://127.0.0.1:9', storage, signer: keySigner(await makeKey()) });
  const ids = [];
  for (const [slot, bytes, type] of promises) ids.push(await phone.takePhoto(VISIT, slot, utf8(bytes), type));
  return [phone, ids];
}

async function shown(phone: Client): Promise<string[]> {
  return (await phone.photosToShow(VISIT)).map((line) => line.photo_id);
}

async function changed(phone: Client, id: string, change: Partial<StoredPhoto>): Promise<void> {
  const photo = (await phone.storage.get<StoredPhoto>('photos', id))!;
  await update(phone.storage, async () => ({
    writes: [{ store: 'photos', key: id, value: { ...photo, ...change } }],
    result: null,
  }));
}

test('a photo that was promised again stands there once, under the promise that counts', async () => {
  const again = ['before', 'a', 'image/jpeg'] as [string, string, string];
  const [phone, [wrong, right, other]] = await phoneWith(['before', 'a', 'image/png'], again, ['after', 'a', 'image/jpeg']);
  assert.deepEqual(await shown(phone), [right, other]);
  await changed(phone, wrong!, { state: 'verified' });
  assert.deepEqual(await shown(phone), [wrong, other], 'the bytes decide');
  assert.deepEqual(await phone.photosToShow(uuid7()), []);
});

test('a photo whose promise was parked is not shown, until the desk has let it in', async () => {
  const [phone, [parked, unknown, good]] = await phoneWith(
    ['before', 'a', 'image/jpeg'],
    ['after', 'b', 'image/jpeg'],
    ['other', 'c', 'image/jpeg'],
  );
  const photo = (await phone.storage.get<StoredPhoto>('photos', parked!))!;
  await update(phone.storage, async () => ({
    writes: [{ store: 'outcomes', key: photo.operation_id!, value: { outcome: 'parked' } as Outcome }],
    result: null,
  }));
  await changed(phone, unknown!, { state: 'refused', code: 'not_found' });
  assert.deepEqual(await shown(phone), [good]);
  const row = { collection: 'photo', id: parked, scope: 's', rev: 1, body: { slot: 'before', sha256: 'x' } } as unknown as Row;
  await update(phone.storage, async () => ({
    writes: [{ store: 'rows', key: `photo/${parked}/s`, value: row }],
    result: null,
  }));
  assert.deepEqual(await shown(phone), [parked, good]);
});
