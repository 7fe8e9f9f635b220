/** RxDB's own replication, with the real package, through everything that a day in the field does to it. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { RxCollection } from 'rxdb';
import { replicateFieldproof } from '../../src/adapters/rxdb.js';
import { COLUMNS, type CollectionName, MemoryStorage, uuid7 } from '../../src/index.js';
import { assign, cast, desk, eventually, newVisit, phone, seen } from './cast.js';
import { NAMES, type RxPhone, closeAll, rxPhone, tap } from './rx_phone.js';

afterEach(closeAll);

async function outcome(phone: RxPhone, id: string): Promise<[string, string]> {
  const found = await phone.outbox.findOne(id).exec();
  return [found!.outcome, found!.code];
}

/** Asserted as a boolean: to print a document of RxDB, which holds its whole database, takes minutes. */
async function isShown(collection: RxCollection<any>, id: string): Promise<boolean> {
  return (await collection.findOne(id).exec()) !== null;
}

/** What RxDB shows is what the client holds, and that is what the server counts. */
async function assertSame(phone: RxPhone): Promise<void> {
  assert.ok(await phone.client.isIntact());
  for (const name of NAMES) {
    const mine = (await phone.rows[name]!.find().exec()).map((doc) => doc.toJSON() as Record<string, unknown>);
    const theirs = (await phone.client.rows(name as CollectionName)).map((row) => row.body as unknown as Record<string, unknown>);
    const columns = Object.keys(COLUMNS[name]);
    const plain = (rows: Record<string, unknown>[]) =>
      rows.map((row) => columns.map((column) => row[column] ?? null)).sort((a, b) => (String(a) < String(b) ? -1 : 1));
    assert.deepEqual(plain(mine), plain(theirs), name);
  }
  assert.deepEqual(phone.errors, []);
}

test('a day offline: taps go into the outbox collection and come back with their outcomes', async () => {
  const visitId = await newVisit('wei');
  const wei = await rxPhone('wei');
  await wei.replication.inSync();
  assert.equal((await wei.rows.visit!.findOne(visitId).exec()).state, 'dispatched');
  wei.network.online = false;
  const taps = [
    await tap(wei, 'accept', visitId, {}),
    await tap(wei, 'start', visitId, {}),
    await tap(wei, 'note', visitId, { note_id: uuid7(), text: '风机堵塞' }),
    await tap(wei, 'complete', visitId, { work_summary: 'Fan replaced' }),
  ];
  assert.deepEqual(await outcome(wei, taps[0]!), ['', '']);
  wei.network.online = true;
  await wei.replication.inSync();
  for (const id of taps) assert.deepEqual(await outcome(wei, id), ['applied', '']);
  assert.equal((await wei.rows.visit!.findOne(visitId).exec()).state, 'completed');
  await assertSame(wei);
});

test('members that a later server adds are passed over, although schemas of RxDB are closed', async () => {
  await newVisit('wei');
  const wei = await rxPhone('wei');
  await wei.replication.inSync();
  const [from, to] = ["''unit'', r.unit,", "''unit'', r.unit, ''since'', 1,"];
  const later = `replace(pg_get_functiondef('sync_bodies'::regproc), '${from}', '${to}')`;
  await desk('POST', '/test/sql', { statement: `do $it$ begin execute ${later}; end $it$` });
  await desk('POST', '/test/sql', { statement: "update part set name = 'Fan of later'" });
  await wei.replication.inSync();
  const [part] = (await wei.client.rows('part')) as unknown as { body: Record<string, unknown> }[];
  assert.deepEqual([part!.body.name, part!.body.since], ['Fan of later', 1]);
  assert.equal((await wei.rows.part!.findOne().exec()).name, 'Fan of later');
  await assertSame(wei);
});

test('a lost reply: the push is sent again and takes effect once', async () => {
  const visitId = await newVisit('wei');
  const wei = await rxPhone('wei');
  await wei.replication.inSync();
  wei.network.losing = 2;
  const id = await tap(wei, 'note', visitId, { note_id: uuid7(), text: 'once' });
  await wei.replication.inSync();
  assert.equal(wei.network.lost, 2);
  assert.deepEqual(await outcome(wei, id), ['applied', '']);
  const notes = await wei.rows.note!.find({ selector: { visit_id: visitId } }).exec();
  assert.deepEqual(notes.map((note) => note.text), ['once']);
  await assertSame(wei);
});

test('a reassignment with unsent work: the work reaches the server, then the rows leave; a re-grant brings them back', async () => {
  const visitId = await newVisit('wei');
  const wei = await rxPhone('wei');
  await wei.replication.inSync();
  wei.network.online = false;
  const note = await tap(wei, 'note', visitId, { note_id: uuid7(), text: 'I was there' });
  const start = await tap(wei, 'start', visitId, {});
  await assign(visitId, 'anna');
  wei.network.online = true;
  await wei.replication.inSync();
  assert.deepEqual(await outcome(wei, note), ['applied', '']);
  assert.deepEqual(await outcome(wei, start), ['parked', 'after_reassignment']);
  assert.equal(await isShown(wei.rows.visit!, visitId), false);
  assert.equal((await seen(visitId)).after_reassignment, true);
  const [parked] = await wei.rows.operation!.find({ selector: { visit_id: visitId } }).exec();
  assert.equal(parked.id, start);
  await assertSame(wei);

  await assign(visitId, 'wei');
  await wei.replication.inSync();
  const back = await wei.rows.visit!.findOne(visitId).exec();
  assert.deepEqual([back.state, back.taken_away], ['dispatched', false]);
  await assertSame(wei);
});

test('while its work is unsent, a visit that was taken away stays as a document for reading', async () => {
  const visitId = await newVisit('wei');
  const wei = await rxPhone('wei');
  await wei.replication.inSync();
  await assign(visitId, 'anna');
  const states: (boolean | null)[] = [];
  wei.rows.visit!.findOne(visitId).$.subscribe((visit) => states.push(visit && visit.taken_away));
  // The tap comes after the request left and before its answer, with the removal in it, is taken in.
  let tapped: Promise<string> | null = null;
  wei.network.after = async () => {
    wei.network.after = null;
    tapped = tap(wei, 'note', visitId, { note_id: uuid7(), text: 'just now' });
    const id = await tapped;
    await eventually('signed', async () => (await wei.client.pending()).some((one) => one.id === id));
  };
  await wei.client.sync();
  await wei.replication.inSync();
  assert.deepEqual(await outcome(wei, await tapped!), ['applied', '']);
  assert.equal(await isShown(wei.rows.visit!, visitId), false);
  assert.deepEqual(states, [false, true, null]);
  await assertSame(wei);
});

test('a poison document is marked as refused and holds nobody up', async () => {
  const visitId = await newVisit('wei');
  const wei = await rxPhone('wei');
  await wei.replication.inSync();
  const reading = await wei.client.reading();
  const poison = uuid7();
  await wei.outbox.insert({
    id: poison, visit_id: visitId, kind: 'note', body: { text: 1.5 }, attachment: '', reading, outcome: '', code: '', sentence: '',
  });
  const good = await tap(wei, 'accept', visitId, {});
  await wei.replication.inSync();
  assert.deepEqual(await outcome(wei, poison), ['refused', 'not_canonical']);
  assert.deepEqual(await outcome(wei, good), ['applied', '']);
});

test('a signed operation is neither edited nor taken back, and may be tidied away once it is answered', async () => {
  const visitId = await newVisit('wei');
  const wei = await rxPhone('wei');
  await wei.replication.inSync();
  wei.network.online = false;
  const edited = await tap(wei, 'note', visitId, { note_id: uuid7(), text: 'as it was' });
  const deleted = await tap(wei, 'note', visitId, { note_id: uuid7(), text: 'stays' });
  const pushed = wei.replication.states.at(-1)!;
  await pushed.awaitInSync();
  await (await wei.outbox.findOne(edited).exec())!.incrementalPatch({ body: { text: 'another' } });
  await (await wei.outbox.findOne(deleted).exec())!.remove();
  await pushed.awaitInSync();
  assert.equal(((await wei.outbox.findOne(edited).exec())!.body as { text: string }).text, 'as it was');
  assert.equal(await isShown(wei.outbox, deleted), true);
  wei.network.online = true;
  await wei.replication.inSync();
  const notes = await wei.rows.note!.find({ selector: { visit_id: visitId } }).exec();
  assert.deepEqual(notes.map((note) => note.text).sort(), ['as it was', 'stays']);
  await (await wei.outbox.findOne(edited).exec())!.remove();
  await pushed.awaitInSync();
  assert.equal(await isShown(wei.outbox, edited), false);
});

test('when the client lost its store, documents that are no more leave and the rest stays', async (t) => {
  const gone = await newVisit('wei');
  const kept = await newVisit('wei');
  const wei = await rxPhone('wei');
  await wei.replication.inSync();
  await wei.replication.stop();
  await assign(gone, 'anna');
  await new Promise((resolve) => setTimeout(resolve, 50)); // a new store is made later than the old one's last commit
  const fresh = await phone('wei', { storage: new MemoryStorage() });
  await fresh.sync();
  const again = await replicateFieldproof(fresh, { visit: wei.rows.visit! }, wei.outbox);
  t.after(() => again.stop());
  await again.inSync();
  assert.equal(await isShown(wei.rows.visit!, gone), false);
  assert.equal(await isShown(wei.rows.visit!, kept), true);
});

test('a hint reaches RxDB by way of the live client', async (t) => {
  const wei = await rxPhone('wei');
  await wei.replication.inSync();
  const stop = new AbortController();
  t.after(() => stop.abort());
  const running = wei.client.live(stop.signal);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const job = await desk('POST', '/v1/jobs', { site_id: cast.ids.site, asset_id: cast.ids.asset, title: 'Noise' });
  const visitId = job.visits[0].id as string;
  const shown = new Promise<void>((resolve) => {
    wei.rows.visit!.findOne(visitId).$.subscribe((visit) => visit && resolve());
  });
  await assign(visitId, 'wei');
  await shown;
  stop.abort();
  await running;
});
