/** Photos: a line of the manifest and the bytes in one commit; later the bytes, and the server's own check of them. */
import { hex, sha256 } from './bytes.js';
import { NotSendable } from './canonical.js';
import { LIMITS } from './generated/limits.js';
import type { Signer } from './key.js';
import { append } from './outbox.js';
import { type RetryPolicy, Refused, Unreachable } from './retry.js';
import { put, sendParts } from './sending.js';
import type { Fetch, Session } from './session.js';
import { type Storage, update } from './storage/storage.js';
import type { Pending, Reading, Row, Schemas, StoredPhoto } from './types.js';

export interface NewPhoto {
  id: string;
  operationId: string;
  visitId: string;
  slot: string;
  contentType: string;
  bytes: Uint8Array;
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
    content_type: photo.contentType,
    bytes,
    state: 'waiting',
    finding: null,
  };
  const tap = { id: photo.operationId, kind: 'photo', visitId: photo.visitId, body, reading: photo.reading };
  await append(storage, signer, tap, [{ store: 'photos', key: photo.id, value: stored }]);
}

/** Photos in a row that nobody answers for, before the others wait for a better network. */
const SILENT_AT_MOST = 2;
/** Milliseconds before a refused photo is tried again; twice as long after each further refusal, up to `LONGEST`. */
const FIRST_PAUSE = 60_000;
const LONGEST = 6 * 3_600_000;
/** How often the same bytes are sent when the storage, or the server that looked at them, did not get them right. */
const SENDINGS = 3;
const SENT_WRONG = ['not_uploaded', 'photo_mismatch', 'no_upload', 'parts_missing', 'part_changed'];

/**
 * The photos to bring now: those that wait and whose promise has reached the server, and those that were refused when it is
 * time again, or at once when the desk has let in the promise of one that nobody knew. What was tried least comes first, so
 * that none that nobody answers for stands before the others each time.
 */
export async function uploadable(storage: Storage, now: number): Promise<StoredPhoto[]> {
  const outbox = await storage.list<Pending>('outbox');
  const promised = new Set(
    outbox.filter((one) => one.kind === 'photo').map((one) => JSON.parse(one.wire.body).body.photo_id as string),
  );
  const known = new Set((await storage.list<Row>('rows', 'photo/')).map((row) => row.id));
  const found = (await storage.list<StoredPhoto>('photos')).filter((one) => {
    if (one.bytes === null || promised.has(one.id)) return false;
    if (one.state === 'refused') return (one.again_at ?? 0) <= now || (one.code === 'not_found' && known.has(one.id));
    return one.state === 'waiting';
  });
  return found.sort((a, b) => (a.tries ?? 0) - (b.tries ?? 0));
}

/**
 * Bring them one by one; what happens to one stops none of the others, unless nobody answers. Throws `Unreachable` when
 * nobody answered for any.
 */
export async function bring(
  storage: Storage,
  session: Session,
  fetch: Fetch,
  retry: RetryPolicy,
): Promise<StoredPhoto[]> {
  const done: StoredPhoto[] = [];
  let silent = 0;
  let silence: Unreachable | null = null;
  for (const photo of await uploadable(storage, Date.now())) {
    try {
      done.push(await upload(storage, session, fetch, retry, photo));
      silent = 0;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      silence = error;
      done.push(await keep(storage, { ...photo, finding: error.message, tries: (photo.tries ?? 0) + 1 }));
      if (++silent === SILENT_AT_MOST) break;
    }
  }
  if (silence && done.every((photo) => photo.state === 'waiting')) throw silence;
  return done;
}

/** Bring one photo and have it verified. A refusal is kept beside the photo, and its bytes stay here. */
async function upload(
  storage: Storage,
  session: Session,
  fetch: Fetch,
  retry: RetryPolicy,
  photo: StoredPhoto,
): Promise<StoredPhoto> {
  let done: StoredPhoto;
  try {
    await send(session, fetch, retry, photo);
    done = { ...photo, state: 'verified', bytes: null, finding: null, code: null };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const tries = (photo.tries ?? 0) + 1;
    const again_at = Date.now() + Math.min(LONGEST, FIRST_PAUSE * 2 ** (tries - 1));
    done = { ...photo, state: 'refused', finding: error.message, code: error.code, tries, again_at };
  }
  return keep(storage, done);
}

function keep(storage: Storage, photo: StoredPhoto): Promise<StoredPhoto> {
  return update(storage, async () => ({ writes: [{ store: 'photos', key: photo.id, value: photo }], result: photo }));
}

async function send(session: Session, fetch: Fetch, retry: RetryPolicy, photo: StoredPhoto): Promise<void> {
  const path = `/v1/photos/${photo.id}`;
  const bytes = new Uint8Array(photo.bytes!);
  for (let sending = 1; ; sending++) {
    try {
      const where = await session.call<Schemas['UploadOut']>('POST', `${path}/upload`);
      if (where.state === 'verified') return;
      if (where.part_size) return await sendParts(session, fetch, retry, path, bytes);
      await put(fetch, retry, bytes, async () => session.call<Schemas['UploadOut']>('POST', `${path}/upload`), where);
      await session.call('POST', `${path}/complete`);
      return;
    } catch (error) {
      if (!(error instanceof Refused) || !SENT_WRONG.includes(error.code) || sending === SENDINGS) throw error;
    }
  }
}
