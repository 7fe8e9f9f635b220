// Checks of times, arrival, amendment, and that the record claims no more than it holds. (As verify/content.py, modesty.py.)
import { finding } from './claim.js';
import { photoMoment, photosStrength } from './photos.js';
import { Steps } from './steps.js';
import { list, maybe, need, whole } from './strict.js';

const MINUTE = 60_000_000;

export async function times(evidence) {
  const { record } = evidence;
  const steps = new Steps(record);
  const sealed = whole(need(record, 'sealed_at'));
  const last = new Map(
    list(need(record, 'devices')).map((device) => [need(device, 'device_id'), whole(need(device, 'enrolled_at'))]),
  );
  const problems = [...steps.problems];
  for (const enrolled of last.values()) steps.inOrder(enrolled, sealed);
  for (const each of evidence.operations) {
    const name = need(each.said, 'device_id');
    const received = whole(each.receivedAt);
    if (!steps.inOrder(last.get(name), received) || !steps.inOrder(received, sealed)) {
      problems.push(`${each.name} was received before its device or the one before it, or after the sealing`);
    }
    last.set(name, received);
  }
  for (const photo of list(need(record, 'photos'))) {
    const [done, moment] = photoMoment(photo);
    if (!steps.inOrder(moment, sealed)) problems.push(`photo ${need(photo, 'photo_id')} was ${done} after the sealing`);
  }
  if (need(record, 'arrival')) steps.inOrder(need(record, 'arrival', 'latest'), sealed);
  if (whole(maybe(record, 'answer_until') ?? sealed) < sealed)
    problems.push("the customer's time to answer ended before the sealing");
  problems.push(...steps.unused());
  return finding(problems, ["by the company's server clock", ...steps.words()].join('; '), steps.named.length > 0);
}

export async function phoneTimes(evidence) {
  const sealed = whole(need(evidence.record, 'sealed_at'));
  const { report } = evidence;
  const odd = evidence.operations.filter((each) => whole(need(each.said, 'clock', 'wall')) > sealed);
  const facts = odd.length ? [`the phone's clock ran ahead of the sealing in ${odd.length} operations`] : [];
  const [started, finished] = [maybe(report, 'started_at') ?? null, maybe(report, 'finished_at') ?? null];
  if (started !== null && finished !== null && whole(started) > whole(finished))
    facts.push('the report starts after it finishes');
  return finding([], facts.join('; ') || "in order, by the phone's own clock", facts.length > 0);
}

export async function arrival(evidence) {
  const verdict = need(evidence.record, 'arrival');
  if (verdict === null) return finding([], 'no arrival verdict was made', true);
  const [earliest, latest, window] = [need(verdict, 'earliest'), need(verdict, 'latest'), need(verdict, 'window')];
  if (window === null) return finding([], `${need(verdict, 'verdict')}; no window is recorded to compare with`, true);
  const [from, to, start, end] = [earliest, latest, need(window, 'start'), need(window, 'end')].map(whole);
  const problems = [];
  const ordered = new Steps(evidence.record).inOrder(to, need(evidence.record, 'sealed_at'));
  if (!(from <= to && ordered) || start > end)
    problems.push('the interval of arrival or the agreed window is not in order');
  const impossible = { on_time: from > end || to < start, early: from >= start, late: to <= end, inconclusive: false };
  if (need(impossible, need(verdict, 'time')))
    problems.push(`the verdict '${verdict.time}' does not fit the interval and the window`);
  const tenths = Math.max(1, Math.ceil((to - from) / 6_000_000)); // rounded up: never narrower than it is
  const words = `${need(verdict, 'verdict')}; known to within ${(tenths / 10).toFixed(1)} min; `;
  return finding(problems, `${words}positions are the phone's own report: a signature proves a key, not a place`);
}

export async function amendment(evidence) {
  const [record, report] = [maybe(evidence.record, 'amends') ?? null, maybe(evidence.report, 'amends') ?? null];
  if (record !== null && report === null) return finding(['the record is called an amendment and its report is none']);
  if (record === null && report !== null)
    return finding([], `amends report ${report}, which was shown and never sealed`, true);
  return finding([], record === null ? 'no amendment' : `amends record ${record}`);
}

export async function modesty({ record }) {
  const signature = need(record, 'signature');
  const level = need(signature, 'kind') === 'signed' ? 'SES' : null;
  const problems = [];
  if (need(signature, 'level') !== level)
    problems.push(`the signature is called '${signature.level}'; what was made is ${level ?? 'none'}`);
  const claims = list(need(record, 'claims'));
  const stated = new Map(claims.map((claim) => [need(claim, 'id'), need(claim, 'strength')]));
  const wanted = new Map(strengths(record));
  if (stated.size !== claims.length) problems.push('a claim stands there twice');
  for (const name of [...new Set([...wanted.keys(), ...stated.keys()])].sort()) {
    if (stated.get(name) !== wanted.get(name))
      problems.push(`claim '${name}': stated ${stated.get(name) ?? 'None'}, held ${wanted.get(name) ?? 'None'}`);
  }
  return finding(problems, [...wanted].map(([name, strength]) => `${name}: ${strength}`).join(', '));
}

function strengths(record) {
  const attested = list(need(record, 'devices')).map((device) => (maybe(device, 'attestation') ?? 'none') !== 'none');
  const key = !attested.includes(true) ? 'not_attested' : attested.includes(false) ? 'partly_attested' : 'attested';
  const found = [
    ['content', 'bound'],
    ['device_key', key],
  ];
  const verdict = need(record, 'arrival');
  if (verdict) {
    const width = Math.ceil((whole(need(verdict, 'latest')) - whole(need(verdict, 'earliest'))) / MINUTE);
    found.push(['arrival_place', 'reported_by_phone'], ['arrival_time', `within_${Math.max(1, width)}_min`]);
  }
  const photos = list(need(record, 'photos'));
  if (photos.length) found.push(['photos', photosStrength(photos)]);
  const kind = need(record, 'signature', 'kind');
  return [
    ...found,
    ['signature', kind === 'signed' ? 'SES' : kind],
    ['seal', 'company'],
    ['confirmation', 'not_confirmed'],
    ['log', 'in_log'],
    ['time', 'company_clock'],
  ];
}
