// Cryptographic Message Syntax (RFC 5652) as seals and time stamps have it: one signer, its certificate beside it. (As
// verify/cms.py, rule for rule.)
import { context, expect, fixed, INTEGER, NULL, OCTETS, oid, ordered, readDer, SEQUENCE, SET } from './der.js';
import { digest, join, Malformed, same, sha256 } from './strict.js';

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
const [PSS, MGF1] = ['1.2.840.113549.1.1.10', '1.2.840.113549.1.1.8'];
const ECDSA = new Map([
  ['1.2.840.10045.4.3.2', 'SHA-256'],
  ['1.2.840.10045.4.3.3', 'SHA-384'],
  ['1.2.840.10045.4.3.4', 'SHA-512'],
]);
const CURVES = {
  '1.2.840.10045.3.1.7': ['P-256', 32],
  '1.3.132.0.34': ['P-384', 48],
  '1.3.132.0.35': ['P-521', 66],
};
const OTHER = 'another structure than was expected';

/** What a ContentInfo with SignedData says, taken apart and not yet checked. */
export function readSigned(container) {
  const [type, wrapped] = expect(container, SEQUENCE, 2);
  if (oid(type) !== SIGNED_DATA) throw new Malformed('not signed data');
  const [data] = expect(wrapped, context(0), 1);
  const [version, digests, content, certificates, ...rest] = expect(data, SEQUENCE);
  if (!(rest.length === 1 || (rest.length === 2 && rest[0].tag === context(1)))) throw new Malformed(OTHER);
  const [signer] = expect(rest.at(-1), SET, 1);
  const [signerVersion, sid, hash, attributes, algorithm, signature, ...more] = expect(signer, SEQUENCE);
  const tags = [version, digests, signerVersion, sid, signature, attributes].map((each) => each?.tag);
  const known = [INTEGER, SET, INTEGER, SEQUENCE, OCTETS, context(0)];
  if (more.length > 1 || !known.every((tag, at) => tags[at] === tag)) throw new Malformed(OTHER);
  if (![certificates, attributes, ...more].every((each) => ordered(each.parts)))
    throw new Malformed('a set that is not in order');
  return {
    content: expect(content, SEQUENCE),
    certificates: expect(certificates, context(0)).map(readCertificate),
    sid,
    hash: hashOf(hash),
    attributes,
    algorithm,
    signature: signature.content,
    unsigned: more[0] ?? null,
  };
}

/** The hash of an algorithm's name whose parameters are absent or null. */
export function hashOf(node) {
  const [name, ...parameters] = expect(node, SEQUENCE);
  const known = HASHES[oid(name)];
  if (!known || !areNone(parameters)) throw new Malformed('another hash than SHA-2');
  return known;
}

const areNone = (parameters) => parameters.length === 0 || (parameters.length === 1 && parameters[0].tag === NULL);

/** The single value of each attribute, by its name. */
export function attributesOf(node, tag) {
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
  if (!key) throw new Malformed(OTHER);
  return {
    der: node.whole,
    name: join(issuer.whole, serial.whole),
    key: key.whole,
    spki: key,
    subject: commonName(subject),
  };
}

function commonName(subject) {
  for (const set of expect(subject, SEQUENCE)) {
    for (const each of expect(set, SET)) {
      const [type, value] = expect(each, SEQUENCE, 2);
      if (oid(type) === '2.5.4.3') return new TextDecoder('utf-8', { ignoreBOM: true }).decode(value.content);
    }
  }
  return 'no name';
}

/** The certificate that the signer is named by. */
export function signerOf(signed) {
  const certificate = signed.certificates.find((each) => same(each.name, signed.sid.content));
  if (!certificate) throw new Malformed("the signer's certificate is not there");
  return certificate;
}

/** What is wrong with a signature over content with this digest and of this kind: `type`, `content`, `signature`. */
export async function faults(signed, certificate, contentDigest, kind) {
  const attributes = attributesOf(signed.attributes, context(0));
  const found = new Set();
  const [type, digested] = [attributes.get(CONTENT_TYPE), attributes.get(MESSAGE_DIGEST)];
  if (!type || oid(type) !== kind) found.add('type');
  if (!digested || digested.tag !== OCTETS || !same(digested.content, contentDigest)) found.add('content');
  if (!(await names(attributes, certificate)) || !(await verifies(certificate.spki, signed))) found.add('signature');
  return found;
}

/** Whether the signed attributes name this certificate by its hash (RFC 5035), so that another cannot be put in its place. */
async function names(attributes, certificate) {
  const second = attributes.get(CERTIFICATE_V2);
  const value = second ?? attributes.get(CERTIFICATE_V1);
  if (!value) return false;
  const id = expect(expect(value, SEQUENCE)[0], SEQUENCE)[0];
  const [first, hashed] = expect(id, SEQUENCE);
  if (first.tag === OCTETS) return same(first.content, await digest(certificate.der, second ? 'SHA-256' : 'SHA-1'));
  return same(hashed.content, await digest(certificate.der, hashOf(first)));
}

async function verifies(key, { algorithm, hash, signature, attributes }) {
  const signedBytes = join(Uint8Array.of(SET), attributes.whole.subarray(1));
  const [kind, ...parameters] = expect(algorithm, SEQUENCE);
  const name = oid(kind);
  if (name !== PSS && !areNone(parameters)) throw new Malformed('parameters of a signature that are not known here');
  if ((RSA.get(name) ?? ECDSA.get(name) ?? hash) !== hash) return false;
  if (ECDSA.has(name)) {
    const [curve, size] = CURVES[oid(expect(expect(key, SEQUENCE)[0], SEQUENCE)[1])] ?? [];
    if (!curve) throw new Malformed('a curve that is not known here');
    const imported = await imports(key, { name: 'ECDSA', namedCurve: curve });
    const [r, s] = expect(readDer(signature), SEQUENCE, 2);
    return crypto.subtle.verify({ name: 'ECDSA', hash }, imported, join(fixed(r, size), fixed(s, size)), signedBytes);
  }
  if (!RSA.has(name) && name !== PSS) throw new Malformed('a kind of signature that is not known here');
  const kindOfRsa = name === PSS ? { name: 'RSA-PSS', saltLength: saltOf(parameters, hash) } : 'RSASSA-PKCS1-v1_5';
  const imported = await imports(key, { name: kindOfRsa.name ?? kindOfRsa, hash });
  return crypto.subtle.verify(kindOfRsa, imported, signature, signedBytes);
}

const imports = (key, kind) => crypto.subtle.importKey('spki', key.whole, kind, false, ['verify']);

/** RSASSA-PSS (RFC 4055) with one hash throughout, given in full, as its default is SHA-1. */
function saltOf(parameters, hash) {
  const [hashed, mask, salt, ...more] = expect(parameters.length === 1 ? parameters[0] : null, SEQUENCE);
  const [name, maskedBy] = expect(expect(mask, context(1), 1)[0], SEQUENCE, 2);
  const [length] = expect(salt, context(2), 1);
  const all = [hashOf(expect(hashed, context(0), 1)[0]), hashOf(maskedBy)].every((each) => each === hash);
  if (more.length || !all || oid(name) !== MGF1 || length.tag !== INTEGER || length.content.length !== 1)
    throw new Malformed('parameters of a signature that are not known here');
  return length.content[0];
}

/** How a key file names this certificate's key. */
export const keyName = (certificate) => sha256(certificate.key);
