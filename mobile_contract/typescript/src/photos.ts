/** Photos: a line of the manifest and the bytes in one commit; which of them are to be brought, and how far each is. */
import { hex, sha256 } from './bytes.js';
import { NotSendable } from './canonical.js';
import { LIMITS } from './generated/limits.js';
import type { Signer } from './key.js';
import { append } from './outbox.js';
import { keeping, photosKept } from './pictures.js';
import type { Storage } from './storage/storage.js';
import { broughtNow } from './turn.js';
import type { Outcome, Pending, PhotoProgress, Reading, Row, StoredPhoto } from './types.js';

export interface NewPhoto {
  id: string;
  operationId: string;
  visitId: string;
  slot: string;
  contentType: string;
  bytes: Uint8Array;
  /** A small picture of it. */
  thumbnail?: Uint8Array | undefined;
  reading: Reading;
}

/** Promise a photo; works with no network. Throws `NotSendable`. */
export async function keepPhoto(storage: Storage, signer: Signer, photo: NewPhoto): Promise<void> {
  const bytes = new Uint8Array(photo.bytes);
  if (bytes.length < 1 || bytes.length > LIMITS.photo_bytes) {
    throw new NotSendable('too_large', `A photo has 1 to ${LIMITS.photo_bytes} bytes; this has ${bytes.length}.`);
  }
  const body = {
    photo_id: photo.id,
    slot: photo.slot,
    sha256: hex(await sha256(bytes)),
    size: bytes.length,
    content_type: photo.contentType,
  };
  const stored: StoredPhoto = {
    id: photo.id,
    visit_id: photo.visitId,
    slot: photo.slot,
    sha256: body.sha256,
    operation_id: photo.operationId,
    size: bytes.length,
    content_type: photo.contentType,
    bytes: null,
    state: 'waiting',
    finding: null,
  };
  const tap = { id: photo.operationId, kind: 'photo', visitId: photo.visitId, body, reading: photo.reading };
  await append(storage, signer, tap, keeping(storage, stored, bytes, photo.thumbnail));
}

/**
 * The photos to bring now: those that wait and whose promise has reached the server, and those that were refused when it is
 * time again, or at once when the desk has let in the promise of one that nobody knew. What was tried least comes first, so
 * that none that nobody answers for stands before the others each time.
 */
export async function uploadable(storage: Storage, now: number): Promise<StoredPhoto[]> {
  const promised = await unsentPromises(storage);
  const known = new Set((await storage.list<Row>('rows', 'photo/')).map((row) => row.id));
  const found = (await notWithdrawn(storage)).filter((one) => {
    if (promised.has(one.id)) return false;
    if (one.state === 'refused') return (one.again_at ?? 0) <= now || (one.code === 'not_found' && known.has(one.id));
    return one.state === 'waiting';
  });
  return found.sort((a, b) => (a.tries ?? 0) - (b.tries ?? 0));
}

/** The photos that were taken here, but for those that were taken back and that the server has let go. */
export async function notWithdrawn(storage: Storage): Promise<StoredPhoto[]> {
  const kept: StoredPhoto[] = [];
  for (const photo of await photosKept(storage)) if (!(await isWithdrawn(storage, photo))) kept.push(photo);
  return kept;
}

async function isWithdrawn(storage: Storage, { withdrawn }: StoredPhoto): Promise<boolean> {
  return withdrawn !== undefined && (await storage.get<Outcome>('outcomes', withdrawn))?.outcome !== 'parked';
}

/** How far the photos that were taken here are, in the order in which they were taken: of a visit, or all. */
export async function photoProgress(storage: Storage, visitId?: string): Promise<PhotoProgress[]> {
  const [promised, now] = [await unsentPromises(storage), await broughtNow(storage)];
  const state = (one: StoredPhoto): PhotoProgress['state'] => {
    if (one.state !== 'waiting') return one.state;
    return promised.has(one.id) ? 'promised' : one.id === now ? 'uploading' : 'waiting';
  };
  const taken = (await notWithdrawn(storage)).filter((one) => visitId === undefined || one.visit_id === visitId);
  return taken.map((one) => {
    const size = one.size ?? one.bytes?.length ?? one.sent ?? 0;
    return {
      id: one.id,
      visit_id: one.visit_id,
      slot: one.slot ?? null,
      content_type: one.content_type,
      state: state(one),
      sent: one.state === 'verified' ? size : (one.sent ?? 0),
      size,
      finding: one.finding,
      code: one.code ?? null,
    };
  });
}

/** The photos whose promise the server does not have yet. */
async function unsentPromises(storage: Storage): Promise<Set<string>> {
  const unsent = (await storage.list<Pending>('outbox')).filter((one) => one.kind === 'photo');
  return new Set(unsent.map((one) => JSON.parse(one.wire.body).body.photo_id as string));
}
