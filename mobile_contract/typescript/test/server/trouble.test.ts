/** The client when a server, an older one, or something in between does not go along: no item stops those behind it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonical, Client, type Fetch, LIMITS, MemoryStorage, type Pending, Refused, Unreachable, sha256Hex, update, uuid7 } from '../../src/index.js';
import { meta, seqKey, writeMeta } from '../../src/state.js';
import { RETRY, assign, cast, desk, newVisit, phone } from './cast.js';
import { png } from './png.js';

type Sent = { body: string; attachment?: string };

/** Something between client and server: an answer for these operations, or null to let the request pass. */
function behind(answer: (operations: Sent[], bytes: number) => Response | null): Fetch {
  return async (input, init) => {
    if (new URL(String(input)).pathname === '/v1/sync' && typeof init?.body === 'string') {
      const operations = (JSON.parse(init.body) as { operations: Sent[] }).operations;
      const found = answer(operations, init.body.length);
      if (found) return found;
    }
    return fetch(input, init);
  };
}

function problem(status: number, code: string): Response {
  return new Response(JSON.stringify({ status, code, detail: 'no' }), { status });
}

const olderServer = behind((operations) =>
  operations.some((one) => one.body.includes('"quantity":0.5')) ? problem(422, 'not_canonical') : null,
);

const note = (client: Client, visitId: string, text: string) =>
  client.tap('note', visitId, { note_id: uuid7(), text });

/** What an older version let into its outbox: the last operation with another body or attachment, signed all the same. */
async function spoil(client: Client, change: { body?: object; attachment?: string }): Promise<string> {
  const one = (await client.pending()).at(-1)!;
  const signer = (await meta(client.storage, 'key'))!;
  const { keySigner } = await import('../../src/index.js');
  const envelope = JSON.parse(one.wire.body) as { body: object };
  // Canonical but for the fraction, which `canonical` would refuse: it takes the place of a number that it lets through.
  const text = canonical({ ...envelope, body: change.body ?? envelope.body }).replace('"quantity":12345', '"quantity":0.5');
  const wire = { body: text, signature: await keySigner(signer).sign(text), ...(change.attachment ? { attachment: change.attachment } : {}) };
  const head = { seq: one.seq, prev: await sha256Hex(text), id: one.id };
  const spoiled: Pending = { ...one, wire };
  await update(client.storage, async () => ({
    writes: [{ store: 'outbox', key: seqKey(one.seq), value: spoiled }, writeMeta('head', head)],
    result: null,
  }));
  return one.id;
}

const enrolAnew = async (client: Client, who = 'wei') => {
  const { code } = await desk('POST', `/v1/users/${cast.ids[who]}/enrolment-codes`);
  await client.enrol(code as string);
};

const outcomes = async (client: Client, taps: string[]) =>
  (await Promise.all(taps.map((one) => client.outcome(one)))).map((one) => one?.outcome);

test('one bad operation of an older version lets what came before land and what is new come down', async () => {
  const visitId = await newVisit('wei');
  const wei = await phone('wei', { fetch: olderServer });
  await wei.sync();
  const before: string[] = [];
  for (let number = 0; number < 5; number++) before.push(await note(wei, visitId, `before ${number}`));
  await note(wei, visitId, 'to be spoiled');
  const poison = await spoil(wei, { body: { part_used_id: uuid7(), part_id: uuid7(), quantity: 12345 } });
  const after = [await note(wei, visitId, 'after'), await note(wei, visitId, 'and after')];
  const later = await newVisit('wei');
  await assert.rejects(wei.sync(), (error) => error instanceof Refused && error.code === 'not_canonical');
  assert.deepEqual(await outcomes(wei, before), before.map(() => 'applied'));
  assert.deepEqual((await wei.pending()).map((one) => one.id), [poison, ...after]);
  assert.ok(await wei.row('visit', later), 'the refusal does not stop what comes down');

  await enrolAnew(wei);
  const left = await wei.outcome(poison);
  assert.deepEqual([left?.outcome, left?.code], ['refused', 'not_canonical']);
  assert.ok(left?.wire?.body.includes('0.5'), 'what it was is kept');
  await wei.sync();
  assert.deepEqual(await outcomes(wei, after), ['applied', 'applied']);
  assert.ok(await wei.isIntact());
});

test('an operation that is refused for ever is left behind by a phone that is enrolled anew without having synced', async () => {
  const visitId = await newVisit('wei');
  const superstitious = behind((some) => (some.some((one) => one.body.includes('thirteen')) ? problem(422, 'unlucky') : null));
  const wei = await phone('wei', { fetch: superstitious });
  await wei.sync();
  const [bad, good] = [await note(wei, visitId, 'thirteen'), await note(wei, visitId, 'fourteen')];
  await enrolAnew(wei);
  assert.equal((await wei.outcome(bad))?.code, 'unlucky');
  await wei.sync();
  assert.deepEqual(await outcomes(wei, [bad, good]), ['refused', 'applied']);
});

test('a batch that is too large for somebody in between goes in pieces', async () => {
  const visitId = await newVisit('wei');
  const page = '<html>413 Request Entity Too Large</html>';
  const fetch = behind((_, bytes) => (bytes > 4000 ? new Response(page, { status: 413 }) : null));
  const wei = await phone('wei', { fetch });
  await wei.sync();
  const taps: string[] = [];
  for (let number = 0; number < 12; number++) taps.push(await note(wei, visitId, 'x'.repeat(300)));
  await wei.sync();
  assert.deepEqual(await outcomes(wei, taps), taps.map(() => 'applied'));
});

test('an attachment that no server takes is left behind, and its operation lands', async () => {
  const visitId = await newVisit('wei');
  const tooLong = (one: Sent) => (one.attachment?.length ?? 0) > LIMITS.attachment_bytes;
  const wei = await phone('wei', { fetch: behind((some) => (some.some(tooLong) ? problem(400, 'malformed') : null)) });
  await wei.sync();
  await wei.tapAny('from tomorrow', visitId, { signature_id: uuid7() });
  const signed = await spoil(wei, { attachment: 'x'.repeat(LIMITS.attachment_bytes + 1) });
  const last = await note(wei, visitId, 'last');
  await wei.sync();
  assert.deepEqual(await outcomes(wei, [signed, last]), ['parked', 'applied']);
});

test('what is wrong with the whole request is held against no operation', async () => {
  const visitId = await newVisit('wei');
  let strict = false;
  const wei = await phone('wei', { fetch: behind(() => (strict ? problem(422, 'contract_too_old') : null)) });
  await wei.sync();
  const taps = [await note(wei, visitId, 'one'), await note(wei, visitId, 'two')];
  strict = true;
  await assert.rejects(wei.sync(), (error) => error instanceof Refused && error.code === 'contract_too_old');
  assert.equal(await meta(wei.storage, 'stopped'), undefined);
  strict = false;
  await wei.sync();
  assert.deepEqual(await outcomes(wei, taps), ['applied', 'applied']);
});

test('a forked phone that is enrolled anew takes along what has not landed and nothing else', async () => {
  const visitId = await newVisit('wei');
  const disk = new MemoryStorage();
  const wei = await phone('wei', { storage: disk });
  await wei.sync();
  const landed = await note(wei, visitId, 'landed, as the backup does not know yet');
  const backup = [await disk.list<Pending>('outbox'), await meta(disk, 'head')] as const;
  await note(wei, visitId, 'landed, and gone from the phone');
  await wei.sync();
  await update(disk, async () => ({
    writes: [
      ...backup[0].map((value) => ({ store: 'outbox' as const, key: seqKey(value.seq), value })),
      ...[1, 2].map((seq) => ({ store: 'sent' as const, key: seqKey(seq) })),
      { store: 'outcomes', key: landed },
      writeMeta('head', backup[1]),
    ],
    result: null,
  }));
  const taps = [await note(wei, visitId, 'tapped after the fork'), await note(wei, visitId, 'and another')];
  await assert.rejects(wei.sync(), (error) => error instanceof Refused && error.code === 'device_forked');
  assert.equal((await wei.outcome(landed))?.outcome, 'applied', 'what came before the fork is told');
  assert.deepEqual((await wei.pending()).map((one) => one.id), taps);
  await enrolAnew(wei);
  assert.deepEqual((await wei.pending()).map((one) => one.seq), [1, 2]);
  await wei.sync();
  assert.deepEqual(await outcomes(wei, taps), ['applied', 'applied']);
  const texts = (await wei.rows('note')).filter((row) => row.body.visit_id === visitId).map((row) => row.body.text);
  assert.equal(new Set(texts).size, 4);
  assert.equal(texts.length, 4, 'none twice');
});

test('a phone that is enrolled anew never does again what had landed unseen', async () => {
  const visitId = await newVisit('wei');
  let deaf = false;
  const lossy: Fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (!deaf || new URL(String(input)).pathname !== '/v1/sync') return answer;
    throw new TypeError('the reply was lost');
  };
  const wei = await phone('wei', { fetch: lossy, retry: { ...RETRY, attempts: 1 } });
  await wei.sync();
  const part = (await wei.rows('part'))[0]!.id;
  await wei.tap('part_used', visitId, { part_used_id: uuid7(), part_id: part, quantity: 2 });
  deaf = true;
  await assert.rejects(wei.sync(), Unreachable);
  deaf = false;
  await enrolAnew(wei);
  assert.deepEqual(await wei.pending(), []);
  await wei.sync();
  const used = (await wei.rows('part_used')).filter((row) => row.body.visit_id === visitId);
  assert.deepEqual(used.map((row) => row.body.quantity), [2]);
});

test('a phone that was revoked hands in its work and its photos, and then forgets every row', async () => {
  const visitId = await newVisit('anna');
  const anna = await phone('anna');
  await anna.sync();
  await anna.takePhoto(visitId, 'before', png(), 'image/png');
  await anna.sync();
  const tap = await note(anna, visitId, 'before I knew');
  await desk('POST', `/v1/devices/${(await meta(anna.storage, 'device'))!.id}/revoke`, undefined, 'root');
  await anna.sync();
  assert.ok(await anna.outcome(tap));
  assert.ok((await anna.rows('visit')).length > 0, 'a photo still waits');
  assert.deepEqual((await anna.uploadPhotos()).map((one) => one.state), ['verified']);
  assert.deepEqual([await anna.rows('visit'), await anna.rows('customer')], [[], []]);
});

test('the page of a hotel is not the server', async () => {
  let inHotel = false;
  const portal = '<html>Room number, please</html>';
  const wei = await phone('wei', { fetch: behind(() => (inHotel ? new Response(portal) : null)) });
  const visitId = await newVisit('wei');
  await wei.sync();
  const tap = await note(wei, visitId, 'kept');
  inHotel = true;
  await assert.rejects(wei.sync(), Unreachable);
  inHotel = false;
  await wei.sync();
  assert.equal((await wei.outcome(tap))?.outcome, 'applied');
});

test('a photo whose promise was parked holds up none, and is brought once the desk applied it', async () => {
  const [mine, other] = [await newVisit('wei'), await newVisit('anna')];
  const wei = await phone('wei');
  await wei.sync();
  await wei.takePhoto(mine, 'before', png(), 'image/png');
  const parked = await wei.takePhoto(other, 'before', png(), 'image/png');
  await wei.takePhoto(mine, 'after', png(), 'image/png');
  await wei.sync();
  const [first, second, third] = await wei.uploadPhotos();
  assert.deepEqual([first?.state, second?.state, third?.state], ['verified', 'refused', 'verified']);
  assert.deepEqual([second?.id, second?.code], [parked, 'not_found']);
  assert.match(second!.finding!, /not_found/);
  assert.deepEqual(await wei.uploadPhotos(), [], 'it is not asked for at every turn');

  const waiting = (await desk<Record<string, any>[]>('GET', '/v1/parked')).find((one) => one.visit_id === other)!;
  await assign(other, 'wei');
  await desk('POST', `/v1/parked/${waiting.id}`, { resolution: 'applied' });
  await wei.sync();
  assert.deepEqual((await wei.uploadPhotos()).map((one) => [one.id, one.state]), [[parked, 'verified']]);
});

test('a photo that the storage never answers for comes last the next time', async () => {
  const visitId = await newVisit('wei');
  const bad = png();
  const silent: Fetch = async (input, init) => {
    if (init?.method === 'PUT' && (init.body as Blob).size === bad.length) return new Response('', { status: 500 });
    return fetch(input, init);
  };
  const wei = await phone('wei', { fetch: silent, retry: { ...RETRY, attempts: 1 } });
  await wei.sync();
  await wei.takePhoto(visitId, 'before', bad, 'image/png');
  await wei.takePhoto(visitId, 'fault', png(bad.length), 'image/png');
  await wei.takePhoto(visitId, 'after', png(bad.length + 7), 'image/png');
  await wei.sync();
  await assert.rejects(wei.uploadPhotos(), Unreachable);
  const again = await wei.uploadPhotos();
  assert.deepEqual(again.map((one) => one.state), ['verified', 'waiting', 'waiting']);
});

test('a large photo goes in parts by itself, and after a kill only those go that had not arrived', { timeout: 60_000 }, async () => {
  const visitId = await newVisit('wei');
  const MB = 1024 * 1024;
  const puts: number[] = [];
  let dead = false;
  const watching: Fetch = async (input, init) => {
    if (init?.method === 'PUT' && puts.length === 1 && !dead) {
      dead = true;
      throw new TypeError('the phone is off');
    }
    if (init?.method === 'PUT') puts.push((init.body as Blob).size);
    return fetch(input, init);
  };
  const options = { fetch: watching, retry: { ...RETRY, attempts: 1, timeout: 50_000 } };
  const wei = await phone('wei', options);
  await wei.sync();
  const size = 17 * MB;
  await wei.takePhoto(visitId, 'before', png(size), 'image/png');
  await wei.sync();
  await assert.rejects(wei.uploadPhotos(), Unreachable);
  const again = await Client.open({ server: cast.server, storage: wei.storage, ...options });
  const [waiting] = await again.photoProgress(visitId);
  assert.deepEqual([waiting?.state, waiting?.sent, waiting?.size], ['waiting', 8 * MB, size]);
  assert.deepEqual((await again.uploadPhotos()).map((one) => one.state), ['verified']);
  assert.deepEqual(puts, [8 * MB, 8 * MB, MB]);
  const [verified] = await again.photoProgress(visitId);
  assert.deepEqual([verified?.state, verified?.sent], ['verified', size]);
});
