/** What is committed in src/generated is what the contract says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { generate } from '../scripts/generate.js';

test('the generated types are fresh', async () => {
  for (const [name, text] of Object.entries(await generate())) {
    const committed = readFileSync(new URL(`../src/generated/${name}`, import.meta.url), 'utf8');
    assert.equal(committed, text, `src/generated/${name} is stale: run \`npm run generate\` and commit what it writes`);
  }
});
