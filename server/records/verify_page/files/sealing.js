// Checks of the seal: the very bytes that the company signed and wrote into its log. (As verify/sealing.py and log.py.)
import { finding } from './claim.js';
import { RECORD_TYPES } from './photos.js';
import {
  digest,
  fromBase64,
  isHash,
  join,
  list,
  Malformed,
  need,
  readCanonical,
  same,
  sha256,
  signedBy,
  string,
  unhex,
  utf8,
} from './strict.js';

const PROOF = [
  'checkpoint',
  'inclusion',
  'leaf_index',
  'record_sha256',
  'server_key',
  'server_signature',
  'tree_size',
  'type',
];

export async function recordForm(evidence) {
  const record = readCanonical(evidence.recordBytes);
  const known = RECORD_TYPES.includes(need(record, 'type'));
  return finding(
    known ? [] : [`unknown record type ${record.type}`],
    `${evidence.recordBytes.length} bytes, SHA-256 ${await sha256(evidence.recordBytes)}`,
  );
}

export async function proofForm({ proof, recordBytes }) {
  const problems = [];
  if (proof.type !== 'fieldproof/proof/v1' || Object.keys(proof).sort().join() !== PROOF.join())
    problems.push('the proof is not of the known form');
  if (proof.record_sha256 !== (await sha256(recordBytes)))
    problems.push('the proof names another record hash: the record or the proof was changed');
  return finding(problems, "the proof names this record's hash");
}

export async function serverSignature({ proof, recordBytes, trusted }) {
  const name = string(need(proof, 'server_key'));
  const key = trusted.document.get(name);
  if (!key) return finding([`signed with a key (${name.slice(0, 16)}…) that is not in the key file`]);
  const signed = await signedBy(key, recordBytes, need(proof, 'server_signature'));
  if (!signed)
    return finding(["the company's signature is not over these bytes: the record or the signature was changed"]);
  return finding(
    [],
    `ECDSA P-256 by the company's key ${name.slice(0, 16)}…; the seal is the company's, not the customer's`,
  );
}

export async function logInclusion({ proof, recordBytes }) {
  const { head } = readCheckpoint(need(proof, 'checkpoint'));
  const [index, size, path] = ['leaf_index', 'tree_size', 'inclusion'].map((name) => need(proof, name));
  if (!list(path).every(isHash) || !Number.isSafeInteger(index) || !Number.isSafeInteger(size))
    return finding(['the inclusion proof is not made of hashes and numbers']);
  if (size !== head.size) return finding([`the proof is for ${size} leaves, the checkpoint for ${head.size}`]);
  const leaf = await digest(join(Uint8Array.of(0), recordBytes));
  const root = await rootFromPath(leaf, index, size, path.map(unhex));
  if (!same(root, head.root))
    return finding(['the record is not the leaf that the log holds there: record, place or path was changed']);
  return finding([], `leaf ${index} of ${size}`);
}

export async function checkpoint({ proof, trusted }) {
  const { head, signed, line } = readCheckpoint(need(proof, 'checkpoint'));
  if (!(await checkpointSigned(signed, line, head.origin, trusted.log)))
    return finding(["the checkpoint's signature is not by the log's key: checkpoint or signature was changed"]);
  if (trusted.origins.length && !trusted.origins.includes(head.origin))
    return finding([
      `get the new key file: the log's key signed this under the name ${head.origin}, which this key file does not list. ` +
        'A company begins a log under a new name when a backup was restored; the checkpoint was not changed',
    ]);
  return finding(
    [],
    `Ed25519 by the log ${head.origin}; compare with a checkpoint kept elsewhere to see that it only grew`,
  );
}

/** A checkpoint's head, the bytes that were signed, and the one signature line (C2SP tlog-checkpoint, signed-note). */
export function readCheckpoint(note) {
  const lines = string(note).split('\n');
  const [origin, size, root, blank, line, end] = lines;
  if (lines.length !== 6 || blank || end || !/^(0|[1-9][0-9]*)$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw new Malformed('a checkpoint is a name, a size, a root, a blank line and a signature');
  }
  return {
    head: { origin, size: Number(size), root: fromBase64(root) },
    signed: utf8(`${origin}\n${size}\n${root}\n`),
    line,
  };
}

async function checkpointSigned(signed, line, origin, keys) {
  const parts = line.split(' ');
  const raw = parts.length === 3 ? fromBase64(parts[2]) : new Uint8Array();
  if (parts[0] !== '\u2014' || parts[1] !== origin || raw.length !== 68)
    throw new Malformed("the signature line is not the log's own Ed25519 line");
  for (const each of keys) {
    const name = (await digest(join(utf8(`${origin}\n`), Uint8Array.of(1), each.raw))).slice(0, 4);
    if (same(name, raw.slice(0, 4)) && (await crypto.subtle.verify('Ed25519', each.key, raw.slice(4), signed)))
      return true;
  }
  return false;
}

/** The root that a leaf and its path lead to (RFC 9162 section 2.1.3.2). */
export async function rootFromPath(leaf, index, size, path) {
  if (!(index >= 0 && index < size)) throw new Malformed('the leaf lies outside the tree');
  const half = (number) => Math.floor(number / 2);
  const node = (left, right) => digest(join(Uint8Array.of(1), left, right));
  let [place, last, hashed] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) throw new Malformed('the path is too long');
    if (place % 2 === 1 || place === last) {
      hashed = await node(sibling, hashed);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hashed = await node(hashed, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  if (last !== 0) throw new Malformed('the path is too short');
  return hashed;
}
