/**
 * What counts as an answer of the server. Whatever stands in between may say 200 with JSON of its own; taken for an answer it
 * would be written down, and what is tapped afterwards signed with it. So only what this client builds on is asked for, and
 * all else is left open: a newer server may say more. The same as `mobile_contract/answers.py`.
 */
type Holds = (value: unknown) => boolean;
type Members = Record<string, Holds>;

const anything: Holds = () => true;
const text: Holds = (value) => typeof value === 'string';
const word: Holds = (value) => typeof value === 'string' && value !== '';
const whole: Holds = (value) => Number.isSafeInteger(value);
const count: Holds = (value) => whole(value) && (value as number) >= 0;
const size: Holds = (value) => whole(value) && (value as number) > 0;
const flag: Holds = (value) => typeof value === 'boolean';

const list = (one: Holds): Holds => (value) => Array.isArray(value) && value.every(one);
const named = (one: Holds): Holds => (value) => isObject(value) && Object.values(value).every(one);
const orNull = (one: Holds): Holds => (value) => value === null || one(value);

/** An object with the `needed` members; those that `may` be there fit when they are. */
function object(needed: Members, may: Members = {}): Holds {
  return (value) =>
    isObject(value) &&
    Object.entries(needed).every(([name, holds]) => Object.hasOwn(value, name) && holds(value[name])) &&
    Object.entries(may).every(([name, holds]) => value[name] === undefined || holds(value[name]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const row = object(
  { collection: word, id: word, rev: whole, scope: word },
  { hash: text, body: orNull(isObject) },
);
const outcome = object(
  { id: word, seq: whole, outcome: word },
  { code: orNull(text), sentence: orNull(text), was: orNull(text) },
);
const scope = object({ rev: whole, count, checksum: word });
const newPhone = object({ device_id: word, label: text, platform: text, enrolled_at: whole }, { code_made_by: orNull(text) });
const address = { url: text, headers: named(text) };
const photo = object({ state: (value) => word(value) && value !== 'promised' });

/** By method and path; a path that is not named may be answered with any JSON. */
const ANSWERS: readonly (readonly [RegExp, Holds])[] = [
  [
    /^POST \/v1\/sync$/,
    object(
      { anchor: word, last_seq: count },
      {
        outcomes: list(outcome), changes: list(row), cursor: orNull(word), scopes: named(scope), resync: list(text),
        more: flag, revoked: flag, new_phones: list(newPhone),
      },
    ),
  ],
  [/^POST \/v1\/sync\/reconcile$/, object({ buckets: named(list(row)) }, { scopes: named(scope), more: flag })],
  [/^POST \/v1\/devices$/, object({ access_token: word, user_id: word, device_id: word })],
  [/^POST \/v1\/auth\/device$/, object({ access_token: word })],
  [/^POST \/v1\/auth\/device\/[^/]+\/challenge$/, object({ challenge: word })],
  [/^POST \/v1\/photos\/[^/]+\/upload$/, object({ state: word, ...address }, { part_size: orNull(size) })],
  [
    /^(?:POST|GET) \/v1\/photos\/[^/]+\/multipart$/,
    object({ parts: size, part_size: size, arrived: list(object({ number: size, size: count })) }),
  ],
  [
    /^POST \/v1\/photos\/[^/]+\/multipart\/parts$/,
    object({ parts: (value) => list(object(address))(value) && (value as unknown[]).length > 0 }),
  ],
  [/^POST \/v1\/photos\/[^/]+(?:\/multipart)?\/complete$/, photo],
  [/^(?:DELETE |POST \/v1\/devices\/told$)/, anything],
];

/** Whether this can be what the server says to such a request where all went well; `undefined` is an empty answer. */
export function isAnswer(method: string, path: string, value: unknown): boolean {
  const asked = `${method} ${path.replace(/[?#].*$/s, '')}`;
  const found = ANSWERS.find(([pattern]) => pattern.test(asked));
  return found ? found[1](value) : value !== undefined;
}

/** Whether this is a problem of the server (RFC 9457), with the facts that the client goes by in their shape. */
export const isProblem: (value: unknown) => value is Record<string, unknown> = object(
  { code: word },
  { detail: text, outcomes: list(outcome), expected_seq: whole, missing: list(size) },
) as (value: unknown) => value is Record<string, unknown>;
