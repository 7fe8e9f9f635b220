// Runs the page's verifier over one PDF and a key file: verify_pdf.mjs report.pdf server.pub; prints id, ok and detail of each claim.
import { readFile } from 'node:fs/promises';
import { verifyPdf } from '../../server/records/verify_page/files/verdict.js';

const [pdf, keys] = process.argv.slice(2);
const claims = await verifyPdf(new Uint8Array(await readFile(pdf)), await readFile(keys, 'utf8'));
process.stdout.write(JSON.stringify(claims.map(({ id, ok, detail }) => [id, ok, detail])));
