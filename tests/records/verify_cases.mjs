// Runs the browser's verifier over a list of cases: a JSON file with paths and texts in, [id, ok, detail] per claim out.
import { readFileSync, writeFileSync } from 'node:fs';
import { verifyAnswer, verifyPdf, verifyRecord } from '../../server/records/verify_page/files/verdict.js';

const [, , source, target] = process.argv;
const bytes = (base64) => new Uint8Array(Buffer.from(base64, 'base64'));

async function claimsOf(item) {
  if (item.pdf) return verifyPdf(new Uint8Array(readFileSync(item.pdf)), item.keys);
  const photos = new Map(Object.entries(item.photos).map(([name, data]) => [name, bytes(data)]));
  const claims = await verifyRecord(bytes(item.record), JSON.parse(item.proof), item.strokes, item.keys, photos);
  return item.answer === null
    ? claims
    : [...claims, ...(await verifyAnswer(bytes(item.record), bytes(item.answer), item.keys))];
}

const results = [];
for (const line of readFileSync(source, 'utf8').split('\n').filter(Boolean)) {
  const claims = await claimsOf(JSON.parse(line));
  results.push(JSON.stringify(claims.map(({ id, ok, detail }) => [id, ok, detail])));
}
writeFileSync(target, results.join('\n'));
