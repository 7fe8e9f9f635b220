/** Calls the API as the device: signs in by the device's key whenever it must, after any time offline. */
import type { Signer } from './key.js';
import { type RetryPolicy, Refused, problemOf, whole, withRetry } from './retry.js';
import type { Schemas } from './types.js';

export type Fetch = typeof globalThis.fetch;
/** Who calls: known after enrolment. */
export type Identity = { deviceId: string; signer: Signer };

/** The phone is not enrolled yet. */
export class NotEnrolled extends Error {
  override readonly name = 'NotEnrolled';
}

/** How often a challenge is answered before the key counts as refused. */
const SIGN_INS = 3;

export class Session {
  readonly #server: string;
  readonly #fetch: Fetch;
  readonly #retry: RetryPolicy;
  readonly #identity: () => Promise<Identity>;
  /** Only here, never on disk: the key is what stays. */
  #token: string | null = null;

  constructor(server: string, fetch: Fetch, retry: RetryPolicy, identity: () => Promise<Identity>) {
    this.#server = server.replace(/\/$/, '');
    this.#fetch = fetch;
    this.#retry = retry;
    this.#identity = identity;
  }

  /** Send JSON, get JSON. Throws `Refused` for a problem and `Unreachable` when there is no answer. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const answer = await this.#asDevice((token) =>
      withRetry(this.#retry, async () =>
        whole(
          method,
          path,
          await this.#fetch(this.#server + path, {
            method,
            headers: { ...headers, authorization: `Bearer ${token}` },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            signal: AbortSignal.timeout(this.#retry.timeout),
          }),
        ),
      ),
    );
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  /** Open a streamed answer; the caller reads it and aborts it. */
  async open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    return this.#asDevice((token) =>
      this.#fetch(this.#server + path, { headers: { ...headers, authorization: `Bearer ${token}` }, signal }),
    );
  }

  /** Turn a one-time code into a device. Sent once only, because the code is good once. */
  async enrol(signer: Signer, code: string, label: string, platform: string): Promise<Schemas['TokenPair']> {
    const body = { code, public_key: await signer.publicKey(), proof: await signer.sign(code), label, platform };
    return this.#keep(await this.#open('/v1/devices', body, { ...this.#retry, attempts: 1 }));
  }

  async #signIn(): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#signInOnce();
      } catch (error) {
        // A challenge counts once, and a network that repeats the request makes the second answer a refusal.
        if (!(error instanceof Refused) || error.status !== 401 || attempt === SIGN_INS) throw error;
      }
    }
  }

  async #signInOnce(): Promise<string> {
    const { deviceId, signer } = await this.#identity();
    const asked = await this.#open<Schemas['Challenge']>(`/v1/auth/device/${deviceId}/challenge`, undefined, this.#retry);
    const proof = { challenge: asked.challenge, signature: await signer.sign(asked.challenge) };
    return this.#keep(await this.#open('/v1/auth/device', proof, this.#retry)).access_token;
  }

  #keep(pair: Schemas['TokenPair']): Schemas['TokenPair'] {
    this.#token = pair.access_token;
    return pair;
  }

  /** A request that needs no token. */
  async #open<T>(path: string, body: unknown, retry: RetryPolicy): Promise<T> {
    const answer = await withRetry(retry, async () =>
      whole(
        'POST',
        path,
        await this.#fetch(this.#server + path, {
          method: 'POST',
          headers: body === undefined ? {} : { 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(retry.timeout),
        }),
      ),
    );
    if (!answer.ok) throw new Refused(answer.status, await problemOf(answer));
    return (await answer.json()) as T;
  }

  async #asDevice(send: (token: string) => Promise<Response>): Promise<Response> {
    let answer = await send(this.#token ?? (await this.#signIn()));
    if (answer.status === 401) {
      await answer.body?.cancel();
      answer = await send(await this.#signIn());
    }
    if (!answer.ok) throw new Refused(answer.status, await problemOf(answer));
    return answer;
  }
}
