/** XMLHttpRequest for Node, as much of it as Uppy uses; and a network under it that is watched, cut, stalled and lossy. */
import { type ClientRequest, type IncomingMessage, request as open } from 'node:http';

/** Bytes after which the network may change its mind. */
const PIECE = 256 * 1024;

/** One request as it went out. */
export interface Sent {
  method: string;
  url: URL;
  headers: Record<string, string>;
  /** Bytes of the body that have left. */
  bytes: number;
  /** The answer's status; 0 while there is none. */
  status: number;
}

export class Network {
  readonly sent: Sent[] = [];
  /** Asked before each piece of a body; false cuts the connection there. */
  carries: (sent: Sent) => boolean | Promise<boolean> = () => true;
  /** Asked when the answer is there; false loses it. */
  delivers: (sent: Sent) => boolean = () => true;

  /** Numbers of the parts whose bytes went out whole, in order. */
  get parts(): number[] {
    return this.puts.map((one) => Number(one.url.searchParams.get('partNumber'))).filter((number) => number > 0);
  }

  /** The uploads of bytes that were answered with a success. */
  get puts(): Sent[] {
    return this.sent.filter((one) => one.method === 'PUT' && one.url.protocol === 'http:' && one.status === 200);
  }

  /** From now on `XMLHttpRequest` is this network. */
  install(): this {
    const network = this;
    class Request extends NodeXhr {
      constructor() {
        super(network);
      }
    }
    Object.assign(globalThis, { XMLHttpRequest: Request });
    return this;
  }
}

class NodeXhr {
  status = 0;
  statusText = '';
  responseText = '';
  responseType = '';
  withCredentials = false;
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly upload: { onprogress: ((event: object) => void) | null } = { onprogress: null };
  readonly #network: Network;
  readonly #sent: Sent = { method: '', url: new URL('data:,'), headers: {}, bytes: 0, status: 0 };
  #answer: IncomingMessage | null = null;
  #request: ClientRequest | null = null;
  #ended = false;

  constructor(network: Network) {
    this.#network = network;
  }

  open(method: string, url: string): void {
    this.#sent.method = method;
    this.#sent.url = new URL(url);
  }

  setRequestHeader(name: string, value: string): void {
    this.#sent.headers[name.toLowerCase()] = value;
  }

  getResponseHeader(name: string): string | null {
    return (this.#answer?.headers[name.toLowerCase()] as string | undefined) ?? null;
  }

  abort(): void {
    this.#ended = true;
    this.#request?.destroy();
  }

  send(body?: Blob | string | null): void {
    this.#network.sent.push(this.#sent);
    const going = this.#sent.url.protocol === 'data:' ? this.#read() : this.#exchange(body ?? '');
    going.catch(() => this.#finish(this.onerror));
  }

  /** The standard lets any method read a `data:` address. */
  async #read(): Promise<void> {
    const answer = await fetch(this.#sent.url);
    this.responseText = await answer.text();
    this.#sent.status = this.status = answer.status;
    this.#finish(this.onload);
  }

  async #exchange(body: Blob | string): Promise<void> {
    const bytes = new Uint8Array(await new Blob([body]).arrayBuffer());
    const { method, url, headers } = this.#sent;
    const request = open(url, { method, headers: { ...headers, 'content-length': bytes.length } });
    this.#request = request;
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve);
      request.on('error', reject);
    });
    answered.catch(() => undefined); // whoever waits for it hears of it; before that, nobody needs to
    for (let at = 0; at < bytes.length && !this.#ended; at += PIECE) {
      if (!(await this.#network.carries(this.#sent))) request.destroy(new Error('cut'));
      if (request.destroyed) break;
      await new Promise<unknown>((resolve) => request.write(bytes.subarray(at, at + PIECE), resolve));
      this.#sent.bytes = Math.min(at + PIECE, bytes.length);
      this.upload.onprogress?.({ lengthComputable: true, loaded: this.#sent.bytes, total: bytes.length });
    }
    request.end();
    this.#answer = await answered;
    const said: Buffer[] = [];
    for await (const piece of this.#answer) said.push(piece as Buffer);
    this.#sent.status = this.#answer.statusCode!;
    if (!this.#network.delivers(this.#sent)) throw new Error('the answer was lost');
    this.responseText = Buffer.concat(said).toString();
    this.status = this.#sent.status;
    this.statusText = this.#answer.statusMessage!;
    this.#finish(this.onload);
  }

  #finish(tell: (() => void) | null): void {
    if (!this.#ended) tell?.();
    this.#ended = true;
  }
}
