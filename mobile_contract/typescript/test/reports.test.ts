/** Reports, strokes and signatures are built byte for byte as the reference phone builds them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  type Client,
  type Decided,
  type MadeReport,
  MemoryStorage,
  type PhotoLine,
  type Said,
  type Tapped,
  Unfit,
  type Write,
  makeReport,
  reportOf,
  signBody,
  strokesText,
  update,
} from '../src/index.js';
import { seqKey, writeMeta } from '../src/state.js';
import { enrolled } from './phones.js';

interface Case {
  name: string;
  visit_id: string;
  who: string;
  rows: Record<string, { id: string }[]>;
  taps: Tapped[];
  photos: PhotoLine[];
  said: Said & { report_id: string; at: number };
  signing: (Omit<Decided, 'strokes'> & { pad: { lines: number[][][]; width: number; height: number } | null }) | null;
  answer: unknown;
}

const { cases } = JSON.parse(readFileSync(new URL('../../vectors/reports.json', import.meta.url), 'utf8')) as { cases: Case[] };
const SIGNATURE = '0192f6a0-0000-7000-8000-0000000000e2';

/** A phone that holds what a case has. */
async function phoneWith({ who, visit_id, rows, taps, photos }: Case): Promise<Client> {
  const storage = new MemoryStorage();
  const phone = await enrolled(storage);
  const held = Object.entries(rows).flatMap(([collection, bodies]) =>
    bodies.map((body): Write => {
      const value = { collection, id: body.id, scope: 's', rev: 1, hash: '', body, taken_away: false, at: 1, share: '0' };
      return { store: 'rows', key: `${collection}/${body.id}/s`, value };
    }),
  );
  const unsent = taps.map(({ kind, subject, body, at }, place): Write => {
    const envelope = { kind, subject: { type: 'visit', id: subject }, body, clock: { wall: at } };
    const value = { seq: place + 1, id: `${place}`, kind, visit_id: subject, wire: { body: JSON.stringify(envelope) } };
    return { store: 'outbox', key: seqKey(place + 1), value };
  });
  const taken = [...photos].map(({ photo_id: id, ...line }): Write => {
    return { store: 'photos', key: id, value: { id, visit_id, ...line, bytes: null, finding: null, state: 'waiting' } };
  });
  const device = writeMeta('device', { id: who, userId: who });
  await update(storage, async () => ({ writes: [device, ...held, ...unsent, ...taken], result: null }));
  return phone;
}

async function answer(one: Case, make: (one: Case) => Promise<MadeReport>): Promise<unknown> {
  try {
    const report = await make(one);
    if (!one.signing) return { report };
    const { pad, ...decided } = one.signing;
    const strokes = pad ? strokesText(pad.lines, pad.width, pad.height) : null;
    return { report, sign: await signBody(report, { ...decided, strokes, signature_id: SIGNATURE }), strokes };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { field: error.field, sentence: error.message };
  }
}

for (const one of cases) {
  test(one.name, async () => {
    const before = structuredClone(one);
    assert.deepEqual(await answer(one, () => reportOf(one, one.visit_id, one.said)), one.answer);
    assert.deepEqual(one, before, 'what is held stays as it is');
    const phone = await phoneWith(one);
    const { rows } = phone;
    phone.rows = (collection) => (collection === 'consent_text' ? rows.call(phone, collection) : assert.fail('a collection was read whole')) as never;
    assert.deepEqual(await answer(one, () => makeReport(phone, one.visit_id, one.said)), one.answer, 'of what a phone holds');
  });
}

test('what was built is taken by `tap` as it is, and bound together', async () => {
  const one = cases.find(({ name }) => name === 'nothing but work')!;
  const phone = await phoneWith(one);
  const report = await makeReport(phone, one.visit_id, one.said);
  const strokes = strokesText([[[1, 2], [30, 40]]], 100, 100);
  await phone.tap('report', one.visit_id, report);
  const sign = await signBody(report, { outcome: 'signed', strokes, signer: { name: 'Wang Fang', role: '', contact: '' } });
  await phone.tap('sign', one.visit_id, sign, { attachment: strokes });
  assert.deepEqual((await phone.pending()).map((tap) => tap.kind), ['report', 'sign']);
  assert.notEqual((await makeReport(phone, one.visit_id, { ...one.said, report_id: undefined } as never)).report_id, report.report_id);
});

test('a number that is none is refused before anybody signs', () => {
  for (const bad of [NaN, Infinity]) assert.throws(() => strokesText([[[1, 2], [bad, 4]]], 100, 100), Unfit);
  assert.throws(() => strokesText([[[1, 2], [3, 4]]], NaN, 100), Unfit);
});
