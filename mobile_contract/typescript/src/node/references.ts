/**
 * The index of the rows in SQLite: which row names which visit, job, site, customer or asset. The database itself notes which
 * rows were written, by triggers, so that the index is right whoever wrote them, an older version of this package included; what
 * was noted is taken into the index by the next who asks.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { INDEXED, type IndexedMember } from '../storage/storage.js';
import { unpacked } from './packed.js';

const TABLES = `
  create table reference (
    member text not null, value text not null, key text not null, primary key (member, value, key)
  ) strict, without rowid;
  create index reference_key on reference (key);
  create table unindexed (key text primary key) strict, without rowid;
  create trigger row_written after insert on value when new.store = 'rows' begin
    insert or ignore into unindexed values (new.key);
  end;
  create trigger row_gone after delete on value when old.store = 'rows' begin
    insert or ignore into unindexed values (old.key);
  end;
  insert into unindexed select key from value where store = 'rows'`;

/** Make the index, of the rows that are there as well; within a transaction. */
export function layOutReferences(database: DatabaseSync): void {
  const there = database.prepare("select 1 from sqlite_master where type = 'table' and name = 'unindexed'").get();
  if (!there) database.exec(TABLES);
}

export class References {
  readonly #database: DatabaseSync;
  readonly #isBehind: StatementSync;
  readonly #noted: StatementSync;
  readonly #forget: StatementSync;
  readonly #add: StatementSync;
  readonly #find: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#isBehind = database.prepare('select 1 from unindexed limit 1');
    this.#noted = database.prepare(
      `select unindexed.key, value.value from unindexed left join value on value.store = 'rows' and value.key = unindexed.key`,
    );
    this.#forget = database.prepare('delete from reference where key = ?');
    this.#add = database.prepare('insert or ignore into reference values (?, ?, ?)');
    this.#find = database.prepare(
      `select value.value from reference join value on value.store = 'rows' and value.key = reference.key
       where reference.member = ? and reference.value = ? and reference.key >= ? and reference.key < ? order by reference.key`,
    );
  }

  /** The rows, packed, in the order of their keys. */
  find(collection: string, member: IndexedMember, value: string): Uint8Array[] {
    if (this.#isBehind.get()) this.#catchUp();
    const found = this.#find.all(member, value, `${collection}/`, `${collection}/\u{10ffff}`);
    return (found as { value: Uint8Array }[]).map((row) => row.value);
  }

  #catchUp(): void {
    this.#database.exec('begin immediate');
    try {
      for (const { key, value } of this.#noted.all() as { key: string; value: Uint8Array | null }[]) {
        this.#forget.run(key);
        const body = value && (unpacked(value) as { body?: Record<string, unknown> }).body;
        for (const member of INDEXED) {
          const named = body?.[member];
          if (typeof named === 'string') this.#add.run(member, named, key);
        }
      }
      this.#database.exec('delete from unindexed; commit');
    } catch (error) {
      this.#database.exec('rollback');
      throw error;
    }
  }
}
