/** What no server takes is refused when it is tapped, and nothing of it is kept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newOperation } from '../src/adapters/operation.js';
import { Client, LIMITS, MemoryStorage, NotSendable, keySigner, makeKey, update, utf8, uuid7 } from '../src/index.js';
import { chainAnew } from '../src/outbox.js';
import { writeMeta } from '../src/state.js';

const VISIT = uuid7();

async function enrolled(): Promise<Client> {
  const storage = new MemoryStorage();
  await update(storage, async () => ({ writes: [writeMeta('device', { id: uuid7(), userId: uuid7() })], result: null }));
  return Client.open({ server: 'http://127.0.0.1:9', storage, signer: keySigner(await makeKey()) });
}

function nested(levels: number): unknown {
  return levels === 0 ? 1 : [nested(levels - 1)];
}

const REFUSED: [string, object, RegExp, string][] = [
  ['a fraction', { fixes: [{ lat: 31 }, { lat: 31.2 }] }, /body\.fixes\.1\.lat is 31\.2/, 'not_canonical'],
  ['no number', { at: NaN }, /body\.at is NaN/, 'not_canonical'],
  ['a number that JSON does not keep', { amount: 2 ** 53 }, /body\.amount/, 'not_canonical'],
  ['half a character', { text: 'half \ud83d of it' }, /body\.text holds half/, 'not_canonical'],
  ['a list', ['a', 'list'], /object with named fields/, 'not_canonical'],
  ['a date', { when: new Date() }, /body\.when is no plain object/, 'not_canonical'],
  ['what is nested too deeply', { deep: nested(LIMITS.depth) }, /nested too deeply/, 'not_canonical'],
  ['a text too large in bytes', { text: '机'.repeat(LIMITS.kind_bytes / 3) }, /64000 can be sent/, 'too_large'],
];

for (const [what, body, named, code] of REFUSED) {
  test(`${what} is refused at the tap and named`, async () => {
    const phone = await enrolled();
    const version = await phone.storage.version();
    const said = (error: unknown) => error instanceof NotSendable && error.code === code && named.test(error.message);
    await assert.rejects(phone.tapAny('note', VISIT, body), said);
    await assert.rejects(newOperation(phone, 'note', VISIT, body as never), said);
    assert.equal(await phone.storage.version(), version, 'nothing is in the outbox, and the chain has not moved');
  });
}

test('a check-in and a report may be larger than other kinds, and what was signed before still goes to another device', async () => {
  const phone = await enrolled();
  const text = 'x'.repeat(LIMITS.kind_bytes);
  for (const kind of ['check_in', 'from tomorrow']) {
    const tapped = phone.tapAny(kind, VISIT, { text });
    if (kind === 'check_in') await tapped;
    else await assert.rejects(tapped, /64000 can be sent/);
  }
  await assert.rejects(phone.tapAny('check_in', VISIT, { text: 'x'.repeat(LIMITS.operation_bytes) }), /1000000 can be sent/);
  const [one] = await phone.pending();
  const note = { ...one!, wire: { ...one!.wire, body: one!.wire.body.replace('"kind":"check_in"', '"kind":"note"') } };
  const writes = await chainAnew(keySigner(await makeKey()), uuid7(), [note], undefined, 0);
  assert.deepEqual(writes.map(({ store }) => store), ['outbox', 'outbox', 'meta'], 'nothing is left behind');
});

test('an operation of no kind, about nothing or with an id that is none is refused', async () => {
  const phone = await enrolled();
  for (const [kind, visit, id] of [['', VISIT], ['k'.repeat(41), VISIT], ['note', 'the cellar'], ['note', VISIT, '1']]) {
    await assert.rejects(phone.tapAny(kind!, visit!, {}, id ? { id } : {}), NotSendable);
  }
  assert.deepEqual(await phone.pending(), []);
});

test('an attachment that is too large in bytes, or no text, is refused', async () => {
  const phone = await enrolled();
  const most = LIMITS.attachment_bytes;
  for (const attachment of ['x'.repeat(most + 1), '墨'.repeat(Math.floor(most / 3) + 1), '\ud800']) {
    await assert.rejects(phone.tapAny('from tomorrow', VISIT, {}, { attachment }), NotSendable);
    await assert.rejects(newOperation(phone, 'note', VISIT, {} as never, attachment), NotSendable);
  }
  assert.deepEqual(await phone.pending(), []);
  await phone.tapAny('from tomorrow', VISIT, {}, { attachment: 'x'.repeat(most) });
});

test('a phone whose wall clock is beyond all numbers can still tap', async () => {
  const phone = await enrolled();
  const clock = { wall: () => 1e17, monotonic: () => 1, bootId: 'b', sleeps: true };
  const late = await Client.open({ server: 'http://127.0.0.1:9', storage: phone.storage, signer: keySigner(await makeKey()), clock });
  await late.tapAny('accept', VISIT, {});
  assert.match((await late.pending())[0]!.wire.body, /"wall":9007199254740991/);
});

test('the largest operation fits one request, however much of it has to be escaped', async () => {
  const phone = await enrolled();
  const room = LIMITS.operation_bytes - 600;
  const attachment = '\u0001'.repeat(LIMITS.attachment_bytes);
  await phone.tapAny('check_in', VISIT, { text: '"'.repeat(room / 2) }, { attachment });
  const [one] = await phone.pending();
  const bytes = utf8(JSON.stringify({ contract_version: 1, operations: [one!.wire], cursor: 'c'.repeat(4096) })).length;
  assert.ok(bytes > 4_900_000 && bytes < LIMITS.request_bytes, String(bytes));
});

test('a photo that nobody takes leaves neither promise nor bytes, and the name of a type is sent as it is', async () => {
  const phone = await enrolled();
  await assert.rejects(phone.takePhoto(VISIT, 'before', new Uint8Array(0)), NotSendable);
  await assert.rejects(phone.takePhoto('no visit', 'before', new Uint8Array(1)), NotSendable);
  assert.deepEqual([await phone.pending(), await phone.storage.list('photos')], [[], []]);
  await phone.takePhoto(VISIT, 'before', new Uint8Array(1), 'image/jpg');
  assert.match((await phone.pending())[0]!.wire.body, /"content_type":"image\/jpg"/);
});

test('an id that every server parks is refused', async () => {
  const phone = await enrolled();
  for (const visit of [VISIT.toUpperCase(), VISIT.replaceAll('-', ''), `{${VISIT}}`, `urn:uuid:${VISIT}`]) {
    const tapped = phone.tap('note', visit, { note_id: uuid7(), text: 'x' });
    await assert.rejects(tapped, (error) => error instanceof NotSendable && /small letters with hyphens/.test(error.message));
  }
  assert.deepEqual(await phone.pending(), []);
});
