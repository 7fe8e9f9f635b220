/** What is no answer of the server writes nothing, and no odd answer to one item stops those behind it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, type Fetch, Refused, Unreachable, uuid7 } from '../../src/index.js';
import { meta } from '../../src/state.js';
import { RETRY, cast, desk, newVisit, phone } from './cast.js';
import { png } from './png.js';

const note = (client: Client, visitId: string, text: string) =>
  client.tap('note', visitId, { note_id: uuid7(), text });
const outcomes = (client: Client, ids: string[]) =>
  Promise.all(ids.map(async (one) => (await client.outcome(one))?.outcome));

/** While `on`, whatever asks for a path gets this answer. */
class Portal {
  on = false;
  constructor(
    readonly path: (path: string) => boolean,
    readonly status: number,
    readonly body: string | null,
  ) {}
  readonly fetch: Fetch = async (input, init) =>
    this.on && this.path(new URL(String(input)).pathname)
      ? new Response(this.body, { status: this.status, headers: { 'content-type': 'application/json' } })
      : fetch(input, init);
}

const FOREIGN = [
  '{}', '[]', 'null', '"x"', '5', 'true', '{"anchor":null,"last_seq":0}', '{"anchor":"x"}', '{"outcomes":"x"}',
  '{"status":"login","changes":[]}', '{"anchor":"x","last_seq":"1"}', '{"anchor":"x","last_seq":0.5}',
  '{"anchor":"x","last_seq":1,"outcomes":[{}]}', '{"anchor":"x","last_seq":0,"outcomes":"x"}',
  '{"anchor":"x","last_seq":0,"changes":{"a":1}}', '{"anchor":"x","last_seq":0,"scopes":{"a":1}}', '',
];

for (const body of FOREIGN) {
  test(`200 ${body} is no answer, and what is tapped behind it lands`, async () => {
    const portal = new Portal((path) => path === '/v1/sync', 200, body);
    const visitId = await newVisit('wei');
    const wei = await phone('wei', { fetch: portal.fetch });
    await wei.sync();
    const before = await note(wei, visitId, 'before');
    const anchor = await meta(wei.storage, 'anchor');
    portal.on = true;
    await assert.rejects(wei.sync(), Unreachable);
    assert.deepEqual(await meta(wei.storage, 'anchor'), anchor, 'nothing is written');
    const behind = await note(wei, visitId, 'behind');
    portal.on = false;
    await wei.sync();
    assert.deepEqual(await outcomes(wei, [before, behind]), ['applied', 'applied']);
  });
}

for (const status of [204, 302]) {
  test(`${status} is no answer of an exchange`, async () => {
    const portal = new Portal((path) => path === '/v1/sync', status, null);
    const wei = await phone('wei', { fetch: portal.fetch });
    portal.on = true;
    await assert.rejects(wei.sync(), Unreachable);
  });
}

for (const body of ['{}', '5', '{"challenge":7}']) {
  test(`${body} is no answer to who signs in`, async () => {
    const portal = new Portal((path) => path.startsWith('/v1/auth/'), 200, body);
    const wei = await phone('wei', { fetch: portal.fetch });
    await wei.sync();
    // The token was only in memory.
    const opened = await Client.open({ server: cast.server, storage: wei.storage, retry: RETRY, fetch: portal.fetch });
    portal.on = true;
    await assert.rejects(opened.sync(), Unreachable);
    portal.on = false;
    await opened.sync();
  });
}

for (const body of ['{"code":"sequence_gap"}', '{"code":"not_canonical","outcomes":"x"}', '{"code":5}', '[]', 'null']) {
  test(`a refusal ${body} loses nothing`, async () => {
    const portal = new Portal((path) => path === '/v1/sync', 422, body);
    const visitId = await newVisit('wei');
    const wei = await phone('wei', { fetch: portal.fetch });
    await wei.sync();
    const tap = await note(wei, visitId, 'kept');
    portal.on = true;
    await assert.rejects(wei.sync(), Refused);
    portal.on = false;
    await wei.sync();
    assert.deepEqual(await outcomes(wei, [tap]), ['applied']);
  });
}

for (const [asked, status, body] of [
  ['/upload', 200, '{}'], ['/upload', 200, '[]'], ['/upload', 200, 'null'], ['/upload', 204, null],
  ['/upload', 200, '{"state":"promised"}'], ['/upload', 200, '{"state":"promised","url":5,"headers":{}}'],
  ['/complete', 200, '{}'], ['/complete', 200, 'null'], ['/complete', 204, null],
  ['/complete', 200, '{"state":"promised"}'], ['/upload', 409, '{"code":"parts_missing"}'], ['/upload', 422, '[]'],
] as const) {
  test(`${status} ${body} to ${asked} of one photo stops no other`, async () => {
    let first = '';
    const portal = new Portal((path) => path.includes(first) && path.endsWith(asked), status, body);
    const visitId = await newVisit('wei');
    const wei = await phone('wei', { fetch: portal.fetch, retry: { ...RETRY, longest: 100 } });
    await wei.sync();
    const ids: string[] = [];
    for (const slot of ['before', 'after', 'fault']) ids.push(await wei.takePhoto(visitId, slot, png(), 'image/png'));
    await wei.sync();
    first = ids[0]!;
    portal.on = true;
    const done = new Map((await wei.uploadPhotos()).map((one) => [one.id, one]));
    assert.deepEqual(ids.slice(1).map((one) => done.get(one)?.state), ['verified', 'verified']);
    assert.notEqual(done.get(first)?.state, 'verified');
    assert.ok(done.get(first)?.bytes, 'its bytes stay');
    const seen = await desk<{ id: string; state: string }[]>('GET', `/v1/visits/${visitId}/photos`);
    assert.equal(seen.length, 3);
  });
}
