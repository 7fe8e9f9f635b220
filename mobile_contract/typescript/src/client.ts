/** A technician's phone: offline first, one exchange to sync, nothing lost when it is killed. */
import { type Clock, systemClock } from './clock.js';
import { forgetOldRemovals, withoutRows } from './forgetting.js';
import { notBefore, uuid7 } from './ids.js';
import { differing } from './integrity.js';
import { type Signer, keySigner, makeKey } from './key.js';
import { append, chainAnew, reading } from './outbox.js';
import { bring } from './bringing.js';
import { keepPhoto, photoProgress } from './photos.js';
import { bytesOf, keepThumbnail, moveBytesApart, note, photosKept, thumbnailOf } from './pictures.js';
import { NotSendable } from './canonical.js';
import { type FoundBy, rowOf, rowsBy, rowsOf } from './reading.js';
import { OneAtATime } from './repeated.js';
import { type PhotoLine, photosToShow } from './showing.js';
import { DEFAULT_RETRY, type RetryPolicy, Unreachable } from './retry.js';
import { type Fetch, NotEnrolled, Session } from './session.js';
import { mustBeSealable, remembered } from './shapes/tap.js';
import { type DeviceState, meta, seqKey, writeMeta } from './state.js';
import { listen } from './stream.js';
import { type Storage, type Write, update } from './storage/storage.js';
import { Telling, type Watcher, toldOf } from './telling.js';
import type { MakeThumbnail } from './thumbnail.js';
import { type Phone, forgetWhenRevoked, handIn, sync } from './sync.js';
import type {
  CollectionName,
  Kind,
  NewPhone,
  Operations,
  Outcome,
  Pending,
  PhotoProgress,
  Reading,
  Row,
  StoredPhoto,
} from './types.js';

/** Since 2 rows have members that came later, and who reads them passes over what it does not know. */
export const CONTRACT_VERSION = 2;

export interface ClientOptions {
  /** The server's address, such as https://fieldproof.example. */
  server: string;
  storage: Storage;
  fetch?: Fetch;
  clock?: Clock;
  /** Signs as the device; without it a WebCrypto key is made and kept in the storage. */
  signer?: Signer;
  retry?: Partial<RetryPolicy>;
  /** Makes the small pictures of photos that are taken without one; in browsers `browserThumbnail()`. */
  thumbnail?: MakeThumbnail;
}

export interface TapOptions {
  id?: string;
  /** When the tap was made, if it was before now. */
  reading?: Reading;
  /** What the body is bound to by a hash: strokes of a signature. */
  attachment?: string;
}

export interface PhotoOptions {
  /** A small picture of it, to be shown without its bytes. */
  thumbnail?: Uint8Array | null;
}

/** The work in the outbox is another technician's; sync it as them, or open another storage. */
export class OtherTechniciansWork extends Error {
  override readonly name = 'OtherTechniciansWork';
}

export class Client {
  readonly storage: Storage;
  readonly session: Session;
  /** The same storage, of whose commits watchers are told. */
  readonly #disk: Storage;
  readonly #telling: Telling;
  readonly #clock: Clock;
  readonly #fetch: Fetch;
  readonly #retry: RetryPolicy;
  readonly #listeners = new Set<() => void>();
  readonly #makeThumbnail: MakeThumbnail | null;
  #signer: Signer | null;
  readonly #syncing = new OneAtATime(() => this.#sync());
  readonly #bringing = new OneAtATime(() => this.#bring());

  private constructor(options: ClientOptions, version: number) {
    this.storage = options.storage;
    this.#telling = new Telling(options.storage.sharedAs, version);
    this.#disk = toldOf(options.storage, (writes, at) => this.#telling.wrote(writes, at));
    this.#clock = options.clock ?? systemClock();
    this.#fetch = options.fetch ?? ((...request) => globalThis.fetch(...request));
    this.#retry = { ...DEFAULT_RETRY, ...options.retry };
    this.#makeThumbnail = options.thumbnail ?? null;
    this.#signer = options.signer ?? null;
    this.session = new Session(options.server, this.#fetch, this.#retry, async () => {
      const device = await this.#device();
      return { deviceId: device.id, signer: await this.#key() };
    });
  }

  /** Open a phone on its storage, with whatever it holds. */
  static async open(options: ClientOptions): Promise<Client> {
    const { storage } = options;
    const head = await meta(storage, 'head');
    if (head?.id) notBefore(head.id);
    await moveBytesApart(storage);
    await forgetOldRemovals(storage);
    return new Client(options, await storage.version());
  }

  /** Whether `enrol` was done, here or before. */
  async isEnrolled(): Promise<boolean> {
    return (await meta(this.#disk, 'device')) !== undefined;
  }

  /** Whose phone it is; null before it is enrolled. `projected` asks for it as `who`. */
  async technicianId(): Promise<string | null> {
    return (await meta(this.#disk, 'device'))?.userId ?? null;
  }

  /**
   * Enrol with a one-time code. Of a device that this one replaces, what can still land is handed in first; what is unsent
   * then is chained anew and kept; what no server takes is left behind, with the outcome `refused`.
   */
  async enrol(code: string, label = 'web', platform = 'web'): Promise<void> {
    const pair = this.#signer ? null : await makeKey(this.#disk.bytesOnly);
    const signer = this.#signer ?? keySigner(pair!);
    if (await this.isEnrolled()) await handIn(this.#phone());
    const made = await this.session.enrol(signer, code, label, platform);
    const device: DeviceState = { id: made.device_id!, userId: made.user_id };
    await update(this.#disk, async (at) => {
      const before = await meta(this.#disk, 'device');
      const unsent = await this.pending();
      if (before && before.userId !== device.userId && unsent.length > 0) {
        throw new OtherTechniciansWork('The outbox holds work of another technician.');
      }
      const writes: Write[] = [
        writeMeta('device', device),
        writeMeta('anchor', undefined),
        writeMeta('stopped', undefined),
        writeMeta('revoked', undefined),
        writeMeta('newPhones', undefined),
        ...(await this.#disk.list<Pending>('sent')).map((one): Write => ({ store: 'sent', key: seqKey(one.seq) })),
        ...(before && before.userId !== device.userId ? await withoutRows(this.#disk) : []),
        ...(await chainAnew(signer, device.id, unsent, await meta(this.#disk, 'stopped'), at)),
      ];
      if (pair) writes.push(writeMeta('key', pair));
      return { writes, result: undefined };
    });
    this.#signer = signer;
  }

  /**
   * Say that something was done. It is signed and on disk when this returns; `sync` sends it. Returns its id. Throws, and keeps
   * nothing: `NotSendable` when no server would take it (too large, a fraction, not JSON), `Unfit`, with the field, for a report
   * or a signature that could not be sealed.
   */
  async tap<K extends Kind>(kind: K, visitId: string, body: Operations[K], options: TapOptions = {}): Promise<string> {
    return this.tapAny(kind, visitId, body, options);
  }

  /** `tap` for kinds that this version has no type for. */
  async tapAny(kind: string, visitId: string, body: object, options: TapOptions = {}): Promise<string> {
    const id = options.id ?? uuid7();
    const tap = { id, kind, visitId, body, reading: options.reading ?? (await this.reading()) };
    const { attachment } = options;
    await mustBeSealable({ kind, body, attachment }, kind === 'sign' ? await remembered(this.#disk, id) : []);
    await append(this.#disk, await this.#key(), attachment === undefined ? tap : { ...tap, attachment });
    this.#tell();
    return id;
  }

  /** What the clocks say now, for a tap that is handed over later. */
  async reading(): Promise<Reading> {
    return reading(this.#disk, this.#clock);
  }

  /**
   * Take a photo: its promise goes with the next exchange, its bytes with `uploadPhotos`. Returns the photo's id. It is kept
   * before a small picture is made of it, because a phone may end the app while the camera is open.
   */
  async takePhoto(
    visitId: string,
    slot: string,
    bytes: Uint8Array,
    contentType = 'image/jpeg',
    { thumbnail }: PhotoOptions = {},
  ): Promise<string> {
    const taken = { id: uuid7(), operationId: uuid7(), visitId, slot, bytes, contentType };
    const photo = { ...taken, thumbnail: thumbnail ?? undefined, reading: await this.reading() };
    await keepPhoto(this.#disk, await this.#key(), photo);
    this.#tell();
    if (thumbnail === undefined && this.#makeThumbnail) {
      const made = await this.#makeThumbnail(bytes, contentType).catch(() => null);
      if (made) await keepThumbnail(this.#disk, photo.id, made);
    }
    return photo.id;
  }

  /**
   * Take a photo back before the customer has decided: it is shown and sent no more, unless the server says that it must stay.
   * Returns the operation's id.
   */
  async withdrawPhoto(photoId: string, reason = ''): Promise<string> {
    const photo = (await photosKept(this.#disk)).find((one) => one.id === photoId);
    if (!photo) throw new NotSendable('not_canonical', 'No photo of this id was taken here.');
    const id = await this.tap('photo_withdrawn', photo.visit_id, { photo_id: photoId, reason });
    await note(this.#disk, photo, { withdrawn: id });
    this.#tell();
    return id;
  }

  /** The photos of a visit that were taken here, as the `photos` of its report. */
  photosToShow(visitId: string): Promise<PhotoLine[]> {
    return photosToShow(this.#disk, visitId);
  }

  /**
   * Exchange until the outbox is empty and every page is here, then compare checksums. Throws `Unreachable` when there
   * is no network, `Refused` when the outbox cannot go on (what comes down is here all the same); call it again at any time.
   */
  sync(): Promise<void> {
    return this.#syncing.call();
  }

  /**
   * Bring the promised photos to storage. Returns what became of each that was tried: `verified`; `refused` with a finding,
   * which holds up none of the others and is tried again later; or `waiting`, when nobody answered for this one. Throws
   * `Unreachable` when nobody answered at all. One tab at a time does it; the others wait for their turn.
   */
  uploadPhotos(): Promise<StoredPhoto[]> {
    return this.#bringing.call();
  }

  /** How far the photos that were taken here are: of a visit, or all. Their bytes are not read. */
  photoProgress(visitId?: string): Promise<PhotoProgress[]> {
    return photoProgress(this.#disk, visitId);
  }

  /** The small picture of a photo that was taken here, or null; it stays after the bytes are dropped. */
  thumbnail(photoId: string): Promise<Uint8Array | null> {
    return thumbnailOf(this.#disk, photoId);
  }

  /** The bytes of a photo that was taken here; null once the server has verified them, and for a photo of somebody else. */
  async photoBytes(photoId: string): Promise<Uint8Array | null> {
    const photo = await this.#disk.get<StoredPhoto>('photos', photoId);
    return photo ? bytesOf(this.#disk, photo) : null;
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
    await this.#telling.look(this.#disk);
    return rowOf(this.#disk, collection, id);
  }

  /** The rows of a collection; those with `taken_away` are for reading only. */
  async rows<C extends CollectionName>(collection: C): Promise<Row<C>[]> {
    await this.#telling.look(this.#disk);
    return rowsOf(this.#disk, collection);
  }

  /** The rows of a collection that name this visit, job, site, customer or asset; the others are not read. */
  async rowsBy<C extends CollectionName>(collection: C, member: FoundBy<C>, value: string): Promise<Row<C>[]> {
    await this.#telling.look(this.#disk);
    return rowsBy(this.#disk, collection, member, value);
  }

  /** What is not acknowledged yet, in order: of one visit, to show over its row, or all. */
  async pending(visitId?: string): Promise<Pending[]> {
    await this.#telling.look(this.#disk);
    const unsent = await this.#disk.list<Pending>('outbox');
    return visitId === undefined ? unsent : unsent.filter((one) => one.visit_id === visitId);
  }

  /** What became of an operation; undefined while it is unsent. */
  async outcome(id: string): Promise<Outcome | undefined> {
    return this.#disk.get<Outcome>('outcomes', id);
  }

  /**
   * Other phones that sign in the technician's name and were not shown yet. Show them: the technician knows whether they are
   * theirs, and revokes one that is not. Then `newPhonesWereShown`.
   */
  async newPhones(): Promise<NewPhone[]> {
    return (await meta(this.#disk, 'newPhones')) ?? [];
  }

  /** The technician has seen `newPhones`; the server stops telling of them. Throws `Unreachable`, and they stay. */
  async newPhonesWereShown(): Promise<void> {
    if ((await this.newPhones()).length === 0) return;
    await this.session.call('POST', '/v1/devices/told');
    await update(this.#disk, async () => ({ writes: [writeMeta('newPhones', undefined)], result: undefined }));
    this.#tell();
  }

  /** Whether the rows agree with the server's count and checksum of every scope. */
  async isIntact(): Promise<boolean> {
    return (await differing(this.#disk)).length === 0;
  }

  /**
   * Be told what changed: which rows of which collections, outbox, outcomes and photos, here and in other tabs. Returns how to
   * stop it. A watcher is called after what it is told of is on disk.
   */
  watch(watcher: Watcher): () => void {
    return this.#telling.watch(watcher);
  }

  /** Close the storage, and stop telling and hearing of changes. */
  async close(): Promise<void> {
    this.#telling.close();
    await this.#disk.close();
  }

  /** Be told when rows, outbox, outcomes or new phones changed here. Returns how to stop it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #sync(): Promise<void> {
    await this.#telling.look(this.#disk);
    await sync(this.#phone());
  }

  async #bring(): Promise<StoredPhoto[]> {
    const done = await bring(this.#disk, this.session, this.#fetch, this.#retry);
    await forgetWhenRevoked(this.#phone());
    return done;
  }

  #phone(): Phone {
    return { storage: this.#disk, session: this.session, clock: this.#clock, version: CONTRACT_VERSION, tell: () => this.#tell() };
  }

  async #device(): Promise<DeviceState> {
    const device = await meta(this.#disk, 'device');
    if (!device) throw new NotEnrolled('Enrol this phone first.');
    return device;
  }

  async #key(): Promise<Signer> {
    if (!this.#signer) {
      const pair = await meta(this.#disk, 'key');
      if (!pair) throw new NotEnrolled('Enrol this phone first.');
      this.#signer = keySigner(pair);
    }
    return this.#signer;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
