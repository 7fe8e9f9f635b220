// The keys that whoever verifies brings along: server.pub. (As verify/trusted.py.)
import { fromBase64, p256, sha256 } from './strict.js';

const PEM = /-----BEGIN PUBLIC KEY-----([\s\S]{1,1000}?)-----END PUBLIC KEY-----/g;
const LARGEST = 100_000;
const LOG = /^Log: ([^+\s]+)\+/gm;

/** Document keys by the hex SHA-256 of their SubjectPublicKeyInfo, log keys with their raw bytes, and the log's names. */
export async function readKeys(file) {
  const document = new Map();
  const log = [];
  if (file.length > LARGEST) throw new Error('the key file is too large');
  for (const [, body] of file.matchAll(PEM)) {
    const spki = fromBase64(body.replace(/\s+/g, ''));
    const key = await kindOf(spki);
    if (key.algorithm.name === 'Ed25519') log.push({ key, raw: spki.slice(-32) });
    else document.set(await sha256(spki), key);
  }
  if (!document.size || !log.length)
    throw new Error('the key file needs a P-256 key (documents) and an Ed25519 key (log), in PEM');
  return { document, log, origins: Array.from(file.matchAll(LOG), (found) => found[1]) };
}

async function kindOf(spki) {
  try {
    return await crypto.subtle.importKey('spki', spki, { name: 'Ed25519' }, true, ['verify']);
  } catch {
    return p256(spki);
  }
}
