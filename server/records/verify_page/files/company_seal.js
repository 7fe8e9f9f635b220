// Checks of the company's seal (PAdES) over the whole PDF, and of the time stamp that may stand in it. (As verify/company_seal.py.)
//
// The seal covers every byte of the file but its own container. Of that, nothing is taken as it comes: it is written once
// more from the few parts that something signs, and must be the same to the last digit.
import { finding } from './claim.js';
import { attributesOf, faults, hashOf, keyName, readSigned, signerOf } from './cms.js';
import { context, der, expect, OCTETS, oid, OID, readAt, readDer, SEQUENCE, SET } from './der.js';
import { at, words } from './document.js';
import { digest, hex, join, Malformed, same, unhex } from './strict.js';
import { PDFArray, PDFDict, PDFNumber } from './vendor/pdf.js';

const [DATA, TIMESTAMP, TST_INFO] = ['1.2.840.113549.1.7.1', '1.2.840.113549.1.9.16.2.14', '1.2.840.113549.1.9.16.1.4'];
const [SIGNED_DATA_NAME, DATA_NAME] = [unhex('06092a864886f70d010702'), unhex('06092a864886f70d010701')];
const TIMESTAMP_NAME = der(OID, unhex('2a864886f70d010910020e'));
const [SHA256, ECDSA] = [unhex('300d06096086480165030402010500'), unhex('300a06082a8648ce3d040302')];
const VERSION_1 = unhex('020101');
/** Digits that a seal without a time stamp has room for; with one it has more, up to the most that is read. */
const [ROOM, MOST_ROOM] = [4096, 131072];
const MOMENT = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const STAMPED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/;
const TWIN = 'its own number s could be replaced by n - s, which proves the same';
const PUT_IN = 'without a time stamp, and one was put into it';
const TAKEN_OUT = 'with a time stamp, and it was taken out';
const STAMP_LEFT =
  "not covered are, in the stamp's own container, further certificates, revocation lists, unsigned attributes, " +
  'version numbers and how algorithms are written';

/** The one signature of an opened PDF, not yet checked; `strict` says whether its container is as the sealer writes it. */
export async function readSeal({ bytes, root }) {
  const signature = onlySignature(root);
  const found = MOMENT.exec(words(at(signature, 'M')));
  if (!found) throw new Malformed('the signature gives no time');
  const [start, length, after, rest] = byteRange(signature);
  if (start !== 0 || !(length > 0 && length < after && after + rest === bytes.length))
    throw new Malformed('the signature does not cover the whole file: something was added after the sealing');
  const gap = new TextDecoder('latin1').decode(bytes.subarray(length, after));
  if (gap.length > MOST_ROOM + 2 || !/^<([0-9A-F]{2})+>$/.test(gap))
    throw new Malformed("the signature's container is not as it was written");
  const { node } = readAt(unhex(gap.slice(1, -1).toLowerCase()), 0);
  const signed = readSigned(node);
  const unsigned = signed.unsigned ? attributesOf(signed.unsigned, context(1)) : new Map();
  const [certificate, token] = [signerOf(signed), unsigned.get(TIMESTAMP) ?? null];
  const written = hex(asSealed(signed, certificate, token)).toUpperCase();
  return {
    moment: dated(found),
    digest: await digest(join(bytes.subarray(0, length), bytes.subarray(after))),
    signed,
    certificate,
    token,
    room: gap.length - 2,
    strict: gap === `<${written.padEnd(gap.length - 2, '0')}>`,
  };
}

const dated = ([, year, month, day, hour, minute, second]) =>
  `${year}-${month}-${day} ${hour}:${minute}:${second} UTC`;

/** The value of the one field of the PDF's form. */
function onlySignature(root) {
  const form = at(root, 'AcroForm');
  const fields = form instanceof PDFDict ? at(form, 'Fields') : undefined;
  const count = fields instanceof PDFArray ? fields.size() : 0;
  if (count !== 1) throw new Malformed(`the PDF has ${count} signatures and should have one`);
  const value = at(fields.lookup(0), 'V');
  if (!(value instanceof PDFDict)) throw new Malformed("the PDF's signature is empty");
  return value;
}

function byteRange(signature) {
  const range = at(signature, 'ByteRange');
  const numbers = range instanceof PDFArray ? Array.from({ length: range.size() }, (_, n) => range.lookup(n)) : [];
  const whole = (each) => each instanceof PDFNumber && Number.isSafeInteger(each.asNumber());
  if (numbers.length !== 4 || !numbers.every(whole)) throw new Malformed('the signature does not say what it covers');
  return numbers.map((each) => each.asNumber());
}

/** The container that the sealer writes around what is signed. Everything else in it is fixed. */
function asSealed(signed, certificate, token) {
  const stamp = token ? [der(context(1), der(SEQUENCE, TIMESTAMP_NAME, der(SET, token.whole)))] : [];
  const who = der(SEQUENCE, certificate.name);
  const sign = der(OCTETS, signed.signature);
  const signer = der(SEQUENCE, VERSION_1, who, SHA256, signed.attributes.whole, ECDSA, sign, ...stamp);
  const content = der(SEQUENCE, DATA_NAME);
  const certificates = der(context(0), certificate.der);
  const data = der(SEQUENCE, VERSION_1, der(SET, SHA256), content, certificates, der(SET, signer));
  return der(SEQUENCE, SIGNED_DATA_NAME, der(context(0), data));
}

/** One signature, by the company's document key, valid, over every byte of the file but its own. */
export async function seal(found, trusted) {
  const problems = found.strict ? [] : ["the signature's container is not of the form that the seal has"];
  const wrong = await faults(found.signed, found.certificate, found.digest, DATA);
  if (!trusted.document.has(await keyName(found.certificate)))
    problems.push('the PDF is signed with a key that is not in the key file');
  if (wrong.has('content')) problems.push('the PDF was changed after it was sealed');
  if (wrong.has('signature') || wrong.has('type'))
    problems.push("the PDF's signature is not valid: it or its certificate was changed");
  const who = `PAdES by Common Name: ${found.certificate.subject}, claimed time ${found.moment}`;
  return finding(problems, `${who}; nothing covers the seal itself: ${TWIN}`);
}

/** Whether an independent authority timed the seal; without one the time is the company's word. */
export async function timestamp(found) {
  if (Boolean(found.token) !== found.room > ROOM)
    return finding([`the seal was made ${found.token ? PUT_IN : TAKEN_OUT}`]);
  if (!found.token)
    return finding([], "no timestamp of an independent authority: times rest on the company's clock", true);
  const stamp = readSigned(found.token);
  const [kind, wrapped] = stamp.content;
  const [content] = expect(wrapped, context(0), 1);
  if (oid(kind) !== TST_INFO || content.tag !== OCTETS) throw new Malformed('no timestamp');
  const certificate = signerOf(stamp);
  const wrong = await faults(stamp, certificate, await digest(content.content, stamp.hash), TST_INFO);
  const [, , imprint, , time] = expect(readDer(content.content), SEQUENCE);
  const [algorithm, hashed] = expect(imprint, SEQUENCE, 2);
  const moment = STAMPED.exec(new TextDecoder('latin1').decode(time.content));
  const right = same(hashed.content, await digest(found.signed.signature, hashOf(algorithm)));
  if (wrong.size || !moment || !right) return finding(['the timestamp does not belong to this seal']);
  const who = `${dated(moment)} by Common Name: ${certificate.subject}`;
  return finding([], `${who}; whether to trust that authority is for the reader to decide; ${STAMP_LEFT}`, true);
}
