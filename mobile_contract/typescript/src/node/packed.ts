/** Values as bytes, as the structured clone algorithm copies them; a pair of CryptoKeys, which it cannot, by its key in JWK. */
import { deserialize, serialize } from 'node:v8';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };

interface PackedKey {
  jwk: JsonWebKey;
}
type Packed = { value: unknown } | PackedKey;

/** The bytes of a value. Throws WebCrypto's error for a key that was not made for a storage of bytes. */
export async function pack(value: unknown): Promise<Uint8Array> {
  if (!isPair(value)) return packed(value);
  return serialize({ jwk: await crypto.subtle.exportKey('jwk', value.privateKey) } satisfies Packed);
}

/** `pack` for what is no key. */
export function packed(value: unknown): Uint8Array {
  return serialize({ value } satisfies Packed);
}

/** `unpack` for what is no key, to be looked at only. */
export function unpacked(bytes: Uint8Array): unknown {
  return (deserialize(bytes) as { value: unknown }).value;
}

/** The value, as a copy of its own. */
export async function unpack(bytes: Uint8Array): Promise<unknown> {
  const found = deserialize(bytes) as Packed;
  return 'jwk' in found ? pairOf(found.jwk) : structuredClone(found.value);
}

function isPair(value: unknown): value is CryptoKeyPair {
  return typeof value === 'object' && value !== null && 'privateKey' in value && value.privateKey instanceof CryptoKey;
}

async function pairOf(jwk: JsonWebKey): Promise<CryptoKeyPair> {
  const { d: _, key_ops: __, ...open } = jwk;
  return {
    privateKey: await crypto.subtle.importKey('jwk', jwk, ALGORITHM, false, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', open, ALGORITHM, true, ['verify']),
  };
}
