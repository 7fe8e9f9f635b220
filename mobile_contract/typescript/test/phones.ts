/** Phones without a server: enrolled, with photos whose promises have landed. */
import { Client, type ClientOptions, type Storage, type Write, keySigner, makeKey, update, uuid7 } from '../src/index.js';
import { seqKey, writeMeta } from '../src/state.js';

export const VISIT = uuid7();
const signer = keySigner(await makeKey());

export async function enrolled(storage: Storage, options: Partial<ClientOptions> = {}): Promise<Client> {
  await update(storage, async () => ({ writes: [writeMeta('device', { id: uuid7(), userId: uuid7() })], result: null }));
  return opened(storage, options);
}

/** Another tab, or the same phone after a restart. */
export function opened(storage: Storage, options: Partial<ClientOptions> = {}): Promise<Client> {
  const retry = { attempts: 1, base: 1, longest: 5, timeout: 5_000 };
  return Client.open({ server: 'http://127.0.0.1:9', storage, signer, retry, ...options });
}

/** As if all that was tapped had been sent and acknowledged. */
export async function landed(phone: Client): Promise<void> {
  const writes = (await phone.pending()).map((one): Write => ({ store: 'outbox', key: seqKey(one.seq) }));
  await update(phone.storage, async () => ({ writes, result: null }));
}

export const bytes = (size: number, fill = 1) => new Uint8Array(size).fill(fill);
