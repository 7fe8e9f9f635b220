/** A server and a storage in memory that take photos, for what is about the phone and not about them: who sends what, and when. */
import type { Fetch } from '../src/index.js';

export const PART = 8;

export class PhotoServer {
  /** The bodies of all PUTs, as `<photo>` or `<photo>/<part>`. */
  readonly puts: string[] = [];
  readonly parts = new Map<string, Map<number, number>>();
  readonly verified = new Set<string>();
  /** Runs before a PUT is taken. */
  before: (put: string) => Promise<void> = async () => undefined;
  /** Photos that are refused. */
  readonly refused = new Set<string>();

  constructor(readonly sizes: Map<string, number>) {}

  readonly fetch: Fetch = async (input, init) => {
    const { pathname } = new URL(String(input));
    if (init?.method === 'PUT') return this.#put(pathname.slice(1), (init.body as Blob).size);
    const answer = this.#api(pathname, init);
    return new Response(JSON.stringify(answer), { status: 'code' in answer ? 404 : 200 });
  };

  async #put(what: string, size: number): Promise<Response> {
    await this.before(what);
    this.puts.push(what);
    const [photo, part] = what.split('/');
    if (part) this.#partsOf(photo!).set(Number(part), size);
    return new Response('');
  }

  #api(path: string, init: RequestInit | undefined): Record<string, unknown> {
    if (path.endsWith('/challenge')) return { challenge: 'c' };
    if (path === '/v1/auth/device') return { access_token: 'a' };
    const [, , , photo, ...verb] = path.split('/');
    if (this.refused.has(photo!)) return { code: 'not_found', detail: 'Nobody promised this.' };
    const size = this.sizes.get(photo!)!;
    const address = { url: `http://127.0.0.1:9/${photo}`, headers: {} };
    switch (verb.join('/')) {
      case 'upload':
        return { state: this.verified.has(photo!) ? 'verified' : 'promised', ...address, part_size: size > PART ? PART : null };
      case 'multipart': {
        const arrived = [...this.#partsOf(photo!)].map(([number, bytes]) => ({ number, size: bytes }));
        return { state: 'promised', parts: Math.ceil(size / PART), part_size: PART, arrived };
      }
      case 'multipart/parts': {
        const { parts } = JSON.parse(String(init!.body)) as { parts: { number: number }[] };
        return { parts: parts.map(({ number }) => ({ ...address, url: `${address.url}/${number}` })) };
      }
      default:
        this.verified.add(photo!);
        return { state: 'verified' };
    }
  }

  #partsOf(photo: string): Map<number, number> {
    const found = this.parts.get(photo) ?? new Map<number, number>();
    this.parts.set(photo, found);
    return found;
  }
}
