/** How a request is tried again: growing pauses with jitter, never shorter than the server asked for. */
import { isAnswer, isProblem } from './answers.js';

/** The server's answer is final: sending the same again will not mend it. Holds the problem document (RFC 9457). */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly code: string;
  readonly facts: Record<string, unknown>;

  constructor(status: number, problem: Record<string, unknown>) {
    super(`${String(problem.code ?? status)}: ${String(problem.detail ?? 'refused')}`);
    this.status = status;
    this.code = String(problem.code ?? 'unknown');
    this.facts = problem;
  }
}

/** No answer, or only outages and overload. Nothing is lost; sync again later, not before `retryAfter` milliseconds. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly retryAfter: number;

  constructor(cause: unknown, retryAfter: number) {
    super('The server cannot be reached now; everything is kept for later.', { cause });
    this.retryAfter = retryAfter;
  }
}

export interface RetryPolicy {
  /** How often a request is sent at most. */
  attempts: number;
  /** The first pause in milliseconds; it doubles each time, up to `longest`. */
  base: number;
  longest: number;
  /** Milliseconds after which an unanswered request counts as failed. */
  timeout: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, base: 500, longest: 30_000, timeout: 60_000 };

/** What came is no answer of the server: it was cut off, or somebody in between answered, such as a hotel's page. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/**
 * Send until there is an answer that is neither overload nor outage. Throws `Unreachable` when there is none; a `Refused`
 * that `send` throws is an answer, and final.
 */
export async function withRetry(policy: RetryPolicy, send: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    let asked = 0;
    let cause: unknown;
    try {
      const answer = await send();
      if (answer.status !== 429 && answer.status < 500) return answer;
      asked = retryAfter(answer.headers.get('retry-after'));
      cause = new Refused(answer.status, await problemOf(answer));
    } catch (error) {
      if (error instanceof Refused || error instanceof Unreachable) throw error;
      cause = error;
    }
    const wait = Math.max(asked, pause(policy, attempt));
    if (attempt >= policy.attempts || wait > policy.longest) throw new Unreachable(cause, wait);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** A random time up to the doubled pause ("full jitter"), so that phones do not come back all at once. */
export function pause(policy: Pick<RetryPolicy, 'base' | 'longest'>, attempt: number): number {
  return Math.random() * Math.min(policy.longest, policy.base * 2 ** (attempt - 1));
}

/** Milliseconds of a Retry-After header (RFC 9110 section 10.2.3): seconds or a date. */
export function retryAfter(header: string | null): number {
  if (header === null) return 0;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}

/**
 * The JSON of an answer, which is read whole, so that what is cut off in the middle is tried again; a refusal stays as it
 * is. Throws `NoAnswer` for what the server never says to this request.
 */
export async function whole(method: string, path: string, answer: Response): Promise<Response> {
  const text = await answer.text();
  if (answer.status < 400 && !(answer.ok && isAnswer(method, path, parsed(text)))) {
    throw new NoAnswer(`${answer.status} with ${text.slice(0, 100)} is no answer of the server.`);
  }
  return new Response(text === '' ? null : text, { status: answer.status, headers: answer.headers });
}

/** The problem document of an answer; a proxy's own page becomes its detail. */
export async function problemOf(answer: Response): Promise<Record<string, unknown>> {
  const text = await answer.text();
  const found = parsed(text);
  return isProblem(found) ? found : { code: 'not_json', detail: text.slice(0, 200) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
