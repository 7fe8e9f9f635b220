// Runs the browser's verifier over a folder of sealed PDFs and answers: {file: [[id, ok, detail], ...]} on standard output.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { verifyPdf } from '../../server/records/verify_page/files/verdict.js';

const [, , folder] = process.argv;
const read = (name) => new Uint8Array(readFileSync(join(folder, name)));
const keys = new TextDecoder().decode(read('server.pub'));
const said = {};
for (const name of readdirSync(folder).sort()) {
  const pdf = `${name.split('.')[0]}.pdf`;
  if (name === 'server.pub') continue;
  const answers = name.endsWith('.json') ? [read(name)] : [];
  const claims = await verifyPdf(read(pdf), keys, new Map(), answers);
  said[name] = claims.map(({ id, ok, detail }) => [id, ok, detail]);
}
process.stdout.write(JSON.stringify(said));
