/** What can be sealed: this client says of every vector what the server says, with the same sentence. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Unfit, checkReport, checkSigning, checkStrokes, lineAmount, nextWhole, shows, totalsOf } from '../src/index.js';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/shapes.json', import.meta.url), 'utf8'));
type Answer = { fits: boolean; field?: string; sentence?: string };
type Case = Answer & { name: string; text: string };

async function answer(check: () => unknown): Promise<Answer> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { fits: false, field: error.field, sentence: error.message };
  }
  return { fits: true };
}

function said({ fits, field, sentence }: Answer): Answer {
  return fits ? { fits } : { fits, field: field!, sentence: sentence! };
}

test('reports', async () => {
  for (const one of vectors.reports as Case[]) {
    assert.deepEqual(await answer(() => checkReport(one.text)), said(one), one.name);
  }
  const long = vectors.too_long as Answer & { bytes: number };
  assert.deepEqual(await answer(() => checkReport('x'.repeat(long.bytes))), said(long));
});

test('amounts', () => {
  for (const { quantity_milli: milli, unit_price: price, amount, quantity } of vectors.amounts as Record<string, number>[]) {
    assert.equal(Number(lineAmount(milli!, price!)), amount);
    assert.equal(nextWhole(milli!), quantity);
  }
});

test('a total for each currency, and never a sum across', () => {
  const parts = [
    { quantity: 3, quantity_milli: 2500, unit_price: 45001, currency: 'CNY' },
    { quantity: 1, unit_price: 10000, currency: 'USD' },
    { quantity: 1, unit_price: 5000, currency: 'JPY', charged: false },
  ];
  const charges = [{ label: 'Travel', amount: 900, currency: 'USD' }];
  assert.deepEqual(totalsOf({ parts, charges }), [
    { amount: 112503, currency: 'CNY' },
    { amount: 10900, currency: 'USD' },
  ]);
});

test('strokes', async () => {
  for (const one of vectors.strokes as Case[]) {
    assert.deepEqual(await answer(() => checkStrokes(one.text)), said(one), one.name);
  }
});

test('signings', async () => {
  const shown = JSON.parse(vectors.shown as string);
  for (const one of vectors.signings) {
    assert.deepEqual(await answer(() => checkSigning(shown, one.body, one.strokes)), said(one), one.name);
  }
});

test('texts that show something and texts that do not', () => {
  for (const one of vectors.texts as { text: string; shows: boolean }[]) {
    assert.equal(shows(one.text), one.shows, JSON.stringify(one.text));
  }
});

test('50,000 points are taken, and one more is not', async () => {
  const points = Array.from({ length: 50_000 }, (_, at) => [at % 9, 1]);
  const text = JSON.stringify({ strokes: [points] });
  checkStrokes(text);
  const more = JSON.stringify({ strokes: [[...points, [1, 1]]] });
  assert.match((await answer(() => checkStrokes(more))).sentence!, /more than 50000 points/);
});

test('numbers that JSON.parse makes endless do not fit', async () => {
  for (const text of ['{"strokes":[[[1,2],[3,4]]],"pen":1e400}', '{"strokes":[[[1,1e400],[3,4]]]}']) {
    assert.equal((await answer(() => checkStrokes(text))).fits, false);
  }
});
