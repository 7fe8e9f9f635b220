/** The device's P-256 key: made here, never exported, kept as a CryptoKey. */
import { base64url, utf8 } from './bytes.js';

/** Whatever can sign as the device: WebCrypto here; a key store on a phone's own system. */
export interface Signer {
  /** base64url of the SubjectPublicKeyInfo. */
  publicKey(): Promise<string>;
  /** base64url of raw r||s over the text's UTF-8 bytes. */
  sign(text: string): Promise<string>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };

export async function makeKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
}

export function keySigner(pair: CryptoKeyPair): Signer {
  return {
    async publicKey() {
      return base64url(new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey)));
    },
    async sign(text) {
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, utf8(text));
      return base64url(new Uint8Array(signature));
    },
  };
}
