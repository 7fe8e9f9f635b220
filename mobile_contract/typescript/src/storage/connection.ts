/**
 * A connection to IndexedDB that outlives its database: browsers close it under an app (iOS when the app comes back, anybody who
 * clears site data), and a tab with newer code asks for it. It is opened again by whoever needs it next.
 */

/** A newer version of the app has opened this database, in another tab; this page has to be loaded anew. */
export class NewerVersion extends Error {
  override readonly name = 'NewerVersion';
}

/** What browsers call it when a connection is gone: closed, aborted by a forced close, or lost to the database's process. */
const LOST = ['InvalidStateError', 'AbortError', 'UnknownError'];

export class Connection {
  readonly #dial: () => Promise<IDBDatabase>;
  #database: Promise<IDBDatabase> | null = null;
  #closed = false;

  constructor(dial: () => Promise<IDBDatabase>) {
    this.#dial = dial;
  }

  /** Do something with the database; once more, on a new connection, when the connection was lost over it. */
  async run<T>(work: (database: IDBDatabase) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const opened = this.#opened();
      try {
        return await work(await opened);
      } catch (error) {
        if (!isLost(error)) throw error;
        this.#forget(opened);
        if (attempt === 2 || this.#closed) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const opened = this.#database;
    this.#database = null;
    (await opened?.catch(() => null))?.close();
  }

  #opened(): Promise<IDBDatabase> {
    if (this.#closed) throw new DOMException('The storage was closed.', 'InvalidStateError');
    if (this.#database) return this.#database;
    const opened = this.#dial().then((database) => {
      database.onclose = () => this.#forget(opened);
      // A tab with newer code wants to upgrade; it would wait for this one for ever.
      database.onversionchange = () => this.#forget(opened);
      return database;
    });
    this.#database = opened;
    opened.catch(() => this.#forget(opened));
    return opened;
  }

  #forget(opened: Promise<IDBDatabase>): void {
    if (this.#database === opened) this.#database = null;
    void opened.then((database) => database.close()).catch(() => undefined);
  }
}

function isLost(error: unknown): boolean {
  return LOST.includes((error as { name?: string } | null)?.name ?? '');
}
