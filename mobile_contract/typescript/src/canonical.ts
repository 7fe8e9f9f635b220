/** The canonical JSON text of a value (RFC 8785), which is what a device signs. */
import canonicalize from 'canonicalize';
import { LIMITS } from './generated/limits.js';

/** No server takes this, so it is not in the outbox; the message says what is wrong with it. */
export class NotSendable extends TypeError {
  override readonly name: string = 'NotSendable';

  constructor(
    readonly code: 'not_canonical' | 'too_large',
    message: string,
  ) {
    super(message);
  }
}

/** The value holds something that an operation cannot carry; the message says where. */
export class NotCanonical extends NotSendable {
  override readonly name = 'NotCanonical';

  constructor(message: string) {
    super('not_canonical', message);
  }
}

/**
 * The canonical text. Numbers must be integers that a double holds exactly, because the contract has no others:
 * microseconds, 1e-7 degrees, minor units. Fields that are undefined are left out.
 */
export function canonical(value: unknown): string {
  check(value, '$', 1);
  const text = canonicalize(value);
  if (text === undefined) throw new NotCanonical('There is nothing to write.');
  return text;
}

function check(value: unknown, path: string, depth: number): void {
  if (depth > LIMITS.depth) throw new NotCanonical(`${path} is nested too deeply.`);
  switch (typeof value) {
    case 'number':
      if (!Number.isSafeInteger(value)) throw new NotCanonical(`${path} is ${value}; send integers only.`);
      return;
    case 'string':
      if (!isWellFormed(value)) throw new NotCanonical(`${path} holds half of a surrogate pair.`);
      return;
    case 'object':
      if (value === null) return;
      if (!Array.isArray(value) && ![Object.prototype, null].includes(Object.getPrototypeOf(value))) {
        throw new NotCanonical(`${path} is no plain object.`);
      }
      for (const [key, one] of Object.entries(value)) {
        check(key, `${path} (a name)`, depth);
        if (one !== undefined || Array.isArray(value)) check(one, `${path}.${key}`, depth + 1);
      }
      return;
    case 'boolean':
      return;
    default:
      throw new NotCanonical(`${path} is ${typeof value}, which JSON cannot hold.`);
  }
}

export function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDFFF]/u.test(text);
}
