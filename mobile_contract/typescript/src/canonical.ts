/** The canonical JSON text of a value (RFC 8785), which is what a device signs. */
import canonicalize from 'canonicalize';

/** The value holds something that an operation cannot carry; the message says where. */
export class NotCanonical extends TypeError {
  override readonly name = 'NotCanonical';
}

/**
 * The canonical text. Numbers must be integers that a double holds exactly, because the contract has no others:
 * microseconds, 1e-7 degrees, minor units. Fields that are undefined are left out.
 */
export function canonical(value: unknown): string {
  check(value, '$');
  const text = canonicalize(value);
  if (text === undefined) throw new NotCanonical('There is nothing to write.');
  return text;
}

function check(value: unknown, path: string): void {
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
        check(key, `${path} (a name)`);
        if (one !== undefined || Array.isArray(value)) check(one, `${path}.${key}`);
      }
      return;
    case 'boolean':
      return;
    default:
      throw new NotCanonical(`${path} is ${typeof value}, which JSON cannot hold.`);
  }
}

function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDFFF]/u.test(text);
}
