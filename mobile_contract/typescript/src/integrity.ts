/** Compares the rows of each scope with the server's count and checksum, and mends what differs, bucket by bucket. */
import { checksum, share } from './checksum.js';
import { RowChanges } from './exchange.js';
import { neededBy } from './removal.js';
import { Refused } from './retry.js';
import type { Session } from './session.js';
import { type Feed, feedOf, rowKey, writeMeta } from './state.js';
import { type Storage, update } from './storage/storage.js';
import type { Pending, Row, Schemas, ScopeOut } from './types.js';

interface Digest {
  count: number;
  checksum: string;
}

interface Reconciled {
  buckets: Record<string, Schemas['ChangeOut'][]>;
  scopes?: Record<string, ScopeOut>;
  more?: boolean;
}

const ROUNDS = 50;

/** The scopes whose rows are not what the server counts. */
export async function differing(storage: Storage): Promise<string[]> {
  const { scopes } = await feedOf(storage);
  const rows = await held(storage);
  return Object.keys(scopes).filter((scope) => {
    const found = digest(rows.filter((row) => row.scope === scope));
    return found.count !== scopes[scope]!.count || found.checksum !== scopes[scope]!.checksum;
  });
}

/** Ask for the buckets that differ and replace them. A server that cannot do so sends everything again. */
export async function reconcile(storage: Storage, session: Session, scope: string, contract: number): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const { cursor } = await feedOf(storage);
    const rows = (await held(storage)).filter((row) => row.scope === scope);
    const members: Record<string, Row[]> = {};
    for (const row of rows) (members[bucketOf(row)] ??= []).push(row);
    const buckets = Object.fromEntries(Object.entries(members).map(([bucket, some]) => [bucket, digest(some)]));
    let answer: Reconciled;
    try {
      answer = await session.call<Reconciled>('POST', '/v1/sync/reconcile', { scope, buckets, contract_version: contract });
    } catch (error) {
      if (!(error instanceof Refused) || ![404, 405].includes(error.status)) throw error;
      return startOver(storage);
    }
    await replace(storage, scope, cursor, answer);
    if (!answer.more) return;
  }
}

/** Forget the cursor: the next exchange replaces every row. The outbox stays. */
export async function startOver(storage: Storage): Promise<void> {
  await update(storage, async () => {
    const feed = { ...(await feedOf(storage)), cursor: null };
    return { writes: [writeMeta('feed', feed)], result: undefined };
  });
}

async function replace(storage: Storage, scope: string, cursor: string | null, answer: Reconciled): Promise<void> {
  const sent = Object.values(answer.buckets).flat();
  const shares = await Promise.all(sent.map((one) => share(one.collection, one.id, one.rev, one.hash ?? '')));
  await update(storage, async (at) => {
    const feed = await feedOf(storage);
    // Another tab went on meanwhile: what it holds may be newer than this answer.
    if (feed.cursor !== cursor) return { writes: [], result: undefined };
    const unsent = await storage.list<Pending>('outbox');
    const changes = new RowChanges(storage, at, await neededBy(storage, unsent), feed.held);
    const kept = new Set(sent.map(rowKey));
    for (const row of await held(storage)) {
      if (row.scope === scope && bucketOf(row) in answer.buckets && !kept.has(rowKey(row))) changes.remove(row);
    }
    for (const [index, one] of sent.entries()) await changes.apply(one, shares[index]!);
    const next: Feed = { ...feed, scopes: { ...feed.scopes, ...answer.scopes }, held: changes.held };
    return { writes: [...changes.writes(), writeMeta('feed', next)], result: undefined };
  });
}

/** The rows that count: those that were taken away do not. */
async function held(storage: Storage): Promise<Row[]> {
  return (await storage.list<Row>('rows')).filter((row) => !row.taken_away);
}

function digest(rows: readonly Row[]): Digest {
  return { count: rows.length, checksum: checksum(rows.map((row) => row.share)) };
}

function bucketOf(row: Row): string {
  return `${row.collection}/${row.id.at(-1)}`;
}
