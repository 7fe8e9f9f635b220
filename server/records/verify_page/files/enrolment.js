// Checks of what a record says of each phone's enrolment; it may leave it out. (As verify/enrolment.py.)
import { Malformed, need, whole } from './strict.js';

const WANTED = ['made_by', 'delivery', 'made_at', 'used_at'];
const CONFIRMED = ['confirmed_by', 'confirmed_at'];

/** What is wrong with the enrolments of a record, and what they say. */
export function enrolments(devices) {
  const [problems, facts] = [[], []];
  for (const device of devices) {
    if (device === null || typeof device !== 'object') throw new Malformed('a device is no object');
    if (!Object.hasOwn(device, 'enrolment')) continue;
    const [said, name] = [device.enrolment, `the enrolment of device ${need(device, 'device_id')}`];
    if (said === null || typeof said !== 'object' || Array.isArray(said)) {
      problems.push(`${name} says nothing`);
      continue;
    }
    const confirmed = CONFIRMED.some((key) => Object.hasOwn(said, key));
    const lacking = [...WANTED, ...(confirmed ? CONFIRMED : [])].filter((key) => !says(said, key));
    problems.push(...lacking.map((key) => `${name} does not say its ${key}`));
    if (lacking.length) continue;
    if (said.used_at > whole(need(device, 'enrolled_at')))
      problems.push(`${name}: its code was used after the device was enrolled`);
    const words = `enrolled by a code of ${said.made_by} (${said.delivery})`;
    facts.push(confirmed ? `${words}, confirmed by ${said.confirmed_by}` : words);
  }
  return [problems, facts];
}

function says(said, key) {
  const value = Object.hasOwn(said, key) ? said[key] : undefined;
  if (key.endsWith('_at')) return Number.isSafeInteger(value);
  return typeof value === 'string' && !/^[ \t\r\n]*$/.test(value);
}
