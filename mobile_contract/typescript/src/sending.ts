/** Brings bytes to the storage: in one PUT, or in parts, of which those that have arrived are not sent again. */
import { hex, sha256 } from './bytes.js';
import { type RetryPolicy, Refused, problemOf, withRetry } from './retry.js';
import type { Fetch, Session } from './session.js';
import type { Schemas } from './types.js';

interface Address {
  url: string;
  headers: Record<string, string>;
}

/** One PUT. Each attempt after the first asks for an address of its own, because the last one may have expired. */
export async function put(
  fetch: Fetch,
  retry: RetryPolicy,
  bytes: Uint8Array<ArrayBuffer>,
  sign: () => Promise<Address>,
  signed?: Address,
): Promise<void> {
  let first = signed;
  const answer = await withRetry(retry, async () => {
    const { url, headers } = first ?? (await sign());
    first = undefined;
    const sent = await fetch(url, { method: 'PUT', headers, body: new Blob([bytes]) });
    if (sent.status === 403) throw new Error('The address has expired.');
    return sent;
  });
  // 412: these bytes are there already.
  if (!answer.ok && answer.status !== 412) throw new Refused(answer.status, await problemOf(answer));
}

/**
 * The parts that have not arrived; joined and verified by the server in the end. `acknowledged` is told how many bytes the storage
 * has, at the beginning and after each part.
 */
export async function sendParts(
  session: Session,
  fetch: Fetch,
  retry: RetryPolicy,
  photo: string,
  bytes: Uint8Array<ArrayBuffer>,
  acknowledged: (sent: number) => Promise<void> = async () => undefined,
): Promise<void> {
  const path = `${photo}/multipart`;
  const begun = await session.call<Schemas['MultipartOut']>('POST', path);
  const part = (number: number) => bytes.subarray((number - 1) * begun.part_size, number * begun.part_size);
  const there = new Set(
    begun.arrived.filter((one) => one.size === part(one.number).length).map((one) => one.number),
  );
  const tell = () => acknowledged([...there].reduce((sum, number) => sum + part(number).length, 0));
  const send = async (number: number) => {
    const piece = part(number);
    const wanted = { parts: [{ number, sha256: hex(await sha256(piece)) }] };
    await put(fetch, retry, piece, async () => {
      try {
        return (await session.call<Schemas['SignedPartsOut']>('POST', `${path}/parts`, wanted)).parts[0]!;
      } catch (error) {
        // Signed for other bytes once: only a new upload takes the true ones, and the next call begins it.
        if (error instanceof Refused && error.code === 'part_changed') await session.call('DELETE', path);
        throw error;
      }
    });
    there.add(number);
    await tell();
  };
  await tell();
  for (let number = 1; number <= begun.parts; number++) if (!there.has(number)) await send(number);
  try {
    await session.call('POST', `${path}/complete`);
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'parts_missing') throw error;
    const missing = error.facts.missing as number[];
    for (const number of missing) there.delete(number);
    for (const number of missing) await send(number);
    await session.call('POST', `${path}/complete`);
  }
}
