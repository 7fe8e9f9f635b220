/** Photos: a line of the manifest and the bytes in one commit; later one presigned PUT and the server's own check. */
import { hex, sha256 } from './bytes.js';
import type { Signer } from './key.js';
import { append } from './outbox.js';
import { type RetryPolicy, Refused, problemOf, withRetry } from './retry.js';
import type { Fetch, Session } from './session.js';
import { type Storage, update } from './storage/storage.js';
import type { Pending, Reading, Schemas, StoredPhoto } from './types.js';

export interface NewPhoto {
  id: string;
  operationId: string;
  visitId: string;
  slot: string;
  contentType: string;
  bytes: Uint8Array;
  reading: Reading;
}

/** Promise a photo; works with no network. */
export async function keepPhoto(storage: Storage, signer: Signer, photo: NewPhoto): Promise<void> {
  const bytes = new Uint8Array(photo.bytes);
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
    content_type: photo.contentType,
    bytes,
    state: 'waiting',
    finding: null,
  };
  const tap = { id: photo.operationId, kind: 'photo', visitId: photo.visitId, body, reading: photo.reading };
  await append(storage, signer, tap, [{ store: 'photos', key: photo.id, value: stored }]);
}

/** The photos that wait and whose promise has reached the server. */
export async function uploadable(storage: Storage): Promise<StoredPhoto[]> {
  const outbox = await storage.list<Pending>('outbox');
  const promised = new Set(
    outbox.filter((one) => one.kind === 'photo').map((one) => JSON.parse(one.wire.body).body.photo_id as string),
  );
  return (await storage.list<StoredPhoto>('photos')).filter((one) => one.state === 'waiting' && !promised.has(one.id));
}

/** Bring one photo to storage and have it verified. A refusal is kept beside the photo, and its bytes stay here. */
export async function upload(
  storage: Storage,
  session: Session,
  fetch: Fetch,
  retry: RetryPolicy,
  photo: StoredPhoto,
): Promise<StoredPhoto> {
  let done: StoredPhoto;
  try {
    await send(session, fetch, retry, photo);
    done = { ...photo, state: 'verified', bytes: null };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    done = { ...photo, state: 'refused', finding: error.message };
  }
  await update(storage, async () => ({ writes: [{ store: 'photos', key: photo.id, value: done }], result: undefined }));
  return done;
}

async function send(session: Session, fetch: Fetch, retry: RetryPolicy, photo: StoredPhoto): Promise<void> {
  // Each attempt asks for an address of its own, because the last one may have expired.
  const answer = await withRetry(retry, async () => {
    const where = await session.call<Schemas['UploadOut']>('POST', `/v1/photos/${photo.id}/upload`);
    if (where.state === 'verified') return new Response(null, { status: 204 });
    return fetch(where.url, { method: 'PUT', headers: where.headers, body: new Blob([new Uint8Array(photo.bytes!)]) });
  });
  // 412: these bytes are there already.
  if (!answer.ok && answer.status !== 412) throw new Refused(answer.status, await problemOf(answer));
  if (answer.status !== 204) await session.call('POST', `/v1/photos/${photo.id}/complete`);
}
