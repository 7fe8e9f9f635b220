/** Takes the answer of an exchange in: everything in one commit, so that a phone killed at any moment is consistent. */
import { share } from './checksum.js';
import { neededBy } from './removal.js';
import type { Refused } from './retry.js';
import { feedOf, rowKey, seqKey, writeMeta } from './state.js';
import { type Storage, type Write, update } from './storage/storage.js';
import type { Anchor, CollectionName, Envelope, Outcome, Pending, Row, Schemas, SyncOut } from './types.js';

/** What was sent, as far as the answer depends on it. */
export interface Asked {
  cursor: string | null;
  /** The last operation that was sent; 0 for none. */
  upTo: number;
}

/** Operations that are kept after they landed, in case that the server is restored to before them. */
const SENT_KEPT = 1000;

/** Apply an answer. Returns whether rows, outcomes or new phones did. */
export async function takeIn(storage: Storage, asked: Asked, answer: SyncOut, anchor: Anchor): Promise<boolean> {
  const shares = await Promise.all(
    (answer.changes ?? []).map((one) => share(one.collection, one.id, one.rev, one.hash ?? '')),
  );
  return update(storage, async (at) => {
    const outbox = await storage.list<Pending>('outbox');
    // What has landed leaves the outbox by the number the server has. What another tab sent stays until its outcome is here.
    const landed = outbox.filter((one) => one.seq <= Math.min(answer.last_seq, asked.upTo));
    const writes = [writeMeta('anchor', anchor), ...land(landed, answer.outcomes ?? [], at)];
    if (asked.upTo > 0) writes.push(writeMeta('stopped', undefined));
    if (answer.revoked) writes.push(writeMeta('revoked', true));
    // Each answer has all that the technician was not told of; none is no news.
    const news = answer.new_phones ?? [];
    if (news.length > 0) writes.push(writeMeta('newPhones', news));
    const feed = await feedOf(storage);
    const rows = new RowChanges(storage, at, await neededBy(storage, outbox.slice(landed.length)), feed.held);
    // An answer is a delta from the cursor it was asked with; when another tab moved that on, only outcomes count.
    if (feed.cursor === asked.cursor && !answer.revoked) {
      await rows.drop(asked.cursor === null ? null : (answer.resync ?? []));
      for (const [index, change] of (answer.changes ?? []).entries()) await rows.apply(change, shares[index]!);
      // Between the pages of a scope its count is not known; the last page brings it, perhaps only days later.
      const open = new Set((answer.changes ?? []).map((change) => change.scope));
      const known = asked.cursor === null ? [] : Object.entries(feed.scopes).filter(([scope]) => !open.has(scope));
      feed.scopes = { ...Object.fromEntries(known), ...answer.scopes };
      feed.cursor = answer.cursor ?? feed.cursor;
    }
    await rows.release();
    feed.held = rows.held;
    writes.push(...rows.writes(), writeMeta('feed', feed));
    return { writes, result: landed.length + rows.size + news.length > 0 };
  });
}

/**
 * Keep what came before a refusal, and, where the chain is broken (`stops`), why the phone stops. Returns whether anything
 * landed.
 */
export async function takeInRefusal(
  storage: Storage,
  sent: readonly Pending[],
  refused: Refused,
  stops: boolean,
): Promise<boolean> {
  const told = (refused.facts.outcomes ?? []) as Schemas['OutcomeOut'][];
  const ids = new Set(told.map((one) => one.id));
  return update(storage, async (at) => {
    const outbox = await storage.list<Pending>('outbox');
    const landed = outbox.filter((one) => ids.has((JSON.parse(one.wire.body) as Envelope).id));
    const writes = land(landed, told, at);
    const culprit = sent.find((one) => !landed.some((other) => other.seq === one.seq));
    if (stops && culprit) {
      const sentence = String(refused.facts.detail ?? refused.message);
      writes.push(writeMeta('stopped', { id: culprit.id, poison: false, code: refused.code, sentence }));
    }
    return { writes, result: landed.length > 0 };
  });
}

function land(landed: Pending[], told: readonly Schemas['OutcomeOut'][], at: number): Write[] {
  const outcomes = new Map(told.map((one) => [one.seq, one]));
  return landed.flatMap((one): Write[] => {
    const found = outcomes.get(one.seq);
    return [
      { store: 'outbox', key: seqKey(one.seq) },
      { store: 'sent', key: seqKey(one.seq), value: one },
      { store: 'sent', key: seqKey(one.seq - SENT_KEPT) },
      ...(found ? [{ store: 'outcomes' as const, key: one.id, value: outcome(one, found, at) }] : []),
    ];
  });
}

function outcome(pending: Pending, told: Schemas['OutcomeOut'], at: number): Outcome {
  return {
    id: pending.id,
    seq: pending.seq,
    kind: pending.kind,
    visit_id: pending.visit_id,
    outcome: (told.was ?? told.outcome) as Outcome['outcome'],
    code: told.code ?? null,
    sentence: told.sentence ?? null,
    at,
  };
}

/** What becomes of the rows, worked out before anything is written. */
export class RowChanges {
  readonly #storage: Storage;
  readonly #at: number;
  readonly #isNeeded: (row: Row) => boolean;
  readonly #next = new Map<string, Row | null>();
  readonly #held: Set<string>;

  constructor(storage: Storage, at: number, isNeeded: (row: Row) => boolean, held: readonly string[]) {
    this.#storage = storage;
    this.#at = at;
    this.#isNeeded = isNeeded;
    this.#held = new Set(held);
  }

  get size(): number {
    return this.#next.size;
  }

  get held(): string[] {
    return [...this.#held];
  }

  /** Drop the rows of these scopes, or of all. */
  async drop(scopes: readonly string[] | null): Promise<void> {
    if (scopes?.length === 0) return;
    for (const row of await this.#storage.list<Row>('rows')) {
      if (scopes === null || scopes.includes(row.scope)) this.remove(row);
    }
  }

  /** A row as it is now, or a removal. */
  async apply(change: Schemas['ChangeOut'], checksumShare: string): Promise<void> {
    const key = rowKey(change);
    if (change.body === undefined || change.body === null) {
      const old = this.#next.has(key) ? this.#next.get(key) : await this.#storage.get<Row>('rows', key);
      if (old) this.remove(old);
    } else {
      this.put({
        collection: change.collection as CollectionName,
        id: change.id,
        scope: change.scope,
        rev: change.rev,
        hash: change.hash ?? '',
        body: change.body as Row['body'],
        taken_away: false,
        at: this.#at,
        share: checksumShare,
      });
    }
  }

  put(row: Row): void {
    this.#next.set(rowKey(row), row);
    this.#held.delete(rowKey(row));
  }

  remove(row: Row): void {
    const key = rowKey(row);
    if (this.#isNeeded(row)) {
      if (!row.taken_away) this.#next.set(key, { ...row, taken_away: true, at: this.#at });
      this.#held.add(key);
    } else {
      this.#next.set(key, null);
      this.#held.delete(key);
    }
  }

  /** Let go of rows that were held for work that has been sent by now. */
  async release(): Promise<void> {
    for (const key of this.#held) {
      if (this.#next.has(key)) continue;
      const row = await this.#storage.get<Row>('rows', key);
      if (row) this.remove(row);
      else this.#held.delete(key);
    }
  }

  writes(): Write[] {
    return [...this.#next].flatMap(([key, row]): Write[] => {
      if (row) return [{ store: 'rows', key, value: row }];
      const [collection, id] = key.split('/');
      const removal = { collection, id, at: this.#at };
      return [{ store: 'rows', key }, { store: 'removed', key: `${collection}/${id}`, value: removal }];
    });
  }
}
