/**
 * Where the bytes of photos are: in a store of their own, apart from what is known of each photo, so that counting, listing and
 * asking what is to be uploaded never read them. They are kept as a `Uint8Array`; WebKit loses Blobs. As `pictures.py`.
 */
import { meta, writeMeta } from './state.js';
import { type Storage, type Write, update } from './storage/storage.js';
import type { StoredPhoto } from './types.js';

/** Since 2 the bytes of photos are apart. */
const LAYOUT = 2;

/** Whether the storage has a store for bytes; in one that has none they stay in the photo's own value. */
export function keepsApart(storage: Storage): boolean {
  return storage.stores?.includes('photo_bytes') ?? false;
}

/** What is known of every photo that was taken here; bytes are not read. */
export function photosKept(storage: Storage): Promise<StoredPhoto[]> {
  return storage.list<StoredPhoto>('photos');
}

/** A photo with its bytes, to be kept in one commit. */
export function keeping(storage: Storage, photo: StoredPhoto, bytes: Uint8Array, thumbnail?: Uint8Array): Write[] {
  if (!keepsApart(storage)) return [{ store: 'photos', key: photo.id, value: { ...photo, bytes } }];
  return [
    { store: 'photos', key: photo.id, value: { ...photo, bytes: null } },
    { store: 'photo_bytes', key: photo.id, value: bytes },
    ...(thumbnail ? [writeThumbnail(photo.id, thumbnail)] : []),
  ];
}

/** Keep a small picture of a photo that is here already, where the storage has a place for it. */
export function keepThumbnail(storage: Storage, photoId: string, thumbnail: Uint8Array): Promise<void> {
  const writes = keepsApart(storage) ? [writeThumbnail(photoId, thumbnail)] : [];
  return update(storage, async () => ({ writes, result: undefined }));
}

/** The small picture of a photo, or null when none was made. It stays when the photo's own bytes are dropped. */
export async function thumbnailOf(storage: Storage, photoId: string): Promise<Uint8Array | null> {
  return (keepsApart(storage) && (await storage.get<Uint8Array>('thumbnails', photoId))) || null;
}

/** What shows something of a customer goes with the rows. */
export async function withoutThumbnails(storage: Storage): Promise<Write[]> {
  const keys = keepsApart(storage) ? ((await storage.keys?.('thumbnails')) ?? []) : [];
  return keys.map((key) => ({ store: 'thumbnails', key }));
}

function writeThumbnail(photoId: string, thumbnail: Uint8Array): Write {
  return { store: 'thumbnails', key: photoId, value: new Uint8Array(thumbnail) };
}

/** The bytes, or null when they are not here (any more). */
export async function bytesOf(storage: Storage, photo: StoredPhoto): Promise<Uint8Array<ArrayBuffer> | null> {
  const found = photo.bytes ?? (await storage.get<Uint8Array>('photo_bytes', photo.id));
  return found ? new Uint8Array(found) : null;
}

/** Change what is known of a photo. The bytes stay, unless it is verified by that: then nobody needs them any more. */
export function note(storage: Storage, photo: StoredPhoto, change: Partial<StoredPhoto>): Promise<StoredPhoto> {
  return update(storage, async () => {
    const known = { ...((await storage.get<StoredPhoto>('photos', photo.id)) ?? photo), ...change };
    if (known.state === 'verified') known.bytes = null;
    const writes: Write[] = [{ store: 'photos', key: photo.id, value: known }];
    if (known.state === 'verified' && keepsApart(storage)) writes.push({ store: 'photo_bytes', key: photo.id });
    return { writes, result: known };
  });
}

/**
 * Move bytes out of the values in which an older version kept them. One photo at a time, each in one commit, so that a phone
 * that is killed in between goes on where it was, and never has more than one photo in memory.
 */
export async function moveBytesApart(storage: Storage): Promise<void> {
  if (!keepsApart(storage) || !storage.keys || (await meta(storage, 'layout')) === LAYOUT) return;
  for (const id of await storage.keys('photos')) {
    await update(storage, async () => {
      const photo = await storage.get<StoredPhoto>('photos', id);
      if (!photo?.bytes) return { writes: [], result: undefined };
      const bytes = new Uint8Array(photo.bytes);
      return { writes: keeping(storage, { ...photo, size: bytes.length }, bytes), result: undefined };
    });
  }
  await update(storage, async () => ({ writes: [writeMeta('layout', LAYOUT)], result: undefined }));
}
