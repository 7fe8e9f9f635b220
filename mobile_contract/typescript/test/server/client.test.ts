/** The client against the real server: offline work, lost replies, reassignment, resync, photos, hints. */
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import 'fake-indexeddb/auto';
import { Client, MemoryStorage, Refused, type Storage, Unreachable, openIndexedDb, update, uuid7 } from '../../src/index.js';
import { openSqlite } from '../../src/node/sqlite.js';
import { Network, RETRY, assign, cast, desk, eventually, newVisit, phone, seen } from './cast.js';

test('an assigned visit arrives with all that belongs to it', async () => {
  const visitId = await newVisit('wei');
  const wei = await phone('wei');
  await wei.sync();
  const visit = await wei.row('visit', visitId);
  assert.equal(visit?.body.state, 'dispatched');
  const job = await wei.row('job', visit.body.job_id);
  assert.equal((await wei.row('site', job!.body.site_id))?.body.name, '主楼');
  assert.equal((await wei.rows('part'))[0]?.body.number, 'FAN-12');
  assert.ok(await wei.isIntact());
});

for (const [disk, open] of [
  ['IndexedDB', openIndexedDb],
  ['SQLite', async (name) => openSqlite(join(tmpdir(), `fieldproof-${name}.sqlite`))],
] as [string, (name: string) => Promise<Storage>][]) test(`a day offline is kept in ${disk}, survives a restart and is applied in order`, async () => {
  const visitId = await newVisit('wei');
  const network = new Network();
  const name = uuid7();
  let wei = await phone('wei', { fetch: network.fetch, storage: await open(name) });
  await wei.sync();
  network.online = false;
  const taps = [
    await wei.tap('accept', visitId, {}),
    await wei.tap('start', visitId, {}),
    await wei.tap('note', visitId, { note_id: uuid7(), text: '风机堵塞' }),
  ];
  await assert.rejects(wei.sync(), Unreachable);
  await wei.storage.close();

  const options = { server: cast.server, fetch: network.fetch, retry: RETRY };
  wei = await Client.open({ ...options, storage: await open(name) });
  taps.push(await wei.tap('complete', visitId, { work_summary: 'Fan replaced' }));
  assert.deepEqual((await wei.pending(visitId)).map((one) => one.kind), ['accept', 'start', 'note', 'complete']);
  assert.equal((await wei.row('visit', visitId))?.body.state, 'dispatched');
  network.online = true;
  await wei.sync();
  for (const tap of taps) assert.equal((await wei.outcome(tap))?.outcome, 'applied');
  assert.deepEqual(await wei.pending(), []);
  assert.equal((await wei.row('visit', visitId))?.body.state, 'completed');
  assert.ok(await wei.isIntact());
});

test('a lost reply is asked for again and nothing is done twice', async () => {
  const visitId = await newVisit('wei');
  const network = new Network();
  const wei = await phone('wei', { fetch: network.fetch });
  await wei.sync();
  network.losing = 2;
  const tap = await wei.tap('note', visitId, { note_id: uuid7(), text: 'once' });
  await wei.sync();
  assert.equal(network.lost, 2);
  assert.equal((await wei.outcome(tap))?.outcome, 'applied');
  const notes = (await wei.rows('note')).filter((row) => row.body.visit_id === visitId);
  assert.deepEqual(notes.map((row) => row.body.text), ['once']);
});

test('a visit that is taken away leaves, and comes back when it is given back', async () => {
  const visitId = await newVisit('wei');
  const wei = await phone('wei');
  await wei.sync();
  await assign(visitId, 'anna');
  await wei.sync();
  assert.equal(await wei.row('visit', visitId), undefined);
  await assign(visitId, 'wei');
  await wei.sync();
  assert.equal((await wei.row('visit', visitId))?.body.state, 'dispatched');
  assert.ok(await wei.isIntact());
});

test('a removal waits for unsent work about the visit, and that work is kept by the server', async () => {
  const visitId = await newVisit('wei');
  const network = new Network();
  const wei = await phone('wei', { fetch: network.fetch });
  await wei.sync();
  await assign(visitId, 'anna');
  const taps: string[] = [];
  let shown: (boolean | undefined)[] = [];
  // These taps come after the request left and before its answer, with the removal in it, is taken in.
  network.after = async () => {
    network.after = async () => {
      network.after = null;
      const visit = await wei.row('visit', visitId);
      shown = [visit?.taken_away, (await wei.row('job', visit!.body.job_id))?.taken_away];
    };
    taps.push(await wei.tap('note', visitId, { note_id: uuid7(), text: 'I was there' }));
    taps.push(await wei.tap('start', visitId, {}));
  };
  await wei.sync();
  assert.deepEqual(shown, [true, true], 'the rows were there, read-only, while work on them was unsent');
  assert.equal(await wei.row('visit', visitId), undefined);
  const outcomes = await Promise.all(taps.map((id) => wei.outcome(id)));
  assert.deepEqual(outcomes.map((one) => [one?.outcome, one?.code]), [['applied', null], ['parked', 'after_reassignment']]);
  assert.equal((await seen(visitId)).after_reassignment, true);
  assert.ok(await wei.isIntact());
});

test('a phone that was killed at any await goes on and everything lands exactly once', async () => {
  const visitId = await newVisit('wei');
  const disk = new MemoryStorage();
  await (await phone('wei', { storage: disk })).sync();
  let kills = 0;
  const texts: string[] = [];
  for (let step = 0; ; step++) {
    let left = step;
    const mortal = <T extends unknown[], R>(run: (...given: T) => Promise<R>) => async (...given: T): Promise<R> => {
      if (left-- === 0) throw new Killed('before');
      const result = await run(...given);
      if (left-- === 0) throw new Killed('after');
      return result;
    };
    const dying = {
      version: mortal(() => disk.version()),
      get: mortal((...given: Parameters<MemoryStorage['get']>) => disk.get<any>(...given)),
      list: mortal((...given: Parameters<MemoryStorage['list']>) => disk.list<any>(...given)),
      commit: mortal((...given: Parameters<MemoryStorage['commit']>) => disk.commit(...given)),
      close: () => disk.close(),
    };
    const text = `step ${step}`;
    try {
      const wei = await Client.open({
        server: cast.server, storage: dying, fetch: mortal(fetch), retry: { ...RETRY, attempts: 1 },
      });
      await wei.tap('note', visitId, { note_id: uuid7(), text });
      texts.push(text);
      await wei.sync();
      break;
    } catch (error) {
      const cause = error instanceof Unreachable ? error.cause : error;
      if (!(cause instanceof Killed)) throw error;
      kills += 1;
    }
  }
  const wei = await Client.open({ server: cast.server, storage: disk, retry: RETRY });
  await wei.sync();
  const kept = (await wei.rows('note')).filter((row) => row.body.visit_id === visitId).map((row) => row.body.text);
  assert.equal(new Set(kept).size, kept.length, 'none twice');
  for (const text of texts) assert.ok(kept.includes(text), `${text} was on disk when tap returned`);
  assert.ok(kills > 30, `only ${kills} places to die were tried`);
  assert.ok(await wei.isIntact());
});

class Killed extends Error {}

test('two tabs on one storage tap and sync at once: one chain, everything lands', async () => {
  const visitId = await newVisit('wei');
  const storage = new MemoryStorage();
  const tabs = [await phone('wei', { storage }), await Client.open({ server: cast.server, storage, retry: RETRY })];
  await tabs[0]!.sync();
  const taps = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const tab = tabs[index % 2]!;
      const tap = await tab.tap('note', visitId, { note_id: uuid7(), text: `note ${index}` });
      await tab.sync();
      return tap;
    }),
  );
  const outcomes = await Promise.all(taps.map((tap) => tabs[0]!.outcome(tap)));
  assert.deepEqual(outcomes.map((one) => one?.outcome), taps.map(() => 'applied'));
  assert.deepEqual(outcomes.map((one) => one!.seq).sort((a, b) => a - b), taps.map((_, index) => index + 1));
  assert.ok(await tabs[1]!.isIntact());
});

test('rows that are missing, surplus or stale here are found by the checksum and mended bucket by bucket', async () => {
  const visitId = await newVisit('wei');
  const network = new Network();
  const wei = await phone('wei', { fetch: network.fetch });
  await wei.sync();
  const visit = (await wei.row('visit', visitId))!;
  const job = (await wei.row('job', visit.body.job_id))!;
  const site = (await wei.row('site', job.body.site_id))!;
  const key = (row: { collection: string; id: string; scope: string }) => `${row.collection}/${row.id}/${row.scope}`;
  const surplus = { ...visit, id: uuid7() };
  const stale = { ...site, rev: site.rev - 1, share: '0123456789abcdef', body: { ...site.body, name: 'old name' } };
  await update(wei.storage, async () => ({
    writes: [
      { store: 'rows', key: key(job) },
      { store: 'rows', key: key(surplus), value: surplus },
      { store: 'rows', key: key(stale), value: stale },
    ],
    result: null,
  }));
  assert.equal(await wei.isIntact(), false);
  network.asked.length = 0;
  await wei.sync();
  assert.deepEqual((await wei.row('job', job.id))?.body, job.body);
  assert.equal(await wei.row('visit', surplus.id), undefined);
  assert.deepEqual((await wei.row('site', site.id))?.body, site.body);
  assert.ok(await wei.isIntact());
  assert.ok(network.asked.includes('/v1/sync/reconcile'));
});

test('mending a scope leaves what unsent work still needs', async () => {
  const visitId = await newVisit('wei');
  const network = new Network();
  const wei = await phone('wei', { fetch: network.fetch });
  await wei.sync();
  const visit = (await wei.row('visit', visitId))!;
  const surplus = { ...visit, id: uuid7() };
  const key = `visit/${surplus.id}/${surplus.scope}`;
  await update(wei.storage, async () => ({ writes: [{ store: 'rows', key, value: surplus }], result: null }));
  let tap = '';
  const whole = wei.session.call.bind(wei.session);
  wei.session.call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    if (path === '/v1/sync/reconcile' && !tap) tap = await wei.tap('note', surplus.id, { note_id: uuid7(), text: 'here' });
    return whole<T>(method, path, body);
  };
  await wei.sync();
  assert.equal((await wei.outcome(tap))?.outcome, 'parked');
  assert.equal(await wei.row('visit', surplus.id), undefined);
  assert.ok(await wei.isIntact());
});

test('a cursor that the server refuses starts over and keeps the outbox', async () => {
  const visitId = await newVisit('wei');
  const wei = await phone('wei');
  await wei.sync();
  await update(wei.storage, async () => ({
    writes: [{ store: 'meta', key: 'feed', value: { cursor: 'nonsense', scopes: {}, held: [] } }],
    result: null,
  }));
  const tap = await wei.tap('accept', visitId, {});
  await wei.sync();
  assert.equal((await wei.outcome(tap))?.outcome, 'applied');
  assert.ok(await wei.isIntact());
});

test('a parked operation says why and holds nobody up', async () => {
  const visitId = await newVisit('wei');
  const wei = await phone('wei');
  await wei.sync();
  const odd = await wei.tapAny('teleport', visitId, {});
  const good = await wei.tap('accept', visitId, {});
  await wei.sync();
  const parked = await wei.outcome(odd);
  assert.deepEqual([parked?.outcome, parked?.code], ['parked', 'unknown_kind']);
  assert.ok(parked?.sentence);
  assert.equal((await wei.outcome(good))?.outcome, 'applied');
});

test('a device that is enrolled anew takes its unsent work along', async () => {
  const visitId = await newVisit('wei');
  const wei = await phone('wei');
  await wei.sync();
  const tap = await wei.tap('accept', visitId, {});
  const { code } = await desk('POST', `/v1/users/${cast.ids.wei}/enrolment-codes`);
  await wei.enrol(code as string);
  await wei.sync();
  assert.equal((await wei.outcome(tap))?.outcome, 'applied');
  assert.ok(await wei.isIntact());
});

test('a forged outbox is refused loudly and stays', async () => {
  const visitId = await newVisit('wei');
  const wei = await phone('wei');
  await wei.sync();
  await wei.tap('accept', visitId, {});
  const [entry] = await wei.pending();
  const forged = { ...entry!, wire: { ...entry!.wire, signature: `${entry!.wire.signature.slice(0, -6)}AAAAAA` } };
  await update(wei.storage, async () => ({
    writes: [{ store: 'outbox', key: '0000000001', value: forged }],
    result: null,
  }));
  await assert.rejects(wei.sync(), (error) => error instanceof Refused && error.code === 'wrong_signature');
  assert.equal((await wei.pending()).length, 1);
});

test('a server that was restored to an older day gets again what it had acknowledged', async () => {
  const visitId = await newVisit('wei');
  const wei = await phone('wei');
  await wei.sync();
  const network = new Network();
  const stale = await Client.open({ server: cast.server, storage: wei.storage, fetch: network.fetch, retry: RETRY });
  const tap = await stale.tap('accept', visitId, {});
  // The phone believes that this landed; the server has never seen it.
  await update(wei.storage, async (at) => {
    const [one] = await wei.pending();
    const outcome = { id: tap, seq: 1, kind: 'accept', visit_id: visitId, outcome: 'applied', code: null, sentence: null, at };
    return {
      writes: [
        { store: 'outbox', key: '0000000001' },
        { store: 'sent', key: '0000000001', value: one },
        { store: 'outcomes', key: tap, value: outcome },
      ],
      result: null,
    };
  });
  await stale.sync();
  assert.equal((await stale.row('visit', visitId))?.body.state, 'accepted');
});

test('a photo is promised offline, brought by one PUT and verified', async () => {
  const visitId = await newVisit('wei');
  const network = new Network();
  const wei = await phone('wei', { fetch: network.fetch });
  await wei.sync();
  network.online = false;
  const photoId = await wei.takePhoto(visitId, 'before', PNG, 'image/png');
  await assert.rejects(wei.sync(), Unreachable);
  assert.deepEqual(await wei.uploadPhotos(), [], 'the promise goes first');
  network.online = true;
  await wei.sync();
  assert.equal((await wei.row('photo', photoId))?.body.state, 'promised');
  const [done] = await wei.uploadPhotos();
  assert.equal(done?.state, 'verified');
  await wei.sync();
  assert.equal((await wei.row('photo', photoId))?.body.state, 'verified');
  assert.deepEqual(await wei.uploadPhotos(), []);
  // The same picture again: the store says 412, and that is fine.
  const again = await wei.takePhoto(visitId, 'after', PNG, 'image/png');
  await wei.sync();
  assert.deepEqual((await wei.uploadPhotos()).map((one) => [one.id, one.state]), [[again, 'verified']]);
});

test('a hint makes a live phone sync', async (t) => {
  const wei = await phone('wei');
  const stop = new AbortController();
  t.after(() => stop.abort());
  const running = wei.live(stop.signal);
  await eventually('the first sync', async () => (await wei.rows('part')).length > 0);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const visitId = await newVisit('wei');
  await eventually('the visit', async () => (await wei.row('visit', visitId)) !== undefined);
  stop.abort();
  await running;
});

/** A white picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC',
  'base64',
);

test('a phone that was enrolled in the technician\'s name is told until it was shown', async () => {
  const network = new Network();
  const storage = new MemoryStorage();
  const wei = await phone('wei', { storage, fetch: network.fetch });
  await wei.sync();
  await wei.newPhonesWereShown();
  let told = 0;
  wei.subscribe(() => told++);
  const other = await phone('wei');
  const { id } = (await storage.get<{ id: string }>('meta', 'device'))!;
  await other.sync();
  assert.ok((await other.newPhones()).some((one) => one.device_id === id), 'the new one is told of those before it');
  await wei.sync();
  const again = await Client.open({ server: cast.server, storage, fetch: network.fetch, retry: RETRY });
  const [one, ...more] = await again.newPhones();
  assert.deepEqual([one!.platform, one!.code_made_by, more.length, told], ['web', '陈梅', 0, 1], 'kept, and the app was told');
  await wei.sync();
  assert.equal((await wei.newPhones()).length, 1, 'until it was shown');
  network.online = false;
  await assert.rejects(wei.newPhonesWereShown(), Unreachable);
  assert.equal((await wei.newPhones()).length, 1);
  network.online = true;
  await wei.newPhonesWereShown();
  await wei.sync();
  assert.deepEqual(await wei.newPhones(), []);
});
