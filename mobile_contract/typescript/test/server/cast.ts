/** The cast of the tests against the real server: `tests/clients` starts it and passes its address, ids and tokens. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Client, type ClientOptions, type Fetch, MemoryStorage } from '../../src/index.js';

interface Cast {
  server: string;
  ids: Record<string, string>;
  tokens: Record<string, string>;
}

const file = process.env.FIELDPROOF_CAST;
assert(file, 'Run these by `pytest tests/clients`, which starts the server and names the file with the cast.');
export const cast = JSON.parse(readFileSync(file, 'utf8')) as Cast;

/** Retries fast enough for a test. */
export const RETRY = { attempts: 3, base: 5, longest: 2000, timeout: 10_000 };

/** Call the API as somebody at the desk. */
export async function desk<T = Record<string, any>>(method: string, path: string, body?: unknown, who = 'mei'): Promise<T> {
  const answer = await fetch(cast.server + path, {
    method,
    headers: { authorization: `Bearer ${cast.tokens[who]}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  assert(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as T;
}

/** A repair that is dispatched to these technicians. Returns the visit's id. */
export async function newVisit(...technicians: string[]): Promise<string> {
  const job = { site_id: cast.ids.site, asset_id: cast.ids.asset, title: 'Chiller shows E42' };
  const made = await desk('POST', '/v1/jobs', job);
  const visitId = made.visits[0].id as string;
  if (technicians.length > 0) await assign(visitId, ...technicians);
  return visitId;
}

export async function assign(visitId: string, ...technicians: string[]): Promise<void> {
  await desk('POST', `/v1/visits/${visitId}/assign`, {
    technician_ids: technicians.map((one) => cast.ids[one]),
    window_start: '2026-03-02T09:00:00+08:00',
    window_end: '2026-03-02T11:00:00+08:00',
  });
}

/** What the desk sees of a visit. */
export function seen(visitId: string): Promise<Record<string, any>> {
  return desk('GET', `/v1/visits/${visitId}`);
}

/** An enrolled phone on a storage of its own. */
export async function phone(who: string, options: Partial<ClientOptions> = {}): Promise<Client> {
  const client = await Client.open({ server: cast.server, storage: new MemoryStorage(), retry: RETRY, ...options });
  const { code } = await desk('POST', `/v1/users/${cast.ids[who]}/enrolment-codes`);
  await client.enrol(code as string);
  return client;
}

/** A network that can be switched off, and that can lose replies after the server has answered. */
export class Network {
  online = true;
  /** How many of the next replies of exchanges get lost. */
  losing = 0;
  lost = 0;
  /** The paths of all requests that reached the server. */
  readonly asked: string[] = [];
  /** Runs after the server answered an exchange and before the phone sees it. */
  after: (() => Promise<void>) | null = null;

  readonly fetch: Fetch = async (input, init) => {
    if (!this.online) throw new TypeError('no network');
    const answer = await fetch(input, init);
    const path = new URL(String(input)).pathname;
    this.asked.push(path);
    if (path === '/v1/sync') await this.after?.();
    if (path === '/v1/sync' && this.losing > 0) {
      this.losing -= 1;
      this.lost += 1;
      await answer.arrayBuffer();
      throw new TypeError('the reply was lost');
    }
    return answer;
  };
}

/** Until it holds; fails after so many seconds. */
export async function eventually(what: string, holds: () => Promise<boolean>, seconds = 5): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    assert(Date.now() < end, `not within ${seconds} seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
