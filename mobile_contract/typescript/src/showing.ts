/** Which photos of a visit a report lists: each once, and none that the server has not taken into its manifest. */
import { notWithdrawn } from './photos.js';
import type { Storage } from './storage/storage.js';
import type { Outcome, Row, StoredPhoto } from './types.js';

/** A line of a report's `photos`. */
export interface PhotoLine {
  photo_id: string;
  slot: string;
  sha256: string;
}

/**
 * The photos that were taken here of a visit, as its report lists them. One that was promised again, because the first promise
 * was wrong, stands there once; one whose promise the server has parked does not, because its manifest has no such photo.
 */
export async function photosToShow(storage: Storage, visitId: string): Promise<PhotoLine[]> {
  const shown = new Map<string, { line: PhotoLine; verified: boolean }>();
  const taken = (await notWithdrawn(storage)).filter((one) => one.visit_id === visitId);
  // Ids begin with the time at which they were made, so the newest promise comes last.
  for (const photo of taken.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const [row] = await storage.list<Row<'photo'>>('rows', `photo/${photo.id}/`);
    if (!row && (await isUnknown(storage, photo))) continue;
    const [slot, sha256] = [photo.slot ?? row?.body.slot, photo.sha256 ?? row?.body.sha256];
    if (!slot || !sha256) continue;
    const same = `${slot}/${sha256}`;
    if (shown.get(same)?.verified) continue;
    const line = { photo_id: photo.id, slot, sha256 };
    shown.set(same, { line, verified: photo.state === 'verified' });
  }
  return [...shown.values()].map((one) => one.line);
}

async function isUnknown(storage: Storage, photo: StoredPhoto): Promise<boolean> {
  if (photo.state === 'refused' && photo.code === 'not_found') return true;
  if (!photo.operation_id) return false;
  return (await storage.get<Outcome>('outcomes', photo.operation_id))?.outcome === 'parked';
}
