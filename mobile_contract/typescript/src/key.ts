/** The device's P-256 key: made here and kept as a CryptoKey, which gives nobody its private half. */
import { base64url, utf8 } from './bytes.js';

/** Whatever can sign as the device: WebCrypto here; a key store on a phone's own system. */
export interface Signer {
  /** base64url of the SubjectPublicKeyInfo. */
  publicKey(): Promise<string>;
  /** base64url of raw r||s over the text's UTF-8 bytes. */
  sign(text: string): Promise<string>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };

/** A new key. Only for a storage that keeps bytes is it `exportable`. */
export async function makeKey(exportable = false): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, exportable, ['sign', 'verify']);
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
