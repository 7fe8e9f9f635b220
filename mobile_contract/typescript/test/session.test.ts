/** Signing in by the device's key over a network that repeats requests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_RETRY, Refused, Session, keySigner, makeKey } from '../src/index.js';

/** A server that refuses the first answers to its challenges, as if each had come before. */
function server(refusals: number): { fetch: typeof fetch; asked: string[] } {
  const asked: string[] = [];
  const answer = (status: number, body: object) =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
  const fetch = async (url: string | URL | Request): Promise<Response> => {
    const path = new URL(String(url)).pathname;
    asked.push(path);
    if (path.endsWith('/challenge')) return answer(200, { challenge: `c${asked.length}` });
    if (path !== '/v1/auth/device') return answer(200, {});
    if (refusals-- > 0) return answer(401, { type: 'x', title: 'x', status: 401, code: 'challenge_used', detail: 'used' });
    return answer(200, { access_token: 'a', refresh_token: 'r', expires_in: 900, user_id: 'u', device_id: 'd' });
  };
  return { fetch, asked };
}

async function open(fetch: typeof globalThis.fetch): Promise<Session> {
  const signer = keySigner(await makeKey());
  return new Session('http://server.test', fetch, { ...DEFAULT_RETRY, attempts: 1 }, async () => ({ deviceId: 'd', signer }));
}

test('a challenge that was answered already is asked for anew', async () => {
  const { fetch, asked } = server(2);
  await (await open(fetch)).call('GET', '/v1/anything');
  assert.equal(asked.filter((path) => path.endsWith('/challenge')).length, 3);
  assert.equal(asked.at(-1), '/v1/anything');
});

test('a key that the server refuses is refused', async () => {
  const { fetch, asked } = server(99);
  await assert.rejects((await open(fetch)).call('GET', '/v1/anything'), Refused);
  assert.equal(asked.filter((path) => path === '/v1/auth/device').length, 3);
});
