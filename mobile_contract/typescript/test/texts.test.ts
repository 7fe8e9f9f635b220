/** Words of data: this client picks of every vector the text that the server picks, and marks what is another language's. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { faultText, lineAnswer, lineText, textFor } from '../src/index.js';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/texts.json', import.meta.url), 'utf8'));

test('the text in a language', () => {
  type Case = { name: string; texts: Record<string, string> | null; plain: string; locale: string; text: string; fallback: string | null };
  assert.ok(vectors.chosen.length > 20);
  for (const { name, texts, plain, locale, text, fallback } of vectors.chosen as Case[]) {
    assert.deepEqual(textFor(texts, plain, locale), { text, fallback }, `${name}: ${locale}`);
  }
});

test('a line of a report', () => {
  type Case = { row: any; member: string; locale: string; shown_as: string | null; line: object };
  for (const { row, member, locale, shown_as, line } of vectors.lines as Case[]) {
    assert.deepEqual(lineText(row, member, locale, shown_as ?? undefined), line);
  }
});

test('a fault word in a report', () => {
  type Case = { word: any; locale: string; fault: object };
  assert.equal(vectors.faults.length, 3);
  for (const { word, locale, fault } of vectors.faults as Case[]) assert.deepEqual(faultText(word, locale), fault);
});

test('an answer in a report', () => {
  for (const { kind, answer, shown } of vectors.answers) assert.equal(lineAnswer(kind, answer), shown, `${kind}: ${answer}`);
});
