/** The checksum of a scope: the sum, modulo 2^64, of one 64-bit share for each row that the phone holds. */
import { hex, sha256, utf8 } from './bytes.js';

const MODULUS = 1n << 64n;

/** The first 8 bytes of SHA-256 over `collection:id:rev:hash`, as 16 hex digits. */
export async function share(collection: string, id: string, rev: number, hash: string): Promise<string> {
  return hex((await sha256(utf8(`${collection}:${id}:${rev}:${hash}`))).slice(0, 8));
}

/** The sum as 16 hex digits. */
export function checksum(shares: Iterable<string>): string {
  let sum = 0n;
  for (const one of shares) sum += BigInt(`0x${one}`);
  return (sum % MODULUS).toString(16).padStart(16, '0');
}
