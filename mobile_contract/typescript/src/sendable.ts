/** Judges an operation before it is signed: what no server takes must never get a place in the chain. */
import { utf8 } from './bytes.js';
import { NotCanonical, NotSendable, canonical, isWellFormed } from './canonical.js';
import { LIMITS } from './generated/limits.js';
import type { Envelope, Reading } from './types.js';

/** As every server writes it, and verifiers compare it letter by letter. */
const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/**
 * The canonical text of an operation of `most` bytes that every server can take. Throws `NotSendable`, whose message names what
 * is wrong. At the tap `most` is what its kind may have: a larger one is taken and parked, and the work is done again. What was
 * signed before still goes, because the desk may want to read it.
 */
export function sendable(envelope: Envelope, attachment: string | undefined, most: number = LIMITS.operation_bytes): string {
  const { kind, id, subject, body } = envelope;
  if (typeof kind !== 'string' || kind.length < 1 || kind.length > LIMITS.kind_characters) {
    throw new NotCanonical(`The kind of an operation is a name of up to ${LIMITS.kind_characters} characters.`);
  }
  if (!ID.test(id)) throw new NotCanonical(`${id} is not the id of an operation.`);
  if (!ID.test(subject.id)) {
    throw new NotCanonical(`${subject.id} is not the id of anything; give the visit's, in small letters with hyphens.`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new NotCanonical('The body of an operation is an object with named fields.');
  }
  const text = canonical(envelope);
  fits(text, most, 'This');
  if (attachment !== undefined) {
    if (!isWellFormed(attachment)) throw new NotCanonical('The attachment holds half of a surrogate pair.');
    fits(attachment, LIMITS.attachment_bytes, 'The attachment');
  }
  return text;
}

/** Bytes of the canonical text of an operation of this kind. */
export function mostBytes(kind: string): number {
  return (LIMITS.large_kinds as readonly string[]).includes(kind) ? LIMITS.operation_bytes : LIMITS.kind_bytes;
}

function fits(text: string, most: number, what: string): void {
  const bytes = utf8(text).length;
  if (bytes > most) throw new NotSendable('too_large', `${what} has ${bytes} bytes, and ${most} can be sent.`);
}

/** Judge an intent that is signed later, as if its place in the chain were known. Throws `NotSendable`. */
export function mustBeSendable(
  tap: { id: string; kind: string; visitId: string; body: object; reading: Reading },
  attachment: string | undefined,
): void {
  const { id, kind, visitId, body, reading } = tap;
  const chain = { device_id: id, seq: LIMITS.integer, prev: '0'.repeat(64), base: LIMITS.integer };
  const subject = { type: 'visit', id: visitId };
  const envelope = { id, ...chain, kind, subject, body: body as Record<string, unknown>, clock: reading };
  sendable(envelope, attachment, mostBytes(kind));
}
