/** One at a time: while it runs, all who ask meanwhile share the one that follows, because the running one may have looked before. */
export class OneAtATime<T> {
  readonly #run: () => Promise<T>;
  #running: Promise<T> | null = null;
  #next: Promise<T> | null = null;

  constructor(run: () => Promise<T>) {
    this.#run = run;
  }

  call(): Promise<T> {
    if (!this.#running) {
      this.#running = this.#run().finally(() => (this.#running = null));
      return this.#running;
    }
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        return this.call();
      });
    return this.#next;
  }
}
