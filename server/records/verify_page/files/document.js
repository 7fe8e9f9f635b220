// The sealed bytes that travel inside a PDF, and the PDF opened for whoever checks its seal. (As verify/document.py.)
import { finding } from './claim.js';
import { join, Malformed, readCanonical, sha256, text } from './strict.js';
import { DecodeStream, PDFArray, PDFDict, PDFHexString, PDFName, PDFParser, PDFRawStream, PDFString, PDFXRefStreamParser } from './vendor/pdf.js';

const LARGEST = 32 * 1024 * 1024;
const UNPACKED = 96 * 1024 * 1024;
const UNPACKED_TIMES = 6; // the file's size, beyond that: what the server's own verifier may take
const FILES = ['record.json', 'proof.json', 'strokes.json'];
export const at = (dict, name) => dict.lookup(PDFName.of(name));

/** What the reader may still unpack. It reads streams of any size into the memory, and two kilobytes may hold a gigabyte. */
const unpacking = { left: 0, over: false };
const grow = DecodeStream.prototype.ensureBuffer;
DecodeStream.prototype.ensureBuffer = function ensureBuffer(wanted) {
  const had = this.buffer.byteLength;
  if (wanted > had && wanted > unpacking.left) tooMuch();
  const buffer = grow.call(this, wanted);
  unpacking.left -= buffer.byteLength - had;
  return buffer;
};

/** A table of references that says of itself that it is longer than its stream; the reader would make an entry for each. */
const entries = PDFXRefStreamParser.prototype.parseEntries;
PDFXRefStreamParser.prototype.parseEntries = function parseEntries() {
  const width = this.byteWidths.reduce((sum, bytes) => sum + Math.max(bytes, 0), 0);
  const count = this.subsections.reduce((sum, { length }) => sum + length, 0);
  if (count * Math.max(width, 1) > this.bytes.length) tooMuch();
  return entries.call(this);
};

function tooMuch() {
  unpacking.over = true;
  throw new Malformed('too large');
}

/** A PDF's objects; the parser reads the file from its beginning to its end, so later revisions count. */
export async function openPdf(bytes) {
  const objects = await parsed(bytes);
  const root = objects.lookup(objects.trailerInfo.Root);
  if (!(root instanceof PDFDict)) throw new Malformed('no PDF, or one without a catalog');
  return { bytes, objects, root };
}

async function parsed(bytes) {
  Object.assign(unpacking, { left: UNPACKED + UNPACKED_TIMES * bytes.length, over: false });
  try {
    return await PDFParser.forBytesWithOptions(bytes, Infinity, true).parseDocument();
  } catch (error) {
    if (!unpacking.over) throw error; // the parser says something of its own of whatever goes wrong
    throw new Malformed('reading it takes more memory than it should; no sealed report is like this');
  }
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

export const words = (node) => (node instanceof PDFString || node instanceof PDFHexString ? node.decodeText() : '');

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
