/** Time-ordered ids (RFC 9562 section 5.7), in the order they were made even within a millisecond. */

let last = 0;
let counter = 0;

/** A UUIDv7. Twelve bits after the time count up within a millisecond, and time never runs backwards here. */
export function uuid7(): string {
  const now = Date.now();
  if (now > last) {
    last = now;
    counter = crypto.getRandomValues(new Uint16Array(1))[0]! & 0x7ff;
  } else if (++counter > 0xfff) {
    last += 1;
    counter = 0;
  }
  const random = crypto.getRandomValues(new Uint8Array(8));
  random[0] = (random[0]! & 0x3f) | 0x80;
  const tail = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const time = last.toString(16).padStart(12, '0');
  const middle = (0x7000 | counter).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-${middle}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** After a restart: ids made from here on come after this one, whatever the wall clock says. */
export function notBefore(id: string): void {
  last = Math.max(last, Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
}
