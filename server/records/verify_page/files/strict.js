// Strict reading: one text for each value, so that no byte can change without being noticed. (As verify/strict.py.)

const HASH = /^[0-9a-f]{64}$/;
const encoder = new TextEncoder();

/** What a document of the wrong shape raises: the claim that meets it fails and says so. */
export class Malformed extends Error {}

export const utf8 = (text) => encoder.encode(text);
export const text = (bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
export const isHash = (value) => typeof value === 'string' && HASH.test(value);

/** The raw SHA-256 of bytes or of a text's UTF-8. */
export async function digest(data, algorithm = 'SHA-256') {
  return new Uint8Array(await crypto.subtle.digest(algorithm, typeof data === 'string' ? utf8(data) : data));
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function unhex(value) {
  if (!/^([0-9a-f]{2})*$/.test(value)) throw new Malformed('not lowercase hex');
  return Uint8Array.from(value.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export const sha256 = async (data) => hex(await digest(data));

export function join(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

/** The value of JSON text that is canonical (RFC 8785) and has whole numbers only. */
export function readCanonical(source) {
  const written = typeof source === 'string' ? source : text(source);
  const value = JSON.parse(written);
  if (write(value) !== written) throw new Malformed('not canonical: another order, spacing, escape or repeated name');
  return value;
}

function write(value) {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Malformed(`${value} is no whole number up to 2**53 - 1`);
    return Object.is(value, -0) ? '-0.' : String(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new Malformed('half a character');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((name) => `${write(name)}:${write(value[name])}`);
  return `{${members.join(',')}}`;
}

/** Whether two JSON values are equal; a member that is missing equals only another that is. */
export const equal = (one, other) =>
  one === undefined || other === undefined ? one === other : write(one) === write(other);

/** A member that must be there. */
export function need(value, ...path) {
  for (const name of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name))
      throw new Malformed(`no member ${name}`);
    value = value[name];
  }
  return value;
}

/** A member that may be missing, of a value that may be null. */
export function maybe(value, name) {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'object' || Array.isArray(value))
    throw new Malformed(`${name} of something that has no members`);
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

export function list(value) {
  if (!Array.isArray(value)) throw new Malformed('a list is missing');
  return value;
}

export function whole(value) {
  if (!Number.isSafeInteger(value)) throw new Malformed(`${JSON.stringify(value)} is no whole number`);
  return value;
}

export function string(value) {
  if (typeof value !== 'string') throw new Malformed('a text is missing');
  return value;
}

export function fromBase64(source) {
  const data = Uint8Array.from(atob(string(source)), (letter) => letter.charCodeAt(0));
  if (toBase64(data) !== source) throw new Malformed('not strict base64');
  return data;
}

export function fromBase64url(source) {
  if (/[+/=]/.test(string(source))) throw new Malformed('not strict base64url');
  const padded = source.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (source.length % 4)) % 4);
  return fromBase64(padded);
}

export const toBase64 = (data) => btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(''));

/** Whether base64url r and s (32 bytes each) is this P-256 key's ECDSA signature over SHA-256 of the data. */
export async function signedBy(key, data, signature) {
  const raw = fromBase64url(signature);
  if (raw.length !== 64) throw new Malformed('a signature is 64 bytes');
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, raw, data);
}

export const p256 = (spki) =>
  crypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
