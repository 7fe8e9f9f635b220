/** Report and signature against the real server: what is tapped is sealed, what could not be is refused at the tap. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, Unfit, canonical, sha256Hex, uuid7 } from '../../src/index.js';
import { newVisit, phone } from './cast.js';

const STROKES = '{"width":400,"height":200,"strokes":[[[54.4,10.9,0,500],[60.25,31.5,8.5,512]]]}';
const TEXT = 'I confirm the work.';

async function report(visitId: string, more: object = {}) {
  const value = {
    type: 'fieldproof/report/v1',
    report_id: uuid7(),
    amends: null,
    locale: 'en',
    visit: { id: visitId },
    parts: [{ name: 'Fan', quantity: 2, unit_price: 45000, currency: 'EUR', charged: true }],
    total: { amount: 90000, currency: 'EUR' },
    consent: { id: 'c1', sha256: await sha256Hex(TEXT), text: TEXT },
    ...more,
  };
  return { report_id: value.report_id, locale: 'en' as const, canonical: canonical(value), amends_id: null };
}

async function signed(shown: { report_id: string; canonical: string }, strokes = STROKES) {
  return {
    signature_id: uuid7(),
    report_id: shown.report_id,
    outcome: 'signed' as const,
    shown_sha256: await sha256Hex(shown.canonical),
    consent: { id: 'c1', sha256: await sha256Hex(TEXT), locale: 'en' },
    strokes_sha256: await sha256Hex(strokes),
    signer: { name: 'Wang Fang' },
  };
}

async function begun(): Promise<[Client, string]> {
  const visitId = await newVisit('wei');
  const wei = await phone('wei');
  await wei.sync();
  await wei.tap('start', visitId, {});
  return [wei, visitId];
}

test('a report and its signature, with the fractions of a touch screen, are applied', async () => {
  const [wei, visitId] = await begun();
  const shown = await report(visitId);
  const taps = [
    await wei.tap('report', visitId, shown),
    await wei.tap('sign', visitId, await signed(shown), { attachment: STROKES }),
  ];
  await wei.sync();
  for (const tap of taps) assert.deepEqual((await wei.outcome(tap))?.outcome, 'applied');
});

test('what could not be sealed is refused at the tap and never enters the chain', async () => {
  const [wei, visitId] = await begun();
  const before = (await wei.pending()).length;
  const odd = await report(visitId, { total: { amount: 1, currency: 'EUR' } });
  await assert.rejects(wei.tap('report', visitId, odd), (error: Unfit) => error.field === 'total.amount');
  const shown = await report(visitId);
  await wei.tap('report', visitId, shown);
  const dot = '{"strokes":[[[5,5]]]}';
  await assert.rejects(wei.tap('sign', visitId, await signed(shown, dot), { attachment: dot }), Unfit);
  const other = { ...(await signed(shown)), consent: { id: 'c1', sha256: await sha256Hex('else'), locale: 'en' } };
  await assert.rejects(
    wei.tap('sign', visitId, other, { attachment: STROKES }),
    (error: Unfit) => error.field === 'consent.sha256',
  );
  assert.equal((await wei.pending()).length, before + 1);
});

test('a report has one decision, and the same tap twice is still one', async () => {
  const [wei, visitId] = await begun();
  const shown = await report(visitId);
  await wei.tap('report', visitId, shown);
  const { strokes_sha256: _, signer: __, ...rest } = await signed(shown);
  const refused = { ...rest, outcome: 'refused' as const, reason: 'too dear' };
  const id = await wei.tap('sign', visitId, refused);
  await wei.tap('sign', visitId, refused, { id });
  const again = async () => wei.tap('sign', visitId, await signed(shown), { attachment: STROKES });
  await assert.rejects(again(), (error: Unfit) => error.field === 'report_id');
  await wei.sync();
  await assert.rejects(again(), (error: Unfit) => error.field === 'report_id', 'also when it was sent');
  const anew = await report(visitId, { amends: shown.report_id });
  await wei.tap('report', visitId, { ...anew, amends_id: shown.report_id });
  const signing = await wei.tap('sign', visitId, await signed(anew), { attachment: STROKES });
  await wei.sync();
  assert.equal((await wei.outcome(signing))?.outcome, 'applied');
});
