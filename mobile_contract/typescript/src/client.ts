/** A technician's phone: offline first, one exchange to sync, nothing lost when it is killed. */
import { type Clock, systemClock } from './clock.js';
import { newest } from './changes.js';
import { takeIn } from './exchange.js';
import { notBefore, uuid7 } from './ids.js';
import { differing, reconcile, startOver } from './integrity.js';
import { type Signer, keySigner, makeKey } from './key.js';
import { append, batch, chainAnew, reading, takeUpFrom } from './outbox.js';
import { keepPhoto, upload, uploadable } from './photos.js';
import { DEFAULT_RETRY, type RetryPolicy, Refused, Unreachable } from './retry.js';
import { type Fetch, NotEnrolled, Session } from './session.js';
import { type DeviceState, EMPTY_HEAD, feedOf, meta, seqKey, writeMeta } from './state.js';
import { mustBeSealable, remembered } from './shapes/tap.js';
import { listen } from './stream.js';
import { type Storage, type Write, update } from './storage/storage.js';
import type {
  Anchor, CollectionName, Kind, Operations, Outcome, Pending, Reading, Row, StoredPhoto, SyncOut,
} from './types.js'; // prettier-ignore

export const CONTRACT_VERSION = 1;

export interface ClientOptions {
  /** The server's address, such as https://fieldproof.example. */
  server: string;
  storage: Storage;
  fetch?: Fetch;
  clock?: Clock;
  /** Signs as the device; without it a WebCrypto key is made and kept in the storage. */
  signer?: Signer;
  retry?: Partial<RetryPolicy>;
}

export interface TapOptions {
  id?: string;
  /** When the tap was made, if it was before now. */
  reading?: Reading;
  /** What the body is bound to by a hash: strokes of a signature. */
  attachment?: string;
}

/** The work in the outbox is another technician's; sync it as them, or open another storage. */
export class OtherTechniciansWork extends Error {
  override readonly name = 'OtherTechniciansWork';
}

/** Removals that are remembered for adapters; beyond them an adapter compares whole collections. */
const REMOVALS_KEPT = 10_000;
/** Exchanges of one sync; a first sync of 50,000 rows takes 100. */
const EXCHANGES = 1000;

export class Client {
  readonly storage: Storage;
  readonly session: Session;
  readonly #clock: Clock;
  readonly #fetch: Fetch;
  readonly #retry: RetryPolicy;
  readonly #listeners = new Set<() => void>();
  #signer: Signer | null;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  private constructor(options: ClientOptions) {
    this.storage = options.storage;
    this.#clock = options.clock ?? systemClock();
    this.#fetch = options.fetch ?? ((...request) => globalThis.fetch(...request));
    this.#retry = { ...DEFAULT_RETRY, ...options.retry };
    this.#signer = options.signer ?? null;
    this.session = new Session(options.server, this.#fetch, this.#retry, async () => {
      const device = await this.#device();
      return { deviceId: device.id, signer: await this.#key() };
    });
  }

  /** Open a phone on its storage, with whatever it holds. */
  static async open(options: ClientOptions): Promise<Client> {
    const client = new Client(options);
    const head = await meta(client.storage, 'head');
    if (head?.id) notBefore(head.id);
    await client.#forgetOldRemovals();
    return client;
  }

  /** Whether `enrol` was done, here or before. */
  async isEnrolled(): Promise<boolean> {
    return (await meta(this.storage, 'device')) !== undefined;
  }

  /** Enrol with a one-time code. Unsent work of a device that this one replaces is chained anew and kept. */
  async enrol(code: string, label = 'web', platform = 'web'): Promise<void> {
    const pair = this.#signer ? null : await makeKey();
    const signer = this.#signer ?? keySigner(pair!);
    const made = await this.session.enrol(signer, code, label, platform);
    const device: DeviceState = { id: made.device_id!, userId: made.user_id };
    await update(this.storage, async () => {
      const before = await meta(this.storage, 'device');
      const unsent = await this.pending();
      if (before && before.userId !== device.userId && unsent.length > 0) {
        throw new OtherTechniciansWork('The outbox holds work of another technician.');
      }
      const writes: Write[] = [
        writeMeta('device', device),
        writeMeta('anchor', undefined),
        ...(await this.storage.list<Pending>('sent')).map((one): Write => ({ store: 'sent', key: seqKey(one.seq) })),
        ...(await chainAnew(signer, device.id, unsent)),
      ];
      if (pair) writes.push(writeMeta('key', pair));
      return { writes, result: undefined };
    });
    this.#signer = signer;
  }

  /**
   * Say that something was done. It is signed and on disk when this returns; `sync` sends it. Returns its id. Throws `Unfit`,
   * with the field, for a report or a signature that could not be sealed.
   */
  async tap<K extends Kind>(kind: K, visitId: string, body: Operations[K], options: TapOptions = {}): Promise<string> {
    return this.tapAny(kind, visitId, body, options);
  }

  /** `tap` for kinds that this version has no type for. */
  async tapAny(kind: string, visitId: string, body: object, options: TapOptions = {}): Promise<string> {
    const id = options.id ?? uuid7();
    const tap = { id, kind, visitId, body, reading: options.reading ?? (await this.reading()) };
    const { attachment } = options;
    await mustBeSealable({ kind, body, attachment }, kind === 'sign' ? await remembered(this.storage, id) : []);
    await append(this.storage, await this.#key(), attachment === undefined ? tap : { ...tap, attachment });
    this.#tell();
    return id;
  }

  /** What the clocks say now, for a tap that is handed over later. */
  async reading(): Promise<Reading> {
    return reading(this.storage, this.#clock);
  }

  /** Take a photo: its promise goes with the next exchange, its bytes with `uploadPhotos`. Returns the photo's id. */
  async takePhoto(visitId: string, slot: string, bytes: Uint8Array, contentType = 'image/jpeg'): Promise<string> {
    const photo = { id: uuid7(), operationId: uuid7(), visitId, slot, bytes, contentType };
    await keepPhoto(this.storage, await this.#key(), { ...photo, reading: await this.reading() });
    this.#tell();
    return photo.id;
  }

  /**
   * Exchange until the outbox is empty and every page is here, then compare checksums. Throws `Unreachable` when there
   * is no network, `Refused` when the server's answer is final; call it again at any time.
   */
  sync(): Promise<void> {
    if (!this.#running) {
      this.#running = this.#sync().finally(() => (this.#running = null));
      return this.#running;
    }
    // A tap may have come after the running one looked: one more follows, shared by all who ask meanwhile.
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        return this.sync();
      });
    return this.#next;
  }

  /** Bring promised photos to storage. Throws `Unreachable`; what a server refuses is kept with its finding. */
  async uploadPhotos(): Promise<StoredPhoto[]> {
    const done: StoredPhoto[] = [];
    for (const photo of await uploadable(this.storage)) {
      done.push(await upload(this.storage, this.session, this.#fetch, this.#retry, photo));
    }
    return done;
  }

  /** Sync now and whenever the server hints, until the signal aborts. Failures to reach it only cost time. */
  async live(signal: AbortSignal): Promise<void> {
    let failure: unknown = null;
    const stop = new AbortController();
    signal.addEventListener('abort', () => stop.abort(), { once: true });
    const onHint = () => {
      this.sync()
        .then(() => this.uploadPhotos())
        .catch((error: unknown) => {
          if (error instanceof Unreachable) return; // the next hint or reconnection tries again
          failure = error;
          stop.abort();
        });
    };
    await listen(this.session, this.#retry, stop.signal, onHint);
    if (failure) throw failure;
  }

  /** A row that the phone holds. */
  async row<C extends CollectionName>(collection: C, id: string): Promise<Row<C> | undefined> {
    return newest(await this.storage.list<Row<C>>('rows', `${collection}/${id}/`)).get(id);
  }

  /** The rows of a collection; those with `taken_away` are for reading only. */
  async rows<C extends CollectionName>(collection: C): Promise<Row<C>[]> {
    return [...newest(await this.storage.list<Row<C>>('rows', `${collection}/`)).values()];
  }

  /** What is not acknowledged yet, in order: of one visit, to show over its row, or all. */
  async pending(visitId?: string): Promise<Pending[]> {
    const unsent = await this.storage.list<Pending>('outbox');
    return visitId === undefined ? unsent : unsent.filter((one) => one.visit_id === visitId);
  }

  /** What became of an operation; undefined while it is unsent. */
  async outcome(id: string): Promise<Outcome | undefined> {
    return this.storage.get<Outcome>('outcomes', id);
  }

  /** Whether the rows agree with the server's count and checksum of every scope. */
  async isIntact(): Promise<boolean> {
    return (await differing(this.storage)).length === 0;
  }

  /** Be told when rows, outbox or outcomes changed here. Returns how to stop it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #sync(): Promise<void> {
    const repaired = new Set<string>();
    for (let round = 0; round < EXCHANGES; round++) {
      const [first] = await this.pending();
      const more = await this.#exchange();
      const [left] = await this.pending();
      if (!more && left && left.seq === first?.seq) break;
      if (more || left) continue;
      const wrong = await differing(this.storage);
      if (wrong.length === 0) return;
      for (const scope of wrong) {
        if (repaired.has(scope)) throw new Error(`${scope} still differs from the server after it was mended.`);
        repaired.add(scope);
        await reconcile(this.storage, this.session, scope);
      }
      this.#tell();
    }
    throw new Error('The server answers, but neither takes the outbox in nor comes to an end of its changes.');
  }

  /** One round trip. Returns whether there is more to fetch. */
  async #exchange(): Promise<boolean> {
    const { cursor } = await feedOf(this.storage);
    const operations = await batch(this.storage);
    const sent = this.#clock.monotonic();
    let answer: SyncOut;
    try {
      answer = await this.session.call<SyncOut>('POST', '/v1/sync', {
        contract_version: CONTRACT_VERSION,
        operations: operations.map((one) => one.wire),
        cursor,
      });
    } catch (error) {
      return this.#mend(error);
    }
    const arrived = this.#clock.monotonic();
    const anchor: Anchor = {
      token: answer.anchor,
      monotonic: arrived,
      boot_id: this.#clock.bootId,
      round_trip: arrived - sent,
    };
    const changed = await takeIn(this.storage, { cursor, upTo: operations.at(-1)?.seq ?? 0 }, answer, anchor);
    if (changed) this.#tell();
    await this.#restore(answer.last_seq);
    return answer.more ?? false;
  }

  /** A server that lost what it had acknowledged gets it again. */
  async #restore(lastSeq: number): Promise<void> {
    const head = (await meta(this.storage, 'head')) ?? EMPTY_HEAD;
    const [first] = await this.pending();
    const landed = (first?.seq ?? head.seq + 1) - 1;
    if (lastSeq < landed) await takeUpFrom(this.storage, lastSeq + 1);
  }

  async #mend(error: unknown): Promise<boolean> {
    if (error instanceof Refused && error.code === 'cursor_refused') {
      await startOver(this.storage);
      return true;
    }
    if (error instanceof Refused && error.code === 'sequence_gap') {
      if (await takeUpFrom(this.storage, Number(error.facts.expected_seq))) return true;
    }
    throw error;
  }

  async #forgetOldRemovals(): Promise<void> {
    await update(this.storage, async () => {
      const removed = await this.storage.list<{ collection: string; id: string; at: number }>('removed');
      if (removed.length <= REMOVALS_KEPT) return { writes: [], result: undefined };
      removed.sort((a, b) => a.at - b.at);
      const old = removed.slice(0, removed.length - REMOVALS_KEPT / 2);
      const writes = old.map((one): Write => ({ store: 'removed', key: `${one.collection}/${one.id}` }));
      return { writes: [...writes, writeMeta('floor', old.at(-1)!.at)], result: undefined };
    });
  }

  async #device(): Promise<DeviceState> {
    const device = await meta(this.storage, 'device');
    if (!device) throw new NotEnrolled('Enrol this phone first.');
    return device;
  }

  async #key(): Promise<Signer> {
    if (!this.#signer) {
      const pair = await meta(this.storage, 'key');
      if (!pair) throw new NotEnrolled('Enrol this phone first.');
      this.#signer = keySigner(pair);
    }
    return this.#signer;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
