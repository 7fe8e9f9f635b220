/** WatermelonDB's own `synchronize()`, with the real package on LokiJS, against the real server. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { type Collection, type Model, Q } from '@nozbe/watermelondb';
import { hasUnsyncedChanges, synchronize } from '@nozbe/watermelondb/sync/index.js';
import { fieldproofSync, newOperation, record } from '../../src/adapters/watermelondb.js';
import { COLUMNS, type CollectionName, Unreachable, uuid7 } from '../../src/index.js';
import { assign, eventually, newVisit, seen } from './cast.js';
import { type MelonPhone, complaints, melonPhone, tap } from './melon_phone.js';

afterEach(() => assert.deepEqual(complaints.splice(0), []));

async function raw(phone: MelonPhone, table: string, id: string): Promise<Record<string, any> | undefined> {
  const [found] = await phone.database.get(table).query(Q.where('id', id)).fetch();
  return found?._raw;
}

async function outcome(phone: MelonPhone, id: string): Promise<[string, string, string]> {
  const found = await raw(phone, 'outbox', id);
  return [found!.outcome, found!.code, found!._status];
}

/** What WatermelonDB shows is what the client holds, and that is what the server counts. */
async function assertSame(phone: MelonPhone): Promise<void> {
  assert.ok(await phone.client.isIntact());
  for (const [name, columns] of Object.entries(COLUMNS)) {
    const plain = (rows: Record<string, any>[]) =>
      rows
        .map((row) => Object.keys(columns).map((one) => (typeof row[one] === 'object' && row[one] ? JSON.stringify(row[one]) : row[one])))
        .sort((a, b) => (String(a) < String(b) ? -1 : 1));
    const mine = await (phone.database.get(name) as Collection<Model>).query().fetch();
    const theirs = await phone.client.rows(name as CollectionName);
    assert.deepEqual(plain(mine.map((one) => one._raw)), plain(theirs.map((row) => row.body)), name);
  }
}

test('a day offline: taps wait in the outbox table and come back with their outcomes', async () => {
  const visitId = await newVisit('wei');
  const wei = await melonPhone('wei');
  await wei.sync();
  assert.equal((await raw(wei, 'visit', visitId))!.state, 'dispatched');
  wei.network.online = false;
  const taps = [
    await tap(wei, 'accept', visitId, {}),
    await tap(wei, 'start', visitId, {}),
    await tap(wei, 'note', visitId, { note_id: uuid7(), text: '风机堵塞' }),
  ];
  await assert.rejects(wei.sync(), Unreachable);
  taps.push(await tap(wei, 'complete', visitId, { work_summary: 'Fan replaced' }));
  assert.deepEqual(await outcome(wei, taps[0]!), ['', '', 'created']);
  wei.network.online = true;
  await wei.sync();
  for (const id of taps) assert.deepEqual(await outcome(wei, id), ['applied', '', 'synced']);
  assert.equal((await raw(wei, 'visit', visitId))!.state, 'completed');
  assert.equal(await hasUnsyncedChanges({ database: wei.database }), false);
  await assertSame(wei);
});

test('the time of a tap is when it was made, not when it was handed over', async () => {
  const visitId = await newVisit('wei');
  const wei = await melonPhone('wei');
  await wei.sync();
  const before = Date.now() * 1000;
  const id = await tap(wei, 'accept', visitId, {});
  const made = Date.now() * 1000;
  await new Promise((resolve) => setTimeout(resolve, 30));
  wei.network.online = false;
  await assert.rejects(wei.sync());
  const [pending] = await wei.client.pending(visitId);
  const { clock } = JSON.parse(pending!.wire.body);
  assert.equal(pending!.id, id);
  assert.ok(clock.wall >= before && clock.wall <= made);
});

test('a lost reply: the push is sent again and takes effect once', async () => {
  const visitId = await newVisit('wei');
  const wei = await melonPhone('wei');
  await wei.sync();
  const id = await tap(wei, 'note', visitId, { note_id: uuid7(), text: 'once' });
  wei.network.losing = 3; // as often as one call tries
  await assert.rejects(wei.sync(), Unreachable);
  assert.deepEqual(await outcome(wei, id), ['', '', 'created']);
  await wei.sync();
  assert.equal(wei.network.lost, 3);
  assert.deepEqual(await outcome(wei, id), ['applied', '', 'synced']);
  const notes = await wei.database.get('note').query(Q.where('visit_id', visitId)).fetch();
  assert.deepEqual(notes.map((note) => (note._raw as Record<string, any>).text), ['once']);
  await assertSame(wei);
});

test('a reassignment with unsent work: first revoked, deleted only after a push; a re-grant brings it back', async () => {
  const visitId = await newVisit('wei');
  const wei = await melonPhone('wei');
  await wei.sync();
  wei.network.online = false;
  const note = await tap(wei, 'note', visitId, { note_id: uuid7(), text: 'I was there' });
  const start = await tap(wei, 'start', visitId, {});
  await assign(visitId, 'anna');
  wei.network.online = true;
  await wei.sync();
  assert.deepEqual((await raw(wei, 'visit', visitId))!.access, 'revoked');
  assert.deepEqual(await outcome(wei, note), ['applied', '', 'synced']);
  assert.deepEqual(await outcome(wei, start), ['parked', 'after_reassignment', 'synced']);
  assert.equal((await seen(visitId)).after_reassignment, true);
  assert.equal((await raw(wei, 'operation', start))!.code, 'after_reassignment');

  const late = await tap(wei, 'note', visitId, { note_id: uuid7(), text: 'and later' });
  await wei.sync();
  assert.equal(await raw(wei, 'visit', visitId), undefined);
  assert.deepEqual(await outcome(wei, late), ['applied', '', 'synced']);
  await assertSame(wei);

  await assign(visitId, 'wei');
  await wei.sync();
  const back = await raw(wei, 'visit', visitId);
  assert.deepEqual([back!.state, back!.access], ['dispatched', 'granted']);
  await assertSame(wei);
});

test('a visit that is given back between the two phases is not deleted', async () => {
  const visitId = await newVisit('wei');
  const wei = await melonPhone('wei');
  await wei.sync();
  await assign(visitId, 'anna');
  await wei.sync();
  assert.equal((await raw(wei, 'visit', visitId))!.access, 'revoked');
  await assign(visitId, 'wei');
  await wei.sync();
  assert.equal((await raw(wei, 'visit', visitId))!.access, 'granted');
  await assertSame(wei);
});

test('what is tapped while a pull runs is pushed by the same synchronize, and its visit stays until then', async () => {
  const visitId = await newVisit('wei');
  const wei = await melonPhone('wei');
  await wei.sync();
  await assign(visitId, 'anna');
  await wei.sync();
  let late = '';
  wei.network.after = async () => {
    wei.network.after = null;
    late = await tap(wei, 'note', visitId, { note_id: uuid7(), text: 'just now' });
  };
  await wei.sync();
  assert.equal((await raw(wei, 'visit', visitId))!.access, 'revoked');
  assert.equal((await wei.client.outcome(late))?.outcome, 'applied');
  await wei.sync();
  assert.deepEqual(await outcome(wei, late), ['applied', '', 'synced']);
  await wei.sync();
  assert.equal(await raw(wei, 'visit', visitId), undefined);
  await assertSame(wei);
});

test('an operation that did not land keeps its place in the outbox', async () => {
  const visitId = await newVisit('wei');
  const wei = await melonPhone('wei');
  await wei.sync();
  let late = '';
  const synced = synchronize({
    database: wei.database,
    ...fieldproofSync(wei.client, wei.database),
    async onWillApplyRemoteChanges() {
      late = await tap(wei, 'accept', visitId, {});
      wei.network.online = false;
    },
  });
  await assert.rejects(synced, Unreachable);
  assert.deepEqual(await outcome(wei, late), ['', '', 'created']);
  wei.network.online = true;
  await wei.sync();
  assert.deepEqual(await outcome(wei, late), ['applied', '', 'synced']);
});

test('a poison operation is marked as refused and holds nobody up', async () => {
  const visitId = await newVisit('wei');
  const wei = await melonPhone('wei');
  await wei.sync();
  const operation = await newOperation(wei.client, 'note', visitId, { note_id: uuid7(), text: 'x' });
  await wei.database.write(() => record(wei.database, { ...operation, body: { text: 1.5 } }));
  const good = await tap(wei, 'accept', visitId, {});
  await wei.sync();
  assert.deepEqual(await outcome(wei, operation.id), ['refused', 'not_canonical', 'synced']);
  assert.deepEqual(await outcome(wei, good), ['applied', '', 'synced']);
});

test("a local edit of a row is rejected, told, and gives way to the server's value", async () => {
  const visitId = await newVisit('wei');
  const wei = await melonPhone('wei');
  await wei.sync();
  const visit = await wei.database.get('visit').find(visitId);
  await wei.database.write(() => visit.update((one) => one._setRaw('state', 'closed')));
  await wei.sync();
  assert.deepEqual(wei.rejected, [{ visit: [visitId] }]);
  await tap(wei, 'accept', visitId, {});
  await wei.sync();
  const after = await raw(wei, 'visit', visitId);
  assert.deepEqual([after!.state, after!._status], ['accepted', 'synced']);
  await assertSame(wei);
});

test('a pull that was not applied is told again', async () => {
  const visitId = await newVisit('wei');
  const wei = await melonPhone('wei');
  const { pullChanges } = fieldproofSync(wei.client, wei.database);
  const migration = null as never;
  await pullChanges({ lastPulledAt: undefined as never, schemaVersion: 1, migration });
  await wei.sync();
  await assign(visitId, 'anna');
  await pullChanges({ lastPulledAt: Number(await wei.database.adapter.getLocal('__watermelon_last_pulled_at')), schemaVersion: 1, migration });
  await wei.sync();
  assert.equal((await raw(wei, 'visit', visitId))!.access, 'revoked');
  await wei.sync();
  await eventually('gone', async () => (await raw(wei, 'visit', visitId)) === undefined);
  await assertSame(wei);
});
