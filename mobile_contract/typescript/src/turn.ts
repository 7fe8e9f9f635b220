/**
 * One tab at a time brings photos, so that none goes up twice. Where the browser has Web Locks the tabs wait for each other by
 * them: a tab that dies gives its lock back at once. Elsewhere (processes on one SQLite file, old browsers, plain http) it is a
 * lease in the storage, which its holder renews, and which runs out by itself when the holder is no more.
 */
import { type Turn as Lease, meta, writeMeta } from './state.js';
import { type Storage, update } from './storage/storage.js';

/** Milliseconds: how long a lease holds, how often it is renewed, and how often one looks whether it is free. */
export const TURN_TIMES = { lease: 90_000, renew: 20_000, look: 250 };

/** What whoever has the turn says while they bring photos. */
export interface Turn {
  /** What is brought now. False when another has taken over meanwhile: then stop. */
  bringing(photoId: string): Promise<boolean>;
}

type May = (lease: Lease | undefined) => boolean;

/** Wait for the turn, and give it back at the end. */
export async function inTurn<T>(storage: Storage, run: (turn: Turn) => Promise<T>, times = TURN_TIMES): Promise<T> {
  const by = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
  const locks = storage.sharedAs === undefined ? undefined : (globalThis.navigator as Navigator | undefined)?.locks;
  if (locks) {
    return (await locks.request(`${storage.sharedAs}/photos`, async () => {
      await write(storage, by, null, times.lease, () => true); // whoever wrote a lease before is no more
      return holding(storage, by, run, times);
    })) as T;
  }
  while (!(await write(storage, by, null, times.lease, (lease) => isFree(lease, times.lease)))) {
    await new Promise((resolve) => setTimeout(resolve, times.look * (0.5 + Math.random())));
  }
  return holding(storage, by, run, times);
}

/** The photo that a tab is bringing now; null when none does. */
export async function broughtNow(storage: Storage): Promise<string | null> {
  const lease = await meta(storage, 'turn');
  return lease && !isFree(lease, TURN_TIMES.lease) ? lease.photo : null;
}

async function holding<T>(storage: Storage, by: string, run: (turn: Turn) => Promise<T>, times: typeof TURN_TIMES): Promise<T> {
  let photo: string | null = null;
  const renew = () => write(storage, by, photo, times.lease, (lease) => lease?.by === by);
  const timer = setInterval(() => void renew().catch(() => undefined), times.renew);
  try {
    return await run({
      bringing(photoId) {
        photo = photoId;
        return renew();
      },
    });
  } finally {
    clearInterval(timer);
    // A lease that cannot be given back runs out.
    await release(storage, by).catch(() => undefined);
  }
}

function release(storage: Storage, by: string): Promise<void> {
  return update(storage, async () => {
    const mine = (await meta(storage, 'turn'))?.by === by;
    return { writes: mine ? [writeMeta('turn', undefined)] : [], result: undefined };
  });
}

/** Write the lease where that may be; whether it was. */
function write(storage: Storage, by: string, photo: string | null, lasts: number, may: May): Promise<boolean> {
  return update(storage, async () => {
    if (!may(await meta(storage, 'turn'))) return { writes: [], result: false };
    return { writes: [writeMeta('turn', { by, photo, until: Date.now() + lasts })], result: true };
  });
}

/** A lease that ends later than any could is of a clock that was put back since. */
function isFree(lease: Lease | undefined, lasts: number): boolean {
  const left = (lease?.until ?? 0) - Date.now();
  return left <= 0 || left > lasts;
}
