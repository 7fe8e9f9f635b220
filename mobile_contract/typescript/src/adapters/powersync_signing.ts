// What a phone signs with, and how it signs in, for the PowerSync adapter: canonical JSON (RFC 8785), ECDSA P-256, UUIDv7.
import { whole } from '../retry.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The canonical text of a value (RFC 8785). Numbers must be integers that JSON keeps exactly. */
export function canonical(value: Json): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const object = value as { readonly [name: string]: Json };
  // `sort` orders by UTF-16 code units, as the RFC wants.
  const members = Object.keys(object).sort().map((name) => `${JSON.stringify(name)}:${canonical(object[name]!)}`);
  return `{${members.join(',')}}`;
}

/** SHA-256 of a text's UTF-8 bytes. */
export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

/** Lowercase hex. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A time-ordered id (RFC 9562 section 5.7). */
export function uuid7(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setBigUint64(0, (BigInt(Date.now()) << 16n) | 0x7000n | BigInt(((bytes[6]! & 15) << 8) | bytes[7]!));
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function base64url(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** A device key; the private half cannot be exported. Keep the pair in IndexedDB or in the system's key store. */
export async function makeKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
}

/** base64url of raw r||s over the text's UTF-8 bytes. */
export async function sign(key: CryptoKeyPair, text: string): Promise<string> {
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  return base64url(await crypto.subtle.sign(algorithm, key.privateKey, new TextEncoder().encode(text)));
}

/** What the adapter needs of an enrolled device. */
export interface Session {
  /** The server's address, without a slash at its end. */
  readonly endpoint: string;
  readonly deviceId: string;
  /** A fresh access token, after any time offline. */
  signIn(): Promise<string>;
  /** The device's signature over a text. */
  sign(text: string): Promise<string>;
}

async function post(call: typeof fetch, endpoint: string, path: string, body: unknown): Promise<Record<string, string>> {
  const response = await call(endpoint + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status >= 400) throw new Error(`${endpoint + path} answered ${response.status}: ${await response.text()}`);
  return (await (await whole('POST', path, response)).json()) as Record<string, string>;
}

/** Enrols a device with the one-time code that the dispatcher gave. Returns its id. */
export async function enrol(
  endpoint: string, key: CryptoKeyPair, code: string, label: string, platform = 'android', call: typeof fetch = fetch,
): Promise<string> {
  const spki = base64url(await crypto.subtle.exportKey('spki', key.publicKey));
  const body = { code, public_key: spki, label, platform, proof: await sign(key, code) };
  return (await post(call, endpoint, '/v1/devices', body)).device_id!;
}

/** A session of an enrolled device, which signs in by its key. */
export function deviceSession(endpoint: string, deviceId: string, key: CryptoKeyPair, call: typeof fetch = fetch): Session {
  return {
    endpoint,
    deviceId,
    sign: (text) => sign(key, text),
    async signIn() {
      const { challenge } = await post(call, endpoint, `/v1/auth/device/${deviceId}/challenge`, {});
      const proof = { challenge, signature: await sign(key, challenge!) };
      return (await post(call, endpoint, '/v1/auth/device', proof)).access_token!;
    },
  };
}
