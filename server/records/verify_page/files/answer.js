// Checks of a customer's answer: a statement of its own in the company's log, about the record at hand. (As verify/answer.py.)
import { claim, finding } from './claim.js';
import { Evidence } from './evidence.js';
import { checkpoint, logInclusion, proofForm, serverSignature } from './sealing.js';
import { Steps } from './steps.js';
import { Malformed, need, readCanonical, sha256, string, text, utf8, whole } from './strict.js';

const MEMBERS = 'answer,answer_until,answered_at,holds,reason,record_id,record_sha256,type';

export async function answerClaims(recordBytes, file, trusted) {
  let statement, proof;
  try {
    const value = readCanonical(file);
    [statement, proof] = [string(need(value, 'statement')), need(value, 'proof')];
    if (Object.keys(value).length !== 2 || proof === null || typeof proof !== 'object' || Array.isArray(proof))
      throw new Malformed('it has other members than statement and proof');
  } catch (error) {
    return [
      {
        id: 'answer_file',
        ok: false,
        statement: "The customer's answer is readable",
        detail: `malformed: ${error.message}`,
      },
    ];
  }
  const evidence = new Evidence(utf8(statement), proof, null, trusted);
  const checks = [
    ['answer_form', 'The answer is canonical and of a known type', () => form(statement)],
    ['answer_proof', 'The proof is about this answer', () => proofForm(evidence)],
    ['answer_signature', 'The company signed this answer', () => serverSignature(evidence)],
    ['answer_log', "The answer is in the company's log", () => logInclusion(evidence)],
    ['answer_checkpoint', "The log's key signed its checkpoint", () => checkpoint(evidence)],
    ['answer_record', 'The answer is about this record', () => about(statement, proof, recordBytes)],
    ['customer_answer', 'What the customer said', () => said(statement)],
  ];
  const claims = [];
  for (const each of checks) claims.push(await claim(...each));
  return claims;
}

async function form(statement) {
  const value = readCanonical(statement);
  const members = Object.keys(value).filter((name) => name !== 'clock_steps');
  const known = members.sort().join() === MEMBERS && !new Steps(value).problems.length;
  return finding(need(value, 'type') === 'fieldproof/answer/v1' && known ? [] : ['the answer is not of the known form'], `SHA-256 ${await sha256(statement)}`);
}

async function about(statement, proof, recordBytes) {
  const [value, record] = [JSON.parse(statement), JSON.parse(text(recordBytes))];
  const [steps, problems] = [new Steps(value), []];
  if (
    need(value, 'record_sha256') !== (await sha256(recordBytes)) ||
    need(value, 'record_id') !== need(record, 'record_id')
  )
    problems.push('the answer is about another record');
  else if (!steps.inOrder(need(record, 'sealed_at'), need(value, 'answered_at')))
    problems.push('the answer is older than the record');
  const found = [`record ${record.record_id}`, `leaf ${need(proof, 'leaf_index')} of the log`, ...steps.words()];
  return finding(problems, found.join('; '));
}

async function said(statement) {
  const value = JSON.parse(statement);
  if (!['confirmed', 'disputed'].includes(need(value, 'answer')))
    return finding([`unknown answer ${JSON.stringify(value.answer)}`]);
  if (value.answer === 'disputed' && whole(need(value, 'answered_at')) > whole(need(value, 'answer_until')))
    return finding(['the dispute came after its time']);
  const words = `${value.answer} by the link; who held it was not checked`;
  return finding([], need(value, 'reason') ? `${words}: ${value.reason}` : words, true);
}
