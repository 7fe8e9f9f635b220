/** Brings promised photos to storage one by one, each to the server's own check; what happens to one stops none of the others. */
import { bytesOf, note } from './pictures.js';
import { uploadable } from './photos.js';
import { type RetryPolicy, Refused, Unreachable } from './retry.js';
import { put, sendParts } from './sending.js';
import type { Fetch, Session } from './session.js';
import type { Storage } from './storage/storage.js';
import { type Turn, inTurn } from './turn.js';
import type { Schemas, StoredPhoto } from './types.js';

/** Photos in a row that nobody answers for, before the others wait for a better network. */
const SILENT_AT_MOST = 2;
/** Milliseconds before a refused photo is tried again; twice as long after each further refusal, up to `LONGEST`. */
const FIRST_PAUSE = 60_000;
const LONGEST = 6 * 3_600_000;
/** How often the same bytes are sent when the storage, or the server that looked at them, did not get them right. */
const SENDINGS = 3;
const SENT_WRONG = ['not_uploaded', 'photo_mismatch', 'no_upload', 'parts_missing', 'part_changed'];

/** Another tab has taken over: it found that this one had not been heard of for too long. */
class TurnLost extends Error {
  override readonly name = 'TurnLost';
}

interface Way {
  storage: Storage;
  session: Session;
  fetch: Fetch;
  retry: RetryPolicy;
}

/**
 * Bring them when it is this tab's turn. Unless nobody answers, none is left out. Throws `Unreachable` when nobody answered
 * for any.
 */
export function bring(storage: Storage, session: Session, fetch: Fetch, retry: RetryPolicy): Promise<StoredPhoto[]> {
  return inTurn(storage, (turn) => bringAll({ storage, session, fetch, retry }, turn));
}

async function bringAll(way: Way, turn: Turn): Promise<StoredPhoto[]> {
  const done: StoredPhoto[] = [];
  let silent = 0;
  let silence: Unreachable | null = null;
  for (const photo of await uploadable(way.storage, Date.now())) {
    try {
      done.push(await upload(way, turn, photo));
      silent = 0;
    } catch (error) {
      if (error instanceof TurnLost) break;
      if (!(error instanceof Unreachable)) throw error;
      silence = error;
      const waits = await note(way.storage, photo, { finding: error.message, tries: (photo.tries ?? 0) + 1 });
      done.push({ ...waits, bytes: await bytesOf(way.storage, photo) });
      if (++silent === SILENT_AT_MOST) break;
    }
  }
  if (silence && done.every((photo) => photo.state === 'waiting')) throw silence;
  return done;
}

/** Bring one photo and have it verified. A refusal is kept beside the photo, and its bytes stay here. */
async function upload(way: Way, turn: Turn, photo: StoredPhoto): Promise<StoredPhoto> {
  if (!(await turn.bringing(photo.id))) throw new TurnLost();
  const bytes = await bytesOf(way.storage, photo);
  try {
    if (!bytes) {
      throw new Refused(0, { code: 'bytes_lost', detail: 'The bytes of this photo are not on the phone any more.' });
    }
    await send(way, turn, photo, bytes);
    return await note(way.storage, photo, { state: 'verified', finding: null, code: null, sent: bytes.length });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const tries = (photo.tries ?? 0) + 1;
    const again_at = Date.now() + Math.min(LONGEST, FIRST_PAUSE * 2 ** (tries - 1));
    const refused = { state: 'refused', finding: error.message, code: error.code, tries, again_at } as const;
    return { ...(await note(way.storage, photo, refused)), bytes };
  }
}

async function send(way: Way, turn: Turn, photo: StoredPhoto, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const { session, fetch, retry } = way;
  const path = `/v1/photos/${photo.id}`;
  const sign = () => session.call<Schemas['UploadOut']>('POST', `${path}/upload`);
  const acknowledged = async (sent: number) => {
    await note(way.storage, photo, { sent });
    if (!(await turn.bringing(photo.id))) throw new TurnLost();
  };
  for (let sending = 1; ; sending++) {
    try {
      const where = await sign();
      if (where.state === 'verified') return;
      if (where.part_size) return await sendParts(session, fetch, retry, path, bytes, acknowledged);
      if (photo.sent) await note(way.storage, photo, { sent: 0 });
      await put(fetch, retry, bytes, sign, where);
      await acknowledged(bytes.length);
      await session.call('POST', `${path}/complete`);
      return;
    } catch (error) {
      if (!(error instanceof Refused) || !SENT_WRONG.includes(error.code) || sending === SENDINGS) throw error;
    }
  }
}
