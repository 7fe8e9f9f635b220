/**
 * The recordings of the conformance kit, played to this client. `tests/clients` plays them
 * (`fieldproof conformance --replay`) and says where by FIELDPROOF_PLAYER.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, Refused, type StoreName, type Storage, Unreachable, type Write, update } from '../src/index.js';
import type { Row } from '../src/types.js';

interface Step {
  by: string;
  does: string;
  code?: string;
  tap?: { kind: string; visit_id: string; body: object };
  photo?: { visit_id: string; slot: string; content_type: string; data: string };
  row?: string;
  held?: boolean;
}

const player = process.env.FIELDPROOF_PLAYER;
const STOPS = ['device_forked', 'chain_broken', 'wrong_signature'];

/** A disk that can be copied and put back. */
class Disk implements Storage {
  #version = 1;
  #stores = new Map<string, unknown>();

  backup = (): Map<string, unknown> => structuredClone(this.#stores);
  goBack = (to: Map<string, unknown>): void => void (this.#stores = structuredClone(to));
  version = async () => this.#version;
  get = async <T>(store: StoreName, key: string) => structuredClone(this.#stores.get(`${store} ${key}`)) as T | undefined;
  list = async <T>(store: StoreName, prefix = '') => {
    const found = [...this.#stores].filter(([key]) => key.startsWith(`${store} ${prefix}`));
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => structuredClone(value) as T);
  };
  commit = async (version: number, writes: readonly Write[]) => {
    if (version !== this.#version) return false;
    for (const { store, key, value } of writes) {
      if (value === undefined) this.#stores.delete(`${store} ${key}`);
      else this.#stores.set(`${store} ${key}`, structuredClone(value));
    }
    this.#version += 1;
    return true;
  };
  close = async () => undefined;
}

class Run {
  readonly disk = new Disk();
  readonly found: string[] = [];
  #copy = new Map<string, unknown>();
  #stoppedBy: string | null = null;
  #held: Promise<void> | null = null;

  constructor(readonly client: (disk: Disk) => Promise<Client>) {}

  async step(step: Step): Promise<void> {
    const client = await this.client(this.disk);
    if (step.by === 'expect') return this.compare();
    if (step.by !== 'driver') return;
    if (step.does === 'enrol') await client.enrol(step.code!);
    else if (step.does === 'tap') await client.tapAny(step.tap!.kind, step.tap!.visit_id, step.tap!.body);
    else if (step.does === 'photo') await this.#photo(client, step.photo!);
    else if (step.does === 'upload') await client.uploadPhotos();
    else if (step.does === 'backup') this.#copy = this.disk.backup();
    else if (step.does === 'go_back') this.disk.goBack(this.#copy);
    else if (step.does === 'lose_row') await this.#loseRow(step.row!);
    else if (step.does === 'release') {
      await fetch(`${player}/__release`, { method: 'POST' });
      await this.#held;
    } else if (step.held) {
      this.#held = this.#sync(client);
      while (!((await (await fetch(`${player}/__state`)).json()) as { held: boolean }).held) await pause(5);
    } else await this.#sync(client);
  }

  async compare(): Promise<void> {
    const state = JSON.stringify({ ...(await this.#state()), stopped_by: this.#stoppedBy });
    const answer = await fetch(`${player}/__state`, { method: 'POST', body: state });
    const told = (await answer.json()) as { differences: string[]; faults: string[] };
    for (const line of [...told.differences, ...told.faults]) if (!this.found.includes(line)) this.found.push(line);
  }

  async #photo(client: Client, photo: NonNullable<Step['photo']>): Promise<void> {
    await client.takePhoto(photo.visit_id, photo.slot, Buffer.from(photo.data, 'base64'), photo.content_type);
  }

  async #loseRow(key: string): Promise<void> {
    const rows = (await this.disk.list<Row>('rows')).filter((row) => `${row.collection}/${row.id}` === key);
    const writes = rows.map((row): Write => ({ store: 'rows', key: `${key}/${row.scope}` }));
    await update(this.disk, async () => ({ writes, result: null }));
  }

  async #sync(client: Client): Promise<void> {
    this.#stoppedBy = null;
    try {
      await client.sync();
    } catch (error) {
      if (error instanceof Refused && STOPS.includes(error.code)) this.#stoppedBy = error.code;
      else if (error instanceof Unreachable) await pause(error.retryAfter);
      else if (!(error instanceof Refused)) throw error;
    }
  }

  async #state(): Promise<object> {
    const rows: Record<string, Record<string, object>> = {};
    const taken_away: string[] = [];
    for (const row of await this.disk.list<Row>('rows')) {
      (rows[row.collection] ??= {})[row.id] = { rev: row.rev, hash: row.hash };
      if (row.taken_away) taken_away.push(`${row.collection}/${row.id}`);
    }
    const outbox = (await this.disk.list<{ seq: number }>('outbox')).map((one) => one.seq);
    const feed = await this.disk.get<{ cursor: string | null }>('meta', 'feed');
    return { rows, taken_away, outbox, cursor: feed?.cursor ?? null };
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('every recording is passed', { skip: !player && 'run by pytest tests/clients/test_recordings.py' }, async (t) => {
  const names = (await (await fetch(`${player}/__recordings`)).json()) as { name: string }[];
  assert.ok(names.length >= 20);
  for (const { name } of names) {
    await t.test(name, async () => {
      const recording = (await (await fetch(`${player}/__play/${name}`, { method: 'POST' })).json()) as { steps: Step[] };
      const retry = { attempts: 1, base: 1, longest: 10, timeout: 20_000 };
      let open: Promise<Client> | null = null;
      const run = new Run((storage) => (open ??= Client.open({ server: player!, storage, retry })));
      for (const step of recording.steps) {
        if (step.does === 'go_back') open = null;
        await run.step(step);
      }
      await run.compare();
      assert.deepEqual(run.found, []);
    });
  }
});
