// Cryptographic Message Syntax (RFC 5652) as seals and time stamps have it: one signer, its certificate beside it.
import { context, expect, fixed, INTEGER, OCTETS, oid, readDer, SEQUENCE, SET } from './der.js';
import { digest, hex, join, Malformed, same, sha256, text } from './strict.js';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const [CONTENT_TYPE, MESSAGE_DIGEST] = ['1.2.840.113549.1.9.3', '1.2.840.113549.1.9.4'];
const [CERTIFICATE_V1, CERTIFICATE_V2] = ['1.2.840.113549.1.9.16.2.12', '1.2.840.113549.1.9.16.2.47'];
const HASHES = {
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};
/** Kinds of signature, each with the hash that its name says; the first of RSA leaves that to the digest's. */
const RSA = new Map([
  ['1.2.840.113549.1.1.1', null],
  ['1.2.840.113549.1.1.11', 'SHA-256'],
  ['1.2.840.113549.1.1.12', 'SHA-384'],
  ['1.2.840.113549.1.1.13', 'SHA-512'],
]);
const ECDSA = new Map([
  ['1.2.840.10045.4.3.2', 'SHA-256'],
  ['1.2.840.10045.4.3.3', 'SHA-384'],
  ['1.2.840.10045.4.3.4', 'SHA-512'],
]);
const CURVES = { '1.2.840.10045.3.1.7': ['P-256', 32], '1.3.132.0.34': ['P-384', 48] };

/** What a ContentInfo with SignedData says, taken apart and not yet checked. */
export function readSigned(der) {
  const [type, wrapped] = expect(readDer(der), SEQUENCE, 2);
  if (oid(type) !== SIGNED_DATA) throw new Malformed('not signed data');
  const [data] = expect(wrapped, context(0), 1);
  const [version, digests, content, certificates, ...rest] = expect(data, SEQUENCE);
  const signers = rest.at(-1);
  if (rest.length !== 1) throw new Malformed('another structure than was expected');
  const [signer] = expect(signers, SET, 1);
  const [signerVersion, sid, hash, attributes, algorithm, signature, unsigned, ...more] = expect(signer, SEQUENCE);
  if (more.length || sid?.tag !== SEQUENCE || signature?.tag !== OCTETS || (unsigned && unsigned.tag !== context(1)))
    throw new Malformed('another structure than was expected');
  return {
    version: number(version),
    signerVersion: number(signerVersion),
    digests: expect(digests, SET),
    content: expect(content, SEQUENCE),
    certificates: expect(certificates, context(0)).map(readCertificate),
    sid,
    hash: algorithmOf(hash),
    attributes: readAttributes(attributes, context(0)),
    signedBytes: join(Uint8Array.of(SET), attributes.whole.subarray(1)),
    algorithm: expect(algorithm, SEQUENCE)[0],
    signature: signature.content,
    unsigned: unsigned ? readAttributes(unsigned, context(1)) : new Map(),
  };
}

function number(node) {
  if (node?.tag !== INTEGER || node.content.length !== 1) throw new Malformed('a version is missing');
  return node.content[0];
}

/** The name of a hash algorithm whose parameters are absent or null. */
export function algorithmOf(node) {
  const [name, parameters, ...more] = expect(node, SEQUENCE);
  const known = HASHES[oid(name)];
  if (!known || more.length || (parameters && hex(parameters.whole) !== '0500'))
    throw new Malformed('another hash than SHA-2');
  return known;
}

function readAttributes(node, tag) {
  const found = new Map();
  for (const each of expect(node, tag)) {
    const [type, values] = expect(each, SEQUENCE, 2);
    if (found.has(oid(type))) throw new Malformed('an attribute stands there twice');
    found.set(oid(type), expect(values, SET, 1)[0]);
  }
  return found;
}

function readCertificate(node) {
  const [body] = expect(node, SEQUENCE, 3);
  const parts = expect(body, SEQUENCE);
  const [serial, , issuer, , subject, key] = parts[0].tag === context(0) ? parts.slice(1) : parts;
  return { der: node.whole, id: join(issuer.whole, serial.whole), key, subject: commonName(subject) };
}

function commonName(subject) {
  for (const set of expect(subject, SEQUENCE)) {
    for (const each of expect(set, SET)) {
      if (oid(each.parts[0]) === '2.5.4.3') return text(each.parts[1].content);
    }
  }
  return 'no name';
}

/** The certificate by which a CMS is rightly signed over content with this digest and of this type; says what is wrong. */
export async function checkSigned(signed, contentDigest, contentType) {
  const certificate = signed.certificates.find((each) => same(each.id, signed.sid.content));
  if (!certificate) throw new Malformed("the signer's certificate is not there");
  const problems = [];
  const [type, digested] = [signed.attributes.get(CONTENT_TYPE), signed.attributes.get(MESSAGE_DIGEST)];
  if (!type || oid(type) !== contentType) problems.push('type');
  if (!digested || digested.tag !== OCTETS || !same(digested.content, contentDigest)) problems.push('content');
  if (!(await names(signed.attributes, certificate)) || !(await verifies(certificate.key, signed)))
    problems.push('signature');
  return { certificate, problems };
}

/** Whether the signed attributes name this certificate by its hash (RFC 5035), so that another cannot be put in its place. */
async function names(attributes, certificate) {
  const second = attributes.get(CERTIFICATE_V2);
  const value = second ?? attributes.get(CERTIFICATE_V1);
  if (!value) return false;
  const id = expect(expect(value, SEQUENCE)[0], SEQUENCE)[0];
  const [first, hashed] = expect(id, SEQUENCE);
  if (first.tag === OCTETS) return same(first.content, await digest(certificate.der, second ? 'SHA-256' : 'SHA-1'));
  return same(hashed.content, await digest(certificate.der, algorithmOf(first)));
}

async function verifies(key, { algorithm, hash, signature, signedBytes }) {
  const name = oid(algorithm);
  if ((RSA.get(name) ?? ECDSA.get(name) ?? hash) !== hash) return false;
  if (RSA.has(name)) {
    const kind = { name: 'RSASSA-PKCS1-v1_5', hash };
    const imported = await crypto.subtle.importKey('spki', key.whole, kind, false, ['verify']);
    return crypto.subtle.verify(kind, imported, signature, signedBytes);
  }
  if (!ECDSA.has(name)) throw new Malformed('a kind of signature that is not known here');
  const [curve, size] = CURVES[oid(expect(expect(key, SEQUENCE)[0], SEQUENCE)[1])] ?? [];
  if (!curve) throw new Malformed('a curve that is not known here');
  const imported = await crypto.subtle.importKey('spki', key.whole, { name: 'ECDSA', namedCurve: curve }, false, [
    'verify',
  ]);
  const [r, s] = expect(readDer(signature), SEQUENCE, 2);
  return crypto.subtle.verify({ name: 'ECDSA', hash }, imported, join(fixed(r, size), fixed(s, size)), signedBytes);
}

/** How a key file names this certificate's key. */
export const keyName = (certificate) => sha256(certificate.key.whole);
