/** Pictures that a server verifies, each of its own bytes. */
import { uuid7 } from '../../src/index.js';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC',
  'base64',
);

/** A picture of one pixel that no other test has: a text of its own stands in it. `bytes` fills it up. */
export function png(bytes = 0): Uint8Array {
  const [head, tail] = [PNG.subarray(0, PNG.length - 12), PNG.subarray(PNG.length - 12)];
  const text = Buffer.from(`Comment\0${uuid7()}`);
  const chunk = Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from('tEXt'), text]);
  const made = Buffer.concat([head, chunk, crc(chunk.subarray(4)), tail]);
  return Buffer.concat([made, Buffer.alloc(Math.max(0, bytes - made.length))]);
}

function crc(data: Buffer): Buffer {
  let value = ~0;
  for (const byte of data) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  const out = Buffer.alloc(4);
  out.writeUInt32BE(~value >>> 0);
  return out;
}
