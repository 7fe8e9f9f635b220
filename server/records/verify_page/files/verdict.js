// Verifies a sealed record in this very place, without any network: every claim checked, one line each. (As verify/verdict.py.)
import { answerClaims } from './answer.js';
import * as chain from './chain.js';
import { claim } from './claim.js';
import { readSeal, seal, timestamp } from './company_seal.js';
import * as content from './content.js';
import * as document from './document.js';
import { Evidence } from './evidence.js';
import * as facts from './facts.js';
import { photoCustody, RECORD_TYPES } from './photos.js';
import * as sealing from './sealing.js';
import { need, text } from './strict.js';
import { readKeys } from './trusted.js';

const CHECKS = [
  ['record_form', 'The record is canonical and of a known type', sealing.recordForm],
  ['proof_form', 'The proof is about this record', sealing.proofForm],
  ['server_signature', 'The company signed this record', sealing.serverSignature],
  ['log_inclusion', "The record is in the company's log", sealing.logInclusion],
  ['checkpoint', "The log's key signed the checkpoint", sealing.checkpoint],
  ['operation_signatures', 'Every operation is signed by its device', chain.operationSignatures],
  ['operation_order', 'The operations are in order', chain.operationOrder],
  ['chain_links', 'Each operation names the one before it', chain.chainLinks],
  ['chain_gaps', 'Gaps in the chain', chain.chainGaps],
  ['operation_subjects', 'Everything is about one visit', chain.operationSubjects],
  ['report_hash', 'The report has its hash', content.reportHash],
  ['report_bound', 'The report is the one that was shown and signed', content.reportBound],
  ['signature', "The customer's decision is the one that was signed", content.signatureWords],
  ['strokes', 'The drawn signature is the one that was made', content.strokes],
  ['consent', 'The consent text is the one that was shown', content.consent],
  ['photo_manifest', 'Every photo is one that the device signed for', content.photoManifest],
  ['photos_report', 'The report shows exactly the photos of the record', content.photosReport],
  ['photo_custody', 'How each photo arrived', photoCustody],
  ['photo_files', 'Original photo files', content.photoFiles],
  ['times', 'Times of the server are in order', facts.times],
  ['phone_times', 'Times of the phone', facts.phoneTimes],
  ['arrival', 'The arrival verdict fits its interval and window', facts.arrival],
  ['amendment', 'Record and report agree on what they amend', facts.amendment],
  ['modesty', 'The record claims no more than it holds', facts.modesty],
];

/** Every claim of a record's bytes, its proof (parsed) and its strokes, against the text of a key file. */
export async function verifyRecord(record, proof, strokes, keyFile, photos = new Map()) {
  return withKeys(keyFile, (trusted) => recordClaims(record, proof, strokes, trusted, photos));
}

/** Every claim of a sealed PDF: its seal, then all of the record that it carries. */
export async function verifyPdf(bytes, keyFile, photos = new Map(), answers = []) {
  return withKeys(keyFile, async (trusted) => {
    const opening = document.openPdf(bytes);
    opening.catch(() => undefined); // each check that needs the file meets the fault itself
    const reading = opening.then(document.attachments);
    const newer = await reading.then(({ record }) => ofANewerVersion(record)).catch(() => null);
    if (newer) return [newer];
    const sealed = opening.then(readSeal);
    sealed.catch(() => undefined);
    const claims = [
      await claim('pdf_seal', "The company's seal covers the whole PDF", async () => seal(await sealed, trusted)),
      await claim('pdf_timestamp', 'Time of the seal', async () => timestamp(await sealed)),
    ];
    const statement = 'The PDF carries its record';
    let inside;
    try {
      inside = await reading;
    } catch (error) {
      return [
        ...claims,
        {
          id: 'pdf_record',
          ok: false,
          statement,
          detail: `no readable record.json and proof.json inside: ${error.message}`,
        },
      ];
    }
    claims.push(await claim('pdf_record', statement, async () => document.namesRecord(await opening, inside.record)));
    claims.push(...(await recordClaims(inside.record, inside.proof, inside.strokes, trusted, photos)));
    for (const file of answers) claims.push(...(await answerClaims(inside.record, file, trusted)));
    return claims;
  });
}

/** Every claim of a customer's answer file about a record. */
export async function verifyAnswer(record, file, keyFile) {
  return withKeys(keyFile, (trusted) => answerClaims(record, file, trusted));
}

/** The photos of the record in a PDF: id and hash, so that original files can be put beside it; none when it has none. */
export async function photosOf(bytes) {
  try {
    const { record } = await document.attachments(await document.openPdf(bytes));
    return JSON.parse(new TextDecoder().decode(record)).photos;
  } catch {
    return [];
  }
}

async function recordClaims(record, proof, strokes, trusted, photos) {
  const newer = ofANewerVersion(record);
  if (newer) return [newer];
  const evidence = new Evidence(record, proof, strokes, trusted, photos);
  const claims = [];
  for (const [id, statement, check] of CHECKS) claims.push(await claim(id, statement, async () => check(evidence)));
  return claims;
}

/**
 * The one claim about a record whose version is not known here: what is unknown is not accused of anything else. It fails
 * all the same, because nothing was checked.
 */
function ofANewerVersion(record) {
  let type;
  try {
    type = need(JSON.parse(text(record)), 'type');
  } catch {
    return null; // each claim says for itself what it cannot read
  }
  if (typeof type !== 'string' || RECORD_TYPES.includes(type) || !/^fieldproof\/record\/v[1-9][0-9]*$/.test(type))
    return null;
  const [id, statement] = CHECKS[0];
  const detail = `unknown record type ${type}: a newer version made it, and nothing of it was checked; use a newer verifier`;
  return { id, ok: false, statement, detail, unknown: true };
}

async function withKeys(keyFile, check) {
  let trusted;
  try {
    trusted = await readKeys(keyFile);
  } catch (error) {
    return [
      { id: 'key_file', ok: false, statement: "The key file has the company's public keys", detail: error.message },
    ];
  }
  return check(trusted);
}
