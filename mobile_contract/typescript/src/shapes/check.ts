/**
 * Whether a report, its strokes and its signature can be sealed. Ask before the customer signs; the server asks the same
 * (`mobile_contract/shapes/check.py`) and parks what does not fit. `vectors/shapes.json` holds the two together.
 */
import { sha256Hex, utf8 } from '../bytes.js';
import { NotCanonical, canonical } from '../canonical.js';
import { REPORT_SCHEMA, STROKES_SCHEMA } from '../generated/shapes.js';
import { type Sums, type Total, nextWhole, partAmount, rightTotals, sumsOf } from './amounts.js';
import { type Json, type Schema, Unfit, isObject, mustFit, withNul } from './fit.js';
import { type Drawing, hasInk, shows } from './ink.js';

/** A schema of the contract, with the limits that JSON Schema has no keyword for. */
interface Whole extends Schema {
  $defs: Record<string, Schema>;
  'x-limits': { bytes: number; depth: number; points?: number; moves?: number; pad?: number };
}

/** The members of a `sign` operation's body that are looked at. */
export interface Signing {
  outcome: string;
  consent: { id: string; sha256: string };
  strokes_sha256?: string | null;
  signer?: { name: string } | null;
  reason?: string;
}

const REPORT = REPORT_SCHEMA as Whole;
const STROKES = STROKES_SCHEMA as Whole;
const NO_ZONES = ['Factory', 'localtime', 'posixrules'];
const STROKES_FORM = '{"width": 800, "height": 300, "strokes": [[[x, y, milliseconds, pressure], ...], ...]}';
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

/** The value of a report's canonical text, when it can be sealed and verified. Throws `Unfit`. */
export async function checkReport(text: string): Promise<Json> {
  const value = read(text, 'The report', REPORT);
  for (const [field, number, depth] of numbers(value, '', 1, REPORT['x-limits'].depth)) {
    if (depth > REPORT['x-limits'].depth) tooDeep('The report is', REPORT);
    if (!Number.isInteger(number)) {
      throw new Unfit(field, `${field} is a fraction. Write a whole number in a smaller unit, like cents or seconds.`);
    }
    if (!Number.isSafeInteger(number)) {
      throw new Unfit(field, `${field} is a number beyond ${LARGEST}, which not every reader keeps exact.`);
    }
  }
  mustFit(value, REPORT, REPORT.$defs);
  mustBeCanonical(value, text);
  checkTimeZone(value);
  checkPhotos(value);
  checkLines(value);
  const consent = (value.consent ?? {}) as Json;
  if (present(consent.text) && !shows(consent.text as string)) {
    throw new Unfit('consent.text', 'consent.text shows nothing. Show what the customer agrees to, or leave it out.');
  }
  if (present(consent.text) && present(consent.sha256) && (await sha256Hex(consent.text as string)) !== consent.sha256) {
    throw new Unfit('consent.sha256', 'consent.sha256 is not the hash of consent.text.');
  }
  checkContent(value);
  return value;
}

/** Strokes that can be drawn and that show something. Throws `Unfit`. */
export function checkStrokes(text: string): void {
  const value = read(text, 'The strokes', STROKES);
  for (const [, number, depth] of numbers(value, '', 1, STROKES['x-limits'].depth)) {
    if (depth > STROKES['x-limits'].depth) tooDeep('The strokes hold something that is', STROKES);
    if (!Number.isFinite(number)) throw new Unfit('', 'The strokes should be JSON text with nothing before or after it.');
  }
  mustFit(value, STROKES, STROKES.$defs);
  const drawing = value as unknown as Drawing;
  const { points: most, moves, pad } = STROKES['x-limits'] as Required<Whole['x-limits']>;
  if (drawing.strokes.reduce((sum, stroke) => sum + stroke.length, 0) > most) {
    throw new Unfit('strokes', `strokes has more than ${most} points.`);
  }
  if (!hasInk(drawing, moves, pad)) {
    throw new Unfit('strokes', 'strokes holds no line that moves, so nothing is signed. Let the customer sign again.');
  }
}

/**
 * What the customer did with a report that fits (its value): the body of the `sign` operation, and the strokes that go as
 * its attachment, null when there are none. Throws `Unfit`.
 */
export async function checkSigning(report: Json, body: Signing, strokes: string | null): Promise<void> {
  const at = withNul(body);
  if (at !== null) throw new Unfit(at, `${at} holds a character (NUL) that no text can keep. Write it without.`);
  if (body.outcome === 'signed') {
    await checkSigned(body, strokes);
  } else {
    if (!shows(body.reason)) throw new Unfit('reason', `${body.outcome} needs a reason.`);
    if (strokes !== null || present(body.strokes_sha256)) {
      throw new Unfit('strokes_sha256', `There are strokes although the outcome is ${body.outcome}.`);
    }
    if (body.outcome === 'customer_absent' && present(body.signer)) {
      throw new Unfit('signer', 'There is a signer although the outcome is customer_absent.');
    }
  }
  const shown = (report.consent ?? {}) as Json;
  for (const name of ['sha256', 'id'] as const) {
    if (present(shown[name]) && shown[name] !== body.consent[name]) {
      const what = `consent.${name}`;
      throw new Unfit(what, `${what} is not that of the consent in the report that was shown.`);
    }
  }
  if (present(shown.text) && (await sha256Hex(shown.text as string)) !== body.consent.sha256) {
    const what = 'consent.sha256';
    throw new Unfit(what, `${what} is not the hash of the consent text in the report that was shown.`);
  }
}

async function checkSigned(body: Signing, strokes: string | null): Promise<void> {
  if (!body.signer || !body.strokes_sha256 || !strokes) {
    throw new Unfit('signer', 'A signature needs signer, strokes_sha256 and the strokes as attachment.');
  }
  if (!shows(body.signer.name)) {
    throw new Unfit('signer.name', 'signer.name shows nothing. Enter the name of the person who signs.');
  }
  if ((await sha256Hex(strokes)) !== body.strokes_sha256) {
    throw new Unfit('strokes_sha256', 'The strokes are not the ones that were signed for: their hash differs.');
  }
  checkStrokes(strokes);
}

function read(text: string, what: string, schema: Whole): Json {
  if (/[\uD800-\uDFFF]/u.test(text)) throw new Unfit('', `${what} holds half of a character.`);
  const [size, most] = [utf8(text).length, schema['x-limits'].bytes];
  if (size > most) throw new Unfit('', `${what} has ${size} bytes, and at most ${most} fit.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unfit('', `${what} should be JSON text with nothing before or after it.`);
  }
  if (isObject(value)) return value;
  throw new Unfit('', `${what} should be a JSON object${schema === STROKES ? ` like ${STROKES_FORM}` : ''}.`);
}

/** Every number with its place and depth, and the first place that lies too deep, where it stops going deeper. */
function* numbers(value: unknown, field: string, depth: number, most: number): Generator<[string, number, number]> {
  if (typeof value === 'number') {
    yield [field, value, depth];
  } else if (typeof value === 'object' && value !== null) {
    if (depth > most) {
      yield [field, 0, depth];
      return;
    }
    for (const [name, item] of Object.entries(value)) {
      const inside = Array.isArray(value) ? `${field}[${name}]` : field ? `${field}.${name}` : name;
      // A number's own depth is that of the list or object which holds it.
      yield* numbers(item, inside, typeof item === 'number' ? depth : depth + 1, most);
    }
  }
}

function tooDeep(start: string, schema: Whole): never {
  throw new Unfit('', `${start} nested more than ${schema['x-limits'].depth} levels deep.`);
}

function mustBeCanonical(value: Json, text: string): void {
  try {
    if (canonical(value) === text) return;
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
  }
  throw new Unfit('', 'The report is not in canonical form (RFC 8785).');
}

/** A zone that this machine knows; the server, which knows them all, has the last word. */
function checkTimeZone(report: Json): void {
  const zone = report.time_zone as string | null | undefined;
  if (!present(zone)) return;
  try {
    if (NO_ZONES.includes(zone) || !/^[A-Z]/.test(zone)) throw new RangeError(zone);
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw new Unfit('time_zone', `time_zone should be a zone like Asia/Shanghai, and '${zone}' is none.`);
  }
}

function checkPhotos(report: Json): void {
  const seen = new Set<string>();
  for (const [at, photo] of ((report.photos ?? []) as { photo_id: string }[]).entries()) {
    if (seen.has(photo.photo_id)) {
      const field = `photos[${at}].photo_id`;
      throw new Unfit(field, `${field} is listed before; list each photo once.`);
    }
    seen.add(photo.photo_id);
  }
}

/** Prices have a currency, fractions the whole number that others read, and each total is what its currency's lines come to. */
function checkLines(report: Json): void {
  for (const [at, part] of ((report.parts ?? []) as Json[]).entries()) checkPart(`parts[${at}]`, part);
  const sums = sumsOf(report);
  checkTotal(report, sums);
  checkTotals(report, sums);
}

function checkPart(field: string, part: Json): void {
  if (present(part.quantity_milli)) {
    const whole = nextWhole(part.quantity_milli as number);
    if (part.quantity !== whole) {
      throw new Unfit(
        `${field}.quantity`,
        `${field}.quantity should be ${whole}, the next whole number up from ${part.quantity_milli} thousandths.`,
      );
    }
  }
  if (present(part.unit_price) && !present(part.quantity)) {
    throw new Unfit(`${field}.quantity`, `${field}.quantity is missing beside a price.`);
  }
  if (present(part.unit_price) && !present(part.currency)) {
    throw new Unfit(`${field}.currency`, `${field}.currency is missing beside a price.`);
  }
  const amount = partAmount(part);
  if (amount !== null && (amount > LARGEST || amount < -LARGEST)) {
    throw new Unfit(`${field}.quantity`, `${field}.quantity times unit_price is more than ${LARGEST}.`);
  }
  if (present(part.amount) && (amount === null || BigInt(part.amount as number) !== amount)) {
    const come = amount === null ? 'has no quantity and price' : `comes to ${amount}`;
    throw new Unfit(`${field}.amount`, `${field}.amount is ${part.amount}, and the line ${come}.`);
  }
}

function checkTotal(report: Json, sums: Map<string, Sums>): void {
  const total = report.total as Total | null | undefined;
  if (!present(total)) return;
  for (const [field, currency] of priced(report)) {
    if (currency !== total.currency) {
      throw new Unfit(
        'total.currency',
        `total.currency is ${total.currency} and ${field} is in ${currency}; ` +
          'amounts of several currencies have no total, so leave it out.',
      );
    }
  }
  mustBeRight('total', total, sums);
}

function checkTotals(report: Json, sums: Map<string, Sums>): void {
  const totals = (report.totals ?? []) as unknown as Total[];
  const seen = new Set<string>();
  for (const [at, total] of totals.entries()) {
    const field = `totals[${at}]`;
    if (seen.has(total.currency)) {
      throw new Unfit(`${field}.currency`, `${field}.currency is listed before; a currency has one total.`);
    }
    seen.add(total.currency);
    mustBeRight(field, total, sums);
  }
  const missing = [...sums].find(([currency, found]) => !seen.has(currency) && !rightTotals(found).includes(0n));
  if (totals.length > 0 && missing) throw new Unfit('totals', `totals has none in ${missing[0]}, and lines are in it.`);
}

function mustBeRight(field: string, total: Total, sums: Map<string, Sums>): void {
  const found = sums.get(total.currency) ?? { parts: 0n, charges: 0n, risen: 0n, hasCharges: false };
  if (rightTotals(found).includes(BigInt(total.amount))) return;
  throw new Unfit(
    `${field}.amount`,
    `${field}.amount is ${total.amount}, and the lines come to ${found.parts + found.charges}. ` +
      'A discount, a tax or a rounding is a line of charges.',
  );
}

/** The lines that something is to be paid for, with their currencies. */
function* priced(report: Json): Generator<[field: string, currency: string]> {
  for (const [at, part] of ((report.parts ?? []) as Json[]).entries()) {
    if (partAmount(part) && part.charged !== false) yield [`parts[${at}]`, part.currency as string];
  }
  for (const [at, expense] of ((report.expenses ?? []) as unknown as (Total & { charged?: boolean })[]).entries()) {
    if (expense.charged && expense.amount !== 0) yield [`expenses[${at}]`, expense.currency];
  }
  for (const [at, charge] of ((report.charges ?? []) as unknown as Total[]).entries()) {
    if (charge.amount !== 0) yield [`charges[${at}]`, charge.currency];
  }
}

/** Something was done or found, and is said: a signature under a page of names alone agrees to nothing. */
function checkContent(report: Json): void {
  const { symptom, cause, component } = (report.fault ?? {}) as Record<string, string | null | undefined>;
  if ([report.work as string, symptom, cause, component].some(shows)) return;
  if (['checklist', 'parts', 'charges', 'photos'].some((name) => ((report[name] ?? []) as unknown[]).length > 0)) return;
  throw new Unfit('work', 'work is empty, and there is no fault, checklist, part, charge or photo: the report says nothing.');
}

function present<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
