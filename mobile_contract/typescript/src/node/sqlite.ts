/**
 * Storage in one SQLite file, for clients that run in Node (kiosks, bridges, command lines): everything is there after a
 * restart, and after a power cut. It uses the SQLite that Node has built in.
 */
import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import {
  FIRST_STORES,
  type IndexedMember,
  STORES,
  type Storage,
  type StoreName,
  type Write,
} from '../storage/storage.js';
import { pack, packed, unpack } from './packed.js';
import { References, layOutReferences } from './references.js';

const BUSY_MS = 10_000;

/**
 * Open (or make) the file; only its owner may read it, because the device's key lies in it. Only one technician's phone belongs
 * into one file; several processes may have it open.
 */
export function openSqlite(file: string): Storage {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const database = new DatabaseSync(file);
  try {
    database.exec(`pragma busy_timeout = ${BUSY_MS}; pragma journal_mode = wal; pragma synchronous = full`);
    return new SqliteStorage(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Bytes lie in a table of their own; the first one, whose stores are fixed in it, stays as older versions made it. */
type Table = 'value' | 'picture';

class SqliteStorage implements Storage {
  readonly bytesOnly = true;
  readonly stores = STORES;
  readonly #database: DatabaseSync;
  readonly #tables: Record<Table, Statements>;
  readonly #references: References;
  readonly #version: StatementSync;
  readonly #rise: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin();
    const made = layOut(database);
    this.#tables = { value: new Statements(database, 'value'), picture: new Statements(database, 'picture') };
    this.#references = new References(database);
    this.#version = database.prepare('select version from version');
    this.#rise = database.prepare('update version set version = version + 1 where version = ?');
    if (made !== null) this.#tables.value.put.run('meta', 'floor', packed(made));
    database.exec('commit');
  }

  async version(): Promise<number> {
    return (this.#version.get() as { version: number }).version;
  }

  async get<T>(store: StoreName, key: string): Promise<T | undefined> {
    const row = this.#of(store).get.get(store, key) as { value: Uint8Array } | undefined;
    return row && ((await unpack(row.value)) as T);
  }

  async list<T>(store: StoreName, prefix = ''): Promise<T[]> {
    const rows = this.#of(store).list.all(store, prefix, `${prefix}\u{10ffff}`) as { value: Uint8Array }[];
    return Promise.all(rows.map((row) => unpack(row.value) as Promise<T>));
  }

  async keys(store: StoreName, prefix = ''): Promise<string[]> {
    const rows = this.#of(store).keys.all(store, prefix, `${prefix}\u{10ffff}`) as { key: string }[];
    return rows.map((row) => row.key);
  }

  async rowsBy<T>(collection: string, member: IndexedMember, value: string): Promise<T[]> {
    return Promise.all(this.#references.find(collection, member, value).map((row) => unpack(row) as Promise<T>));
  }

  async commit(version: number, writes: readonly Write[]): Promise<boolean> {
    // Keys are packed before the transaction, which then waits for nothing.
    const all = await Promise.all(
      writes.map(async (one) => ({ ...one, bytes: one.value === undefined ? null : await pack(one.value) })),
    );
    this.#begin();
    try {
      const committed = this.#rise.run(version).changes === 1;
      if (committed) {
        for (const { store, key, bytes } of all) {
          if (bytes === null) this.#of(store).delete.run(store, key);
          else this.#of(store).put.run(store, key, bytes);
        }
      }
      this.#database.exec('commit');
      return committed;
    } catch (error) {
      this.#database.exec('rollback');
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #of(store: StoreName): Statements {
    return this.#tables[FIRST_STORES.includes(store) ? 'value' : 'picture'];
  }

  #begin(): void {
    this.#database.exec('begin immediate');
  }
}

/** Make what is not there yet. Returns the first version of a file that is new, else null. */
function layOut(database: DatabaseSync): number | null {
  const quoted = (stores: readonly StoreName[]) => stores.map((name) => `'${name}'`).join(', ');
  const bytes = STORES.filter((name) => !FIRST_STORES.includes(name));
  database.exec(
    `create table if not exists value (
       store text not null check (store in (${quoted(FIRST_STORES)})), key text not null, value blob not null, primary key (store, key)
     ) strict, without rowid;
     create table if not exists picture (
       store text not null check (store in (${quoted(bytes)})), key text not null, value blob not null, primary key (store, key)
     ) strict;
     create table if not exists version (one integer primary key check (one = 1), version integer not null) strict`,
  );
  layOutReferences(database);
  const born = Date.now();
  return database.prepare('insert or ignore into version values (1, ?)').run(born).changes ? born : null;
}

class Statements {
  readonly get: StatementSync;
  readonly list: StatementSync;
  readonly keys: StatementSync;
  readonly put: StatementSync;
  readonly delete: StatementSync;

  constructor(database: DatabaseSync, table: Table) {
    const which = 'where store = ? and key >= ? and key < ? order by key';
    this.get = database.prepare(`select value from ${table} where store = ? and key = ?`);
    this.list = database.prepare(`select value from ${table} ${which}`);
    this.keys = database.prepare(`select key from ${table} ${which}`);
    this.put = database.prepare(`insert or replace into ${table} values (?, ?, ?)`);
    this.delete = database.prepare(`delete from ${table} where store = ? and key = ?`);
  }
}
