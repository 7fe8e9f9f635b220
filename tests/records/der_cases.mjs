// Which of some encodings the page's strict reader of DER takes: a JSON list of hex in, a list of true and false out.
import { readFileSync } from 'node:fs';
import { readDer } from '../../server/records/verify_page/files/der.js';

const taken = (hex) => {
  try {
    readDer(new Uint8Array(Buffer.from(hex, 'hex')));
    return true;
  } catch {
    return false;
  }
};
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(process.argv[2], 'utf8')).map(taken)));
