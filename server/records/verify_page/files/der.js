// DER (ITU-T X.690), read strictly: one encoding for each value, so that no byte of a seal's container can change unseen.
// (As verify/der.py, rule for rule.) What a seal or a time stamp never holds is refused, too.
import { join, Malformed } from './strict.js';

export const [INTEGER, OCTETS, OID, SEQUENCE, SET] = [0x02, 0x04, 0x06, 0x30, 0x31];
const [BOOLEAN, BITS, ENUMERATED] = [0x01, 0x03, 0x0a];
export const NULL = 0x05;
/** Tags of strings and times, whose bytes are taken as they are. */
const TEXTS = [12, 18, 19, 20, 22, 23, 24, 26, 27, 28, 30];
const KNOWN = new Set([BOOLEAN, INTEGER, BITS, OCTETS, NULL, OID, ENUMERATED, SEQUENCE, SET, ...TEXTS]);
const DEPTH = 32;
export const context = (number) => 0xa0 + number;

/** A value: its tag, its whole encoding, its content, and its parts when it is made of parts. */
export function readDer(bytes) {
  const { node, end } = readAt(bytes, 0);
  if (end !== bytes.length) throw new Malformed('bytes after the end');
  return node;
}

/** The first value in bytes, and where it ends. */
export function readAt(bytes, start, depth = 0) {
  if (depth > DEPTH) throw new Malformed('nested too deeply');
  const tag = byteAt(bytes, start);
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
  const parts = tag & 0x20 ? readParts(content, depth) : [];
  check(tag, content, parts);
  return { node: { tag, content, whole: bytes.subarray(start, end), parts }, end };
}

function readParts(content, depth) {
  const parts = [];
  for (let at = 0; at < content.length; ) {
    const { node, end } = readAt(content, at, depth + 1);
    parts.push(node);
    at = end;
  }
  return parts;
}

function check(tag, content, parts) {
  if ((tag & 0x1f) === 0x1f) throw new Malformed('a tag of more than one byte');
  if ((tag & 0xc0) === 0x80) return; // what an implicit tag stands for, the reader of the structure knows
  if (!KNOWN.has(tag)) throw new Malformed('a tag that is not known here');
  if (tag === SET && !ordered(parts)) throw new Malformed('a set that is not in order');
  if ((tag === INTEGER || tag === ENUMERATED) && !isShortest(content))
    throw new Malformed('a number that is not the shortest');
  if (tag === BOOLEAN && !(content.length === 1 && (content[0] === 0 || content[0] === 0xff)))
    throw new Malformed('neither true nor false');
  if (tag === NULL && content.length) throw new Malformed('a null with something in it');
  if (tag === OID && !isOid(content)) throw new Malformed('an object identifier of another form');
  if (tag === BITS && !areBits(content)) throw new Malformed('a bit string of another form');
}

/** Whether the parts of a SET OF stand as DER has them: ascending, as bytes. */
export const ordered = (parts) => parts.every((part, at) => at === 0 || compare(parts[at - 1].whole, part.whole) <= 0);

function compare(one, other) {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at += 1) if (one[at] !== other[at]) return one[at] - other[at];
  return one.length - other.length;
}

function isShortest([first, second, ...more]) {
  if (second === undefined && !more.length) return first !== undefined;
  return !(first === 0 && second < 0x80) && !(first === 0xff && second > 0x7f);
}

const isOid = (content) =>
  content.length > 0 &&
  content.at(-1) < 0x80 &&
  content.every((byte, at) => byte !== 0x80 || (at > 0 && content[at - 1] > 0x7f));

function areBits(content) {
  if (!content.length || content[0] > 7) return false;
  if (content.length === 1) return content[0] === 0;
  return (content.at(-1) & ((1 << content[0]) - 1)) === 0;
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

/** The encoding of a value with this tag and content. */
export function der(tag, ...contents) {
  const content = join(...contents);
  const size = content.length;
  if (size < 0x80) return join(Uint8Array.of(tag, size), content);
  const length = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  return join(Uint8Array.of(tag, 0x80 | length.length, ...length), content);
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
