/** Hints that something changed: server-sent events read from a streamed fetch. A hint carries no data. */
import { type RetryPolicy, Refused, pause } from './retry.js';
import type { Session } from './session.js';

/** The server says that it is still there every 20 s; after three silent times the connection counts as dead. */
const SILENCE = 65_000;

/** An event as the WHATWG parser would give it. */
export interface ServerEvent {
  id: string | null;
  event: string;
  data: string;
}

/**
 * Call `onHint` for each hint until the signal aborts, and once after each (re)connection, because hints may have been
 * missed. Reconnects with growing, jittered pauses and says which event it saw last.
 */
export async function listen(
  session: Session,
  retry: RetryPolicy,
  signal: AbortSignal,
  onHint: () => void,
): Promise<void> {
  let lastId: string | null = null;
  for (let attempt = 1; !signal.aborted; attempt++) {
    const connection = new AbortController();
    const stop = () => connection.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const headers: Record<string, string> = { accept: 'text/event-stream' };
      if (lastId !== null) headers['last-event-id'] = lastId;
      const answer = await session.open('/v1/sync/stream', headers, connection.signal);
      onHint();
      for await (const event of events(answer.body!, connection)) {
        attempt = 1;
        lastId = event.id ?? lastId;
        if (event.event === 'hint') onHint();
      }
    } catch (error) {
      if (error instanceof Refused && error.status < 500 && error.status !== 429) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
    if (!signal.aborted) await sleep(pause(retry, attempt), signal);
  }
}

/** The events of a stream; ends when it does, and aborts the connection when it has been silent for too long. */
export async function* events(
  body: ReadableStream<Uint8Array>,
  connection: AbortController,
  silence = SILENCE,
): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let id: string | null = null;
  try {
    for (;;) {
      const timer = setTimeout(() => connection.abort(), silence);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      text += decoder.decode(value, { stream: true }).replaceAll('\r\n', '\n');
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const event = parse(block, id);
        id = event.id;
        if (event.data) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parse(block: string, id: string | null): ServerEvent {
  const event: ServerEvent = { id, event: 'message', data: '' };
  for (const line of block.split('\n')) {
    const [field, ...rest] = line.split(':');
    const value = rest.join(':').replace(/^ /, '');
    if (field === 'id') event.id = value;
    else if (field === 'event') event.event = value;
    else if (field === 'data') event.data += event.data ? `\n${value}` : value;
  }
  return event;
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
