/**
 * What a phone full of work costs: `npm run measure` prints milliseconds and megabytes for the figures in the README.
 * IndexedDB is the one of `fake-indexeddb`, which copies values as a browser does and keeps them in memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'fake-indexeddb/auto';
import { Client, type Row, type Storage, type Write, keySigner, makeKey, openIndexedDb, update, uuid7 } from '../src/index.js';
import { openSqlite } from '../src/node/sqlite.js';
import { uploadable } from '../src/photos.js';
import { writeMeta } from '../src/state.js';

const PHOTOS = 150;
const PHOTO_BYTES = 2_000_000;
const VISITS = 500;
const NOTES = 6;

const folder = mkdtempSync(join(tmpdir(), 'fieldproof-measure-'));
const signer = keySigner(await makeKey());

async function timed<T>(what: string, run: () => Promise<T>): Promise<T> {
  const before = process.memoryUsage();
  const started = performance.now();
  const result = await run();
  const took = performance.now() - started;
  const after = process.memoryUsage();
  const grown = (after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed) / 1e6;
  console.log(`${what.padEnd(70)} ${took.toFixed(1).padStart(8)} ms ${grown.toFixed(0).padStart(5)} MB`);
  return result;
}

async function photos(name: string, storage: Storage): Promise<void> {
  await update(storage, async () => ({ writes: [writeMeta('device', { id: uuid7(), userId: uuid7() })], result: null }));
  const client = await Client.open({ server: 'http://127.0.0.1:9', storage, signer });
  const visit = uuid7();
  for (let number = 0; number < PHOTOS; number++) {
    await client.takePhoto(visit, 'before', random());
  }
  await update(storage, async () => ({
    writes: (await client.pending()).map((one): Write => ({ store: 'outbox', key: String(one.seq).padStart(10, '0') })),
    result: null,
  }));
  for (let round = 0; round < 3; round++) {
    const found = await timed(`${name}: what is uploadable of ${PHOTOS} photos of 2 MB`, () => uploadable(storage, Date.now()));
    if (found.length !== PHOTOS) throw new Error(`${found.length} are uploadable`);
  }
}

function random(): Uint8Array {
  const bytes = new Uint8Array(PHOTO_BYTES);
  for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65_536, bytes.length)));
  return bytes;
}

async function visits(name: string, storage: Storage): Promise<void> {
  const client = await Client.open({ server: 'http://127.0.0.1:9', storage, signer });
  const ids = Array.from({ length: VISITS }, uuid7);
  const rows = ids.flatMap((visit_id) =>
    Array.from({ length: NOTES }, () => [
      row('note', { visit_id, text: 'x'.repeat(200), author_id: visit_id, occurred_at: 1 }),
      row('photo', { visit_id, slot: 'before', sha256: 'a'.repeat(64), state: 'verified', size: 1 }),
      row('part_used', { visit_id, part_id: visit_id, quantity: 1 }),
    ]).flat(),
  );
  await update(storage, async () => ({
    writes: rows.map((one): Write => ({ store: 'rows', key: `${one.collection}/${one.id}/s`, value: one })),
    result: null,
  }));
  const wanted = ids[250]!;
  await timed(`${name}: the same, the collections read whole`, async () => [
    ...(await of(client, 'note', wanted)),
    ...(await of(client, 'photo', wanted)),
    ...(await of(client, 'part_used', wanted)),
  ]);
  for (let round = 0; round < 3; round++) {
    const found = await timed(`${name}: notes, photos and parts of one visit of ${VISITS}`, async () => [
      ...(await client.rowsBy('note', 'visit_id', wanted)),
      ...(await client.rowsBy('photo', 'visit_id', wanted)),
      ...(await client.rowsBy('part_used', 'visit_id', wanted)),
    ]);
    if (found.length !== 3 * NOTES) throw new Error(`${found.length} rows`);
  }
}

async function of(client: Client, collection: 'note' | 'photo' | 'part_used', visitId: string): Promise<Row[]> {
  return (await client.rows(collection)).filter((one) => (one.body as { visit_id: string }).visit_id === visitId) as Row[];
}

function row(collection: string, body: object): Row {
  const id = uuid7();
  const said = { collection, id, scope: 's', rev: 1, hash: '0'.repeat(16), body: { id, ...body }, taken_away: false, at: 1, share: '0' };
  return said as unknown as Row;
}

for (const [name, open] of [
  ['SQLite', async (what: string) => openSqlite(join(folder, `${what}.sqlite`))],
  ['IndexedDB', (what: string) => openIndexedDb(what)],
] as [string, (what: string) => Promise<Storage>][]) {
  await photos(name, await open('photos'));
  await visits(name, await open('visits'));
}
rmSync(folder, { recursive: true });
process.exit(0);
