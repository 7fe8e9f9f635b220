// Checks of the operation chain: signatures, order, links, and the gaps between. (As verify/chain.py.)
import { finding } from './claim.js';
import { enrolments } from './enrolment.js';
import { hashOf } from './evidence.js';
import { fromBase64url, isHash, list, maybe, need, p256, signedBy, utf8, whole } from './strict.js';

export async function operationSignatures(evidence) {
  const devices = new Map(list(need(evidence.record, 'devices')).map((device) => [need(device, 'device_id'), device]));
  const keys = new Map();
  for (const [name, device] of devices) keys.set(name, await p256(fromBase64url(need(device, 'public_key'))));
  const problems = [];
  for (const each of evidence.operations) {
    const key = keys.get(need(each.said, 'device_id'));
    if (!key) problems.push(`${each.name} is by a device that the record does not list`);
    else if (!(await signedBy(key, utf8(each.text), each.signature))) {
      problems.push(`${each.name} is not signed by its device: the operation, its signature or the key was changed`);
    }
  }
  if (!evidence.operations.length) problems.push('the record holds no operation');
  const weak = [...devices.values()].every((device) => (maybe(device, 'attestation') ?? 'none') === 'none');
  const [wrong, facts] = enrolments([...list(need(evidence.record, 'devices'))]);
  const words = weak ? "the keys' storage is not attested" : 'with attestation';
  const told = [`${evidence.operations.length} operations, ${keys.size} device key(s)`, words, ...facts].join('; ');
  return finding([...problems, ...wrong], told);
}

function chains(evidence) {
  const found = new Map();
  for (const each of evidence.operations) {
    const name = need(each.said, 'device_id');
    found.set(name, [...(found.get(name) ?? []), each]);
  }
  return [...found.values()];
}

const pairs = (values) => values.slice(1).map((after, at) => [values[at], after]);
const seqOf = (operation) => whole(need(operation.said, 'seq'));

export async function operationOrder(evidence) {
  const problems = [];
  const devices = evidence.operations.map((each) => need(each.said, 'device_id'));
  const runs = devices.filter((name, at) => at === 0 || devices[at - 1] !== name);
  if (runs.length !== new Set(runs).size) problems.push('the operations of the devices are mixed');
  for (const chain of chains(evidence)) {
    for (const [before, after] of pairs(chain)) {
      if (seqOf(after) <= seqOf(before))
        problems.push(`${after.name} stands after ${before.name}: the order was changed`);
    }
  }
  const ids = evidence.operations.map((each) => need(each.said, 'id'));
  if (ids.length !== new Set(ids).size) problems.push('an operation stands there twice');
  return finding(problems, 'by device and number');
}

export async function chainLinks(evidence) {
  const problems = [];
  let checked = 0;
  for (const chain of chains(evidence)) {
    for (const [at, each] of chain.entries()) {
      const [seq, prev] = [need(each.said, 'seq'), need(each.said, 'prev')];
      if ((prev === null) !== (seq === 1) || !(prev === null || isHash(prev)))
        problems.push(`${each.name} names no hash before it, or is the first and names one`);
      if (at && seq === seqOf(chain[at - 1]) + 1) {
        checked += 1;
        if (prev !== (await hashOf(chain[at - 1])))
          problems.push(`${each.name} does not follow ${chain[at - 1].name}: an operation was changed or replaced`);
      }
    }
  }
  return finding(problems, `${checked} links checked`);
}

export async function chainGaps(evidence) {
  const missing = [];
  for (const chain of chains(evidence)) {
    for (const [before, after] of pairs(chain.map(seqOf))) {
      if (after - before > 1) missing.push(before + 1 === after - 1 ? `${before + 1}` : `${before + 1}–${after - 1}`);
    }
  }
  if (!missing.length) return finding([], 'none between the first and the last operation');
  return finding(
    [],
    `operations ${missing.join(', ')} of the device are not in this record (it works on other visits too); across a gap the link cannot be checked here`,
    true,
  );
}

export async function operationSubjects(evidence) {
  const visit = need(evidence.record, 'visit_id');
  const problems = evidence.operations
    .filter((each) => need(each.said, 'subject', 'type') === 'visit' && need(each.said, 'subject', 'id') !== visit)
    .map((each) => `${each.name} is about another visit`);
  if (need(evidence.report, 'visit', 'id') !== visit) problems.push('the report is of another visit');
  return finding(problems, `visit ${visit}`);
}
