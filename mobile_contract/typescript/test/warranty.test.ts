/** Warranty: of every vector this client says what the server says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { warrantyOf, type WarrantyStanding } from '../src/index.js';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/warranty.json', import.meta.url), 'utf8'));

test('where a warranty stands', () => {
  type Case = { name: string; asset: any; product: any; job: any; site: any; warranty: WarrantyStanding };
  assert.ok(vectors.cases.length >= 12);
  for (const { name, asset, product, job, site, warranty } of vectors.cases as Case[]) {
    assert.deepEqual(warrantyOf(asset, product, job, site), warranty, name);
  }
});
