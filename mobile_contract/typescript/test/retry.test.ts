/** Trying again, and reading the stream of hints. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, Unreachable } from '../src/index.js';
import { pause, retryAfter, withRetry } from '../src/retry.js';
import { type ServerEvent, events } from '../src/stream.js';

const POLICY = { attempts: 3, base: 1, longest: 2000, timeout: 1000 };

test('outage and overload are tried again, a refusal is not', async () => {
  for (const [statuses, sent] of [[[503, 429, 200], 3], [[409, 200], 1]] as [number[], number][]) {
    let count = 0;
    await withRetry(POLICY, async () => new Response('{}', { status: statuses[count++]! }));
    assert.equal(count, sent);
  }
});

test('a refusal within an attempt is an answer, and final', async () => {
  let count = 0;
  const refused = withRetry(POLICY, async () => {
    count += 1;
    throw new Refused(404, { code: 'not_found' });
  });
  await assert.rejects(refused, Refused);
  assert.equal(count, 1);
});

test('when nobody answers it gives up and says when to come back', async () => {
  let count = 0;
  const dead = withRetry(POLICY, async () => {
    count += 1;
    throw new TypeError('no network');
  });
  await assert.rejects(dead, Unreachable);
  assert.equal(count, 3);
  const busy = withRetry(POLICY, async () => new Response('{}', { status: 503, headers: { 'retry-after': '120' } }));
  await assert.rejects(busy, (error) => error instanceof Unreachable && error.retryAfter === 120_000);
});

test('Retry-After is a least time', async () => {
  const begin = Date.now();
  let count = 0;
  await withRetry(POLICY, async () =>
    count++ ? new Response('{}') : new Response('{}', { status: 429, headers: { 'retry-after': '0.2' } }),
  );
  assert.ok(Date.now() - begin >= 195);
  assert.equal(retryAfter('3'), 3000);
  assert.ok(retryAfter(new Date(Date.now() + 5000).toUTCString()) > 3000);
  assert.equal(retryAfter('soon'), 0);
});

test('pauses grow with jitter and have an end', () => {
  const pauses = Array.from({ length: 200 }, () => pause({ base: 100, longest: 1000 }, 10));
  assert.ok(pauses.every((one) => one >= 0 && one <= 1000));
  assert.ok(Math.max(...pauses) > 700 && Math.min(...pauses) < 300);
  assert.ok(pause({ base: 100, longest: 1000 }, 1) <= 100);
});

test('events are read across chunks, with ids, comments and several lines', async () => {
  const chunks = [': ready\n\nid: 7\nev', 'ent: hint\ndata: {"a"', ':1}\n\n: still here\r\n\r\ndata: x\ndata: y\n\n'];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  const read: ServerEvent[] = [];
  for await (const event of events(body, new AbortController())) read.push(event);
  assert.deepEqual(read, [
    { id: '7', event: 'hint', data: '{"a":1}' },
    { id: '7', event: 'message', data: 'x\ny' },
  ]);
});

test('a connection that is silent for too long is given up', async () => {
  const connection = new AbortController();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => connection.signal.addEventListener('abort', () => controller.error(new Error('aborted'))),
  });
  await assert.rejects(events(body, connection, 20).next(), /aborted/);
});
