// Checks of how each photo arrived, and by whose decision the record goes on without. (As verify/photos.py.)
import { finding } from './claim.js';
import { list, maybe, need } from './strict.js';

const PLAIN = 'fieldproof/record/v1';
/** In a record of version 1 every photo was verified; one of version 2 has a photo about which the company decided. */
export const RECORD_TYPES = [PLAIN, 'fieldproof/record/v2'];

const DECISION = ['decided_at', 'decided_by', 'reason'];
const MEMBERS = new Map([
  ['verified', ['verified_at']],
  ['never_arrived', DECISION],
  ['damaged_kept', [...DECISION, 'finding']],
]);
const ALL = ['decided_at', 'decided_by', 'finding', 'reason', 'verified_at'];
const WORDS = { never_arrived: 'never arrived', damaged_kept: 'arrived damaged and is kept' };

export async function photoCustody({ record }) {
  const photos = list(need(record, 'photos'));
  if (need(record, 'type') === PLAIN) return finding(plain(photos), `${photos.length} verified by the server`);
  const [problems, facts] = [[], []];
  for (const photo of photos) {
    const [name, state] = [`photo ${need(photo, 'photo_id')}`, need(photo, 'state')];
    const wanted = MEMBERS.get(state);
    if (!wanted) {
      problems.push(`${name} stands in no known way`);
      continue;
    }
    problems.push(...wanted.filter((key) => !says(photo, key)).map((key) => `${name} does not say its ${key}`));
    for (const key of ALL) {
      if (Object.hasOwn(photo, key) && !wanted.includes(key))
        problems.push(`${name} states ${key}, which does not go with how it stands`);
    }
    if (state in WORDS) facts.push(`${name} ${WORDS[state]}, decided by ${photo.decided_by}: ${photo.reason}`);
  }
  if (!facts.length && !problems.length)
    problems.push('it is of the version for photos that were decided about, and has none');
  const verified = photos.filter((photo) => photo.state === 'verified').length;
  return finding(problems, [`${verified} verified by the server`, ...facts].join('; '), true);
}

function plain(photos) {
  const found = [];
  for (const photo of photos) {
    const name = `photo ${need(photo, 'photo_id')}`;
    if (!says(photo, 'verified_at')) found.push(`${name} does not say its verified_at`);
    for (const key of ['state', ...ALL]) {
      if (Object.hasOwn(photo, key) && key !== 'verified_at')
        found.push(`${name} states ${key}, which this version of the record does not have`);
    }
  }
  return found;
}

function says(photo, key) {
  const value = maybe(photo, key);
  if (key.endsWith('_at')) return Number.isSafeInteger(value);
  return typeof value === 'string' && !/^[ \t\r\n]*$/.test(value);
}

/** What was done with a photo last, and when: it was verified, or decided about. */
export function photoMoment(photo) {
  const done = (maybe(photo, 'state') || 'verified') === 'verified' ? 'verified' : 'decided about';
  return [done, need(photo, done === 'verified' ? 'verified_at' : 'decided_at')];
}

/** How strongly the record may claim its photos: the server hashed again what has arrived. */
export function photosStrength(photos) {
  const arrived = photos.map((photo) => maybe(photo, 'state') !== 'never_arrived');
  return !arrived.includes(false) ? 'hashed_again' : arrived.includes(true) ? 'partly_hashed' : 'not_hashed';
}
