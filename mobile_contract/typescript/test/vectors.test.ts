/** The bytes that the contract fixes: canonical text, hashes, signatures, checksum. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { NotCanonical, base64url, canonical, checksum, keySigner, makeKey, sha256Hex, share, utf8, uuid7 } from '../src/index.js';

const vectors = JSON.parse(readFileSync(new URL('../../vectors.json', import.meta.url), 'utf8'));
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));

function verify(publicKey: string, text: string, signature: string): Promise<boolean> {
  return crypto.subtle
    .importKey('spki', bytes(publicKey), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
    .then((key) => crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, bytes(signature), utf8(text)));
}

test('the canonical text and its hash are the ones of the vectors', async () => {
  assert.equal(canonical(vectors.envelope), vectors.body);
  assert.equal(await sha256Hex(vectors.body), vectors.sha256);
});

test('the signature of the vectors verifies here, and ours has the same form', async () => {
  assert.ok(await verify(vectors.public_key, vectors.body, vectors.signature));
  const signer = keySigner(await makeKey());
  const signature = await signer.sign(vectors.body);
  assert.equal(bytes(signature).length, 64);
  assert.ok(await verify(await signer.publicKey(), vectors.body, signature));
  assert.equal(await verify(await signer.publicKey(), `${vectors.body} `, signature), false);
});

test('the private key cannot be exported', async () => {
  const pair = await makeKey();
  await assert.rejects(crypto.subtle.exportKey('pkcs8', pair.privateKey));
});

test('the checksum of the rows is the one of the vectors', async () => {
  const rows = vectors.rows as { collection: string; id: string; rev: number; hash: string }[];
  const shares = await Promise.all(rows.map((row) => share(row.collection, row.id, row.rev, row.hash)));
  assert.equal(checksum(shares), vectors.checksum);
  assert.equal(checksum(['ffffffffffffffff', '0000000000000002']), '0000000000000001');
});

test('what the contract has no place for is refused when it is tapped, not when it is sent', () => {
  for (const value of [1.5, NaN, 2 ** 53, new Date(), 'half \ud800', undefined, { a: [undefined] }, 1n]) {
    assert.throws(() => canonical(value), NotCanonical);
  }
  assert.equal(canonical({ b: 1, c: undefined, ä: '\u2028', 'a': [true, null] }), '{"a":[true,null],"b":1,"ä":"\u2028"}');
});

test('base64url has no padding', () => {
  assert.equal(base64url(new Uint8Array([251, 255])), '-_8');
});

test('ids sort in the order they were made', () => {
  const ids = Array.from({ length: 10_000 }, uuid7);
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
