/** Where a visit stands, and what a phone shows before its taps are sent: this client says of every vector what the server says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Tapped, moved, projected } from '../src/index.js';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/visits.json', import.meta.url), 'utf8'));

test('moves', () => {
  type Case = { visit: string; own: string; mate: string | null; tap: string; after: [string, string] | null };
  for (const { visit, own, mate, tap, after } of vectors.moves as Case[]) {
    const crew = new Map([['me', own], ...(mate ? [['mate', mate] as const] : [])]);
    const step = moved(visit, crew, 'me', tap);
    assert.deepEqual(step && [step.member, step.visit], after, `${own}, ${mate}: ${tap}`);
  }
});

test('projections', () => {
  type Case = { name: string; who: string; rows: any; taps: Tapped[]; projected: object; refused: number[] };
  for (const { name, who, rows, taps, projected: after, refused } of vectors.projections as Case[]) {
    const before = structuredClone(rows);
    assert.deepEqual(projected(rows, taps, who), { rows: after, refused }, name);
    assert.deepEqual(rows, before, `${name}: what is held stays as it is`);
  }
});
