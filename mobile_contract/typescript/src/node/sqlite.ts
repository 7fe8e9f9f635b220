/**
 * Storage in one SQLite file, for clients that run in Node (kiosks, bridges, command lines): everything is there after a
 * restart, and after a power cut. It uses the SQLite that Node has built in.
 */
import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { STORES, type Storage, type StoreName, type Write } from '../storage/storage.js';
import { pack, packed, unpack } from './packed.js';

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

class SqliteStorage implements Storage {
  readonly bytesOnly = true;
  readonly #database: DatabaseSync;
  readonly #get: StatementSync;
  readonly #list: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #version: StatementSync;
  readonly #rise: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin();
    const stores = STORES.map((name) => `'${name}'`).join(', ');
    database.exec(
      `create table if not exists value (
         store text not null check (store in (${stores})), key text not null, value blob not null, primary key (store, key)
       ) strict, without rowid;
       create table if not exists version (one integer primary key check (one = 1), version integer not null) strict`,
    );
    const born = Date.now();
    const made = database.prepare('insert or ignore into version values (1, ?)').run(born);
    this.#get = database.prepare('select value from value where store = ? and key = ?');
    this.#list = database.prepare('select value from value where store = ? and key >= ? and key < ? order by key');
    this.#put = database.prepare('insert or replace into value values (?, ?, ?)');
    this.#delete = database.prepare('delete from value where store = ? and key = ?');
    this.#version = database.prepare('select version from version');
    this.#rise = database.prepare('update version set version = version + 1 where version = ?');
    if (made.changes) this.#put.run('meta', 'floor', packed(born));
    database.exec('commit');
  }

  async version(): Promise<number> {
    return (this.#version.get() as { version: number }).version;
  }

  async get<T>(store: StoreName, key: string): Promise<T | undefined> {
    const row = this.#get.get(store, key) as { value: Uint8Array } | undefined;
    return row && ((await unpack(row.value)) as T);
  }

  async list<T>(store: StoreName, prefix = ''): Promise<T[]> {
    const rows = this.#list.all(store, prefix, `${prefix}\u{10ffff}`) as { value: Uint8Array }[];
    return Promise.all(rows.map((row) => unpack(row.value) as Promise<T>));
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
          if (bytes === null) this.#delete.run(store, key);
          else this.#put.run(store, key, bytes);
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

  #begin(): void {
    this.#database.exec('begin immediate');
  }
}
