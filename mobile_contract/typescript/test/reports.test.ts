/** Reports, strokes and signatures are built byte for byte as the reference phone builds them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  type Client,
  type Decided,
  MemoryStorage,
  type Said,
  Unfit,
  type Write,
  makeReport,
  signBody,
  strokesText,
  update,
} from '../src/index.js';
import { seqKey } from '../src/state.js';
import { enrolled } from './phones.js';

interface Case {
  name: string;
  rows: Record<string, { id: string }[]>;
  outbox: { id: string; seq: number; kind: string; subject: { id: string } }[];
  photos: { id: string }[];
  outcomes: Record<string, string>;
  visit_id: string;
  said: Said;
  signing: (Omit<Decided, 'strokes'> & { pad: { lines: number[][][]; width: number; height: number } | null }) | null;
  answer: unknown;
}

const { cases } = JSON.parse(readFileSync(new URL('../../vectors/reports.json', import.meta.url), 'utf8')) as { cases: Case[] };
const SIGNATURE = '0192f6a0-0000-7000-8000-0000000000e2';

/** A phone in the state of a case. */
async function phoneWith({ rows, outbox, photos, outcomes }: Case): Promise<Client> {
  const storage = new MemoryStorage();
  const phone = await enrolled(storage);
  const held = Object.entries(rows).flatMap(([collection, bodies]) =>
    bodies.map((body): Write => {
      const value = { collection, id: body.id, scope: 's', rev: 1, hash: '', body, taken_away: false, at: 1, share: '0' };
      return { store: 'rows', key: `${collection}/${body.id}/s`, value };
    }),
  );
  const unsent = outbox.map((one): Write => {
    const value = { seq: one.seq, id: one.id, kind: one.kind, visit_id: one.subject.id, wire: { body: JSON.stringify(one) } };
    return { store: 'outbox', key: seqKey(one.seq), value };
  });
  const taken = photos.map((one): Write => ({ store: 'photos', key: one.id, value: { bytes: null, finding: null, ...one } }));
  const said = Object.entries(outcomes).map(([key, outcome]): Write => ({ store: 'outcomes', key, value: { outcome } }));
  await update(storage, async () => ({ writes: [...held, ...unsent, ...taken, ...said], result: null }));
  return phone;
}

async function answer(one: Case): Promise<unknown> {
  try {
    const report = await makeReport(await phoneWith(one), one.visit_id, one.said);
    if (!one.signing) return { report };
    const { pad, ...decided } = one.signing;
    const strokes = pad ? strokesText(pad.lines, pad.width, pad.height) : null;
    return { report, sign: await signBody(report, { ...decided, strokes, signature_id: SIGNATURE }), strokes };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { field: error.field, sentence: error.message };
  }
}

for (const one of cases) test(one.name, async () => assert.deepEqual(await answer(one), one.answer));

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
