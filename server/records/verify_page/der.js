// DER (ITU-T X.690), read strictly: one encoding for each value, so that no byte of a signature's container can change unseen.
import { Malformed } from './strict.js';

export const [INTEGER, OCTETS, OID, SEQUENCE, SET] = [0x02, 0x04, 0x06, 0x30, 0x31];
export const context = (number) => 0xa0 + number;
const NUMBERS = new Set([INTEGER]);

/** A value: its tag, its whole encoding, its content, and its parts when it is made of parts. */
export function readDer(bytes) {
  const { node, end } = readAt(bytes, 0);
  if (end !== bytes.length) throw new Malformed('bytes after the end');
  return node;
}

/** The first value in bytes, and where it ends. */
export function readAt(bytes, start) {
  const tag = byteAt(bytes, start);
  if ((tag & 0x1f) === 0x1f) throw new Malformed('a tag of more than one byte');
  let length = byteAt(bytes, start + 1);
  let at = start + 2;
  if (length > 0x7f) {
    const count = length & 0x7f;
    if (count < 1 || count > 3) throw new Malformed('a length of another form');
    length = 0;
    for (let n = 0; n < count; n += 1, at += 1) length = length * 256 + byteAt(bytes, at);
    if (length < 0x80 || length < 256 ** (count - 1)) throw new Malformed('a length that is not the shortest');
  }
  const end = at + length;
  if (end > bytes.length) throw new Malformed('a value that ends outside');
  const content = bytes.subarray(at, end);
  if (
    NUMBERS.has(tag) &&
    (length === 0 || (length > 1 && (content[0] === 0 ? content[1] < 0x80 : content[0] === 0xff && content[1] > 0x7f)))
  )
    throw new Malformed('a number that is not the shortest');
  const node = { tag, content, whole: bytes.subarray(start, end), parts: tag & 0x20 ? readParts(content) : [] };
  return { node, end };
}

function readParts(content) {
  const parts = [];
  for (let at = 0; at < content.length;) {
    const { node, end } = readAt(content, at);
    parts.push(node);
    at = end;
  }
  return parts;
}

function byteAt(bytes, at) {
  if (at >= bytes.length) throw new Malformed('cut off');
  return bytes[at];
}

/** The parts of a value that must have this tag and this many parts. */
export function expect(node, tag, count = undefined) {
  if (!node || node.tag !== tag || (count !== undefined && node.parts.length !== count))
    throw new Malformed('another structure than was expected');
  return node.parts;
}

/** An object identifier as dotted numbers. */
export function oid(node) {
  if (node?.tag !== OID || !node.content.length) throw new Malformed('an object identifier is missing');
  const numbers = [];
  let value = 0;
  for (const byte of node.content) {
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      numbers.push(value);
      value = 0;
    }
  }
  const first = Math.min(2, Math.floor(numbers[0] / 40));
  return [first, numbers[0] - first * 40, ...numbers.slice(1)].join('.');
}

/** The bytes of a non-negative number, `size` of them. */
export function fixed(node, size) {
  if (node?.tag !== INTEGER || node.content[0] > 0x7f) throw new Malformed('a number is missing');
  const bytes = node.content[0] === 0 ? node.content.subarray(1) : node.content;
  if (bytes.length > size) throw new Malformed('a number is too large');
  const out = new Uint8Array(size);
  out.set(bytes, size - bytes.length);
  return out;
}
