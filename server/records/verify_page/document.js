// Checks of the PDF: the company's seal (PAdES) over the whole file, and the sealed bytes inside. (As verify/document.py.)
import { finding } from './claim.js';
import { algorithmOf, checkSigned, keyName, readSigned } from './cms.js';
import { context, expect, OCTETS, oid, readAt, readDer, SEQUENCE } from './der.js';
import { digest, join, Malformed, readCanonical, same, sha256, text } from './strict.js';
import {
  PDFArray,
  PDFDict,
  PDFHexString,
  PDFName,
  PDFNumber,
  PDFParser,
  PDFRawStream,
  PDFString,
} from './vendor/pdf.js';

const LARGEST = 32 * 1024 * 1024;
const FILES = ['record.json', 'proof.json', 'strokes.json'];
const [DATA, TIMESTAMP, TST_INFO] = ['1.2.840.113549.1.7.1', '1.2.840.113549.1.9.16.2.14', '1.2.840.113549.1.9.16.1.4'];
const at = (dict, name) => dict.lookup(PDFName.of(name));

/** A PDF's objects; the parser reads the file from its beginning to its end, so later revisions count. */
export async function openPdf(bytes) {
  const objects = await PDFParser.forBytesWithOptions(bytes, Infinity, true).parseDocument();
  const root = objects.lookup(objects.trailerInfo.Root);
  if (!(root instanceof PDFDict)) throw new Malformed('no PDF, or one without a catalog');
  return { bytes, objects, root };
}

/** The record's bytes, the proof and the strokes inside a PDF. */
export async function attachments(pdf) {
  const found = new Map();
  collect(at(at(pdf.root, 'Names'), 'EmbeddedFiles'), found, 0);
  const read = async (name) => (found.has(name) ? unpack(found.get(name)) : null);
  const [record, proof, strokes] = await Promise.all(FILES.map(read));
  if (!record || !proof) throw new Malformed('no readable record.json and proof.json inside');
  const value = readCanonical(proof);
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new Malformed('the proof is no object');
  return { record, proof: value, strokes: strokes === null ? null : text(strokes) };
}

function collect(node, found, depth) {
  if (!(node instanceof PDFDict) || depth > 8) throw new Malformed('no attachments');
  const [kids, names] = [at(node, 'Kids'), at(node, 'Names')];
  if (kids instanceof PDFArray) for (let n = 0; n < kids.size(); n += 1) collect(kids.lookup(n), found, depth + 1);
  if (!(names instanceof PDFArray)) return;
  for (let n = 0; n + 1 < names.size(); n += 2) {
    const stream = at(at(names.lookup(n + 1), 'EF'), 'F');
    found.set(words(names.lookup(n)), stream);
  }
}

const words = (node) => (node instanceof PDFString || node instanceof PDFHexString ? node.decodeText() : '');

/** A stream's bytes, read up to a limit, so that a small file cannot fill the memory. */
async function unpack(stream) {
  if (!(stream instanceof PDFRawStream)) throw new Malformed('an attachment is no stream');
  const filter = at(stream.dict, 'Filter');
  if (filter === undefined) return stream.contents;
  const only = filter instanceof PDFArray && filter.size() === 1 ? filter.lookup(0) : filter;
  if (only !== PDFName.of('FlateDecode')) throw new Malformed('an attachment is packed in another way than Deflate');
  const reader = new Blob([stream.contents]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  const chunks = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    size += next.value.length;
    if (size > LARGEST) throw new Malformed('an attachment is too large');
  }
  return join(...chunks);
}

/** The PDF's own metadata names the hash of the record that it carries. */
export async function namesRecord(pdf, record) {
  const info = pdf.objects.lookup(pdf.objects.trailerInfo.Info);
  const keywords = info instanceof PDFDict ? words(at(info, 'Keywords')) : '';
  if (!keywords.includes(`sha256:${await sha256(record)}`))
    return finding(['the pages were made for another record than the one attached']);
  return finding(
    [],
    `record ${JSON.parse(text(record)).record_id}; that the pages show what it says rests on the seal: the company laid them out`,
  );
}

/** One signature, by the company's document key, valid, over every byte of the file. */
export async function seal(pdf, trusted) {
  const { signature, moment } = onlySignature(pdf);
  const { covered, container, problems } = cover(pdf.bytes, signature);
  const signed = readSigned(container);
  if (
    signed.version !== 1 ||
    signed.signerVersion !== 1 ||
    signed.digests.length !== 1 ||
    algorithmOf(signed.digests[0]) !== 'SHA-256' ||
    signed.hash !== 'SHA-256' ||
    signed.content.length !== 1 ||
    oid(signed.content[0]) !== DATA ||
    signed.certificates.length !== 1 ||
    [...signed.unsigned.keys()].some((name) => name !== TIMESTAMP)
  ) {
    problems.push("the signature's container is not of the form that the seal has");
  }
  const { certificate, problems: faults } = await checkSigned(signed, await digest(covered), DATA);
  if (!trusted.document.has(await keyName(certificate)))
    problems.push('the PDF is signed with a key that is not in the key file');
  if (faults.includes('content')) problems.push('the PDF was changed after it was sealed');
  if (faults.includes('signature') || faults.includes('type'))
    problems.push("the PDF's signature is not valid: it or its certificate was changed");
  return finding(problems, `PAdES by Common Name: ${certificate.subject}, claimed time ${moment}`);
}

/** Whether an independent authority timed the seal; without one the time is the company's word. */
export async function timestamp(pdf) {
  const signed = readSigned(cover(pdf.bytes, onlySignature(pdf).signature).container);
  if (!signed.unsigned.size)
    return finding([], "no timestamp of an independent authority: times rest on the company's clock", true);
  const token = signed.unsigned.get(TIMESTAMP);
  if (!token) throw new Malformed('an attribute that is no timestamp');
  const stamp = readSigned(token.whole);
  const [type, wrapped] = stamp.content;
  const [content] = expect(wrapped, context(0), 1);
  if (oid(type) !== TST_INFO || content.tag !== OCTETS) throw new Malformed('no timestamp');
  const { certificate, problems } = await checkSigned(stamp, await digest(content.content, stamp.hash), TST_INFO);
  const [, , imprint, , time] = expect(readDer(content.content), SEQUENCE);
  const [algorithm, hashed] = expect(imprint, SEQUENCE, 2);
  const right = same(hashed.content, await digest(signed.signature, algorithmOf(algorithm)));
  if (problems.length || !right) return finding(['the timestamp does not belong to this seal']);
  return finding(
    [],
    `${moment(text(time.content))} by Common Name: ${certificate.subject}; whether to trust that authority is for the reader to decide`,
    true,
  );
}

function onlySignature({ objects }) {
  const found = objects
    .enumerateIndirectObjects()
    .map(([, each]) => each)
    .filter((each) => each instanceof PDFDict && at(each, 'Type') === PDFName.of('Sig'));
  if (found.length !== 1) throw new Malformed(`the PDF has ${found.length} signatures and should have one`);
  const time = words(at(found[0], 'M')).replace(/^D:/, '');
  if (!/^\d{14}Z$/.test(time)) throw new Malformed('the signature gives no time');
  return { signature: found[0], moment: moment(time) };
}

const moment = (digits) => digits.replace(/^(....)(..)(..)(..)(..)(..).*$/, '$1-$2-$3 $4:$5:$6 UTC');

/** What the signature covers, and its container; its own bytes lie outside, so their form is pinned: hex, then zeros. */
function cover(bytes, signature) {
  const range = at(signature, 'ByteRange');
  const numbers = range instanceof PDFArray ? Array.from({ length: range.size() }, (_, n) => range.lookup(n)) : [];
  const [start, length, after, rest] = numbers.map((each) => (each instanceof PDFNumber ? each.asNumber() : NaN));
  const problems = [];
  if (numbers.length !== 4 || start !== 0 || !(length > 0 && length < after && after + rest === bytes.length)) {
    throw new Malformed('the signature does not cover the whole file: something was added after the sealing');
  }
  const gap = new TextDecoder('latin1').decode(bytes.subarray(length, after));
  if (!/^<([0-9A-F]{2})+>$/.test(gap)) throw new Malformed("the signature's container is not as it was written");
  const whole = Uint8Array.from(gap.slice(1, -1).match(/../g), (pair) => parseInt(pair, 16));
  const { end } = readAt(whole, 0);
  if (whole.subarray(end).some((byte) => byte !== 0))
    problems.push("the signature's container is not as it was written");
  return {
    covered: join(bytes.subarray(0, length), bytes.subarray(after)),
    container: whole.subarray(0, end),
    problems,
  };
}
