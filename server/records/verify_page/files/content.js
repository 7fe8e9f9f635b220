// Checks of what the record says: report, signature, strokes, consent, photos, times, arrival, claims. (As verify/content.py.)
import { finding } from './claim.js';
import { equal, list, maybe, need, readCanonical, sha256, string, whole } from './strict.js';

const MANIFEST = ['slot', 'sha256', 'size', 'content_type'];
const short = (digest) => `${string(digest).slice(0, 16)}…`;

export async function reportHash({ record }) {
  const [canonical, digest] = [string(need(record, 'report', 'canonical')), need(record, 'report', 'sha256')];
  const problems = [];
  if ((await sha256(canonical)) !== digest)
    problems.push("the report's text does not have the hash that the record gives: one of them was changed");
  if (need(readCanonical(canonical), 'type') !== 'fieldproof/report/v1')
    problems.push('the report is of an unknown type');
  return finding(problems, `SHA-256 ${digest}`);
}

export async function reportBound(evidence) {
  const digest = await sha256(need(evidence.record, 'report', 'canonical'));
  const reportId = need(evidence.report, 'report_id');
  const sent = evidence
    .kind('report')
    .map((each) => need(each.said, 'body'))
    .filter((body) => need(body, 'report_id') === reportId);
  const hashes = await Promise.all(
    sent.map(async (body) => maybe(body, 'canonical_sha256') ?? sha256(string(need(body, 'canonical')))),
  );
  const problems = [];
  if (!sent.length) problems.push('no operation of the record sends this report');
  else if (!hashes.includes(digest)) problems.push('the report that the device sent has another hash');
  const body = need(evidence.signing.said, 'body');
  if (need(body, 'report_id') !== reportId) problems.push('the signature operation is about another report');
  if (need(body, 'shown_sha256') !== digest)
    problems.push("the hash that was shown and signed is not this report's: the report was changed after signing");
  return finding(problems, 'report = shown = signed');
}

export async function signatureWords(evidence) {
  const [record, body] = [need(evidence.record, 'signature'), need(evidence.signing.said, 'body')];
  const of = (part, key) => maybe(part, key) || '';
  const compared = [
    ['outcome', need(record, 'kind'), need(body, 'outcome')],
    ['reason', of(record, 'reason'), of(body, 'reason')],
    ['strokes hash', maybe(record, 'strokes_sha256') ?? null, maybe(body, 'strokes_sha256') ?? null],
    ...['name', 'role', 'contact'].map((key) => [
      `signer's ${key}`,
      of(maybe(record, 'signer'), key),
      of(maybe(body, 'signer'), key),
    ]),
  ];
  const problems = compared
    .filter(([, mine, signed]) => !equal(mine, signed))
    .map(([name]) => `the ${name} differs from the signed operation`);
  const words = "a simple electronic signature (SES), drawn on the technician's phone";
  return finding(problems, record.kind === 'signed' ? words : `${record.kind}: the technician's statement`);
}

export async function strokes(evidence) {
  const wanted = maybe(need(evidence.record, 'signature'), 'strokes_sha256') ?? null;
  if (evidence.strokes === null) {
    if (wanted === null) return finding([], 'none was drawn');
    return finding(
      [],
      'the drawing is not at hand (it may have been deleted as personal data); its hash stays bound',
      true,
    );
  }
  if (wanted === null) return finding(['there is a drawing though the record says that none was made']);
  const held = (await sha256(evidence.strokes)) === wanted;
  return finding(
    held ? [] : ['the drawing does not have the hash that was signed: a stroke was changed'],
    `SHA-256 ${wanted}`,
  );
}

export async function consent(evidence) {
  const [named, signed] = [
    need(evidence.record, 'signature', 'consent'),
    need(evidence.signing.said, 'body', 'consent'),
  ];
  const problems = ['id', 'sha256', 'locale']
    .filter((key) => !equal(maybe(named, key), maybe(signed, key)))
    .map((key) => `the consent's ${key} differs from the signed operation`);
  const shown = maybe(evidence.report, 'consent') || {};
  const words = maybe(shown, 'text') ?? null;
  if (words !== null && (await sha256(string(words))) !== need(signed, 'sha256'))
    problems.push('the consent text that was shown does not have the signed hash');
  if ((maybe(shown, 'sha256') ?? null) !== null && shown.sha256 !== need(signed, 'sha256'))
    problems.push('the report names another consent hash than the signature operation');
  return finding(problems, `${need(signed, 'id')}, SHA-256 ${short(need(signed, 'sha256'))}`);
}

export async function photoManifest(evidence) {
  const signed = new Map();
  for (const each of evidence.kind('photo')) {
    const name = need(each.said, 'body', 'photo_id');
    signed.set(name, [...(signed.get(name) ?? []), each.said.body]);
  }
  const photos = list(need(evidence.record, 'photos'));
  const problems = [];
  for (const photo of photos) {
    const bodies = signed.get(need(photo, 'photo_id'));
    if (!bodies) {
      problems.push(`photo ${photo.photo_id} is not in the signed manifest`);
      continue;
    }
    const faults = bodies.map((body) => MANIFEST.filter((key) => !equal(need(photo, key), need(body, key))));
    const fewest = faults.reduce((best, one) => (one.length < best.length ? one : best));
    problems.push(...fewest.map((key) => `photo ${photo.photo_id}: its ${key} differs from the signed manifest`));
  }
  if (new Set(photos.map((photo) => photo.photo_id)).size !== photos.length)
    problems.push('a photo stands there twice');
  return finding(problems, `${photos.length} photos`);
}

export async function photosReport(evidence) {
  const pair = (photo) => `${need(photo, 'slot')}, ${string(need(photo, 'sha256'))}`;
  const held = new Set(list(need(evidence.record, 'photos')).map(pair));
  const shown = new Set(list(maybe(evidence.report, 'photos') || []).map(pair));
  const cut = (name) => name.slice(0, name.length - 48);
  const problems = [
    ...[...shown]
      .filter((name) => !held.has(name))
      .sort()
      .map((name) => `a photo of the report (${cut(name)}…) is not in the record`),
    ...[...held]
      .filter((name) => !shown.has(name))
      .sort()
      .map((name) => `a photo of the record (${cut(name)}…) was not shown in the report`),
  ];
  return finding(problems, `${shown.size} photos`);
}

export async function photoFiles(evidence) {
  const held = new Map(list(need(evidence.record, 'photos')).map((photo) => [need(photo, 'photo_id'), photo]));
  const problems = [];
  for (const [name, data] of [...evidence.photos].sort()) {
    const photo = held.get(name);
    if (!photo) problems.push(`photo file ${name} is not of this record`);
    else if (
      (await sha256(data)) !== photo.sha256 ||
      // The size of one that was not verified is only what the phone had promised.
      ((maybe(photo, 'state') ?? 'verified') === 'verified' && data.length !== photo.size)
    )
      problems.push(`photo file ${name} does not have the hash of the record: the photo was changed`);
  }
  if (!evidence.photos.size && held.size)
    return finding([], 'no original files were handed over; their hashes are in the record', true);
  return finding(problems, `${evidence.photos.size} of ${held.size} original files checked`);
}
