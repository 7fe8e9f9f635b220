/** Uppy's AWS S3 plugin from npm against the real server and storage: one PUT, parts, cuts, pauses, kills, wrong bytes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import AwsS3, { type AwsBody } from '@uppy/aws-s3';
import Uppy from '@uppy/core';
import { type PhotoMeta, addPhoto, addWaiting, photoUploads } from '../../src/adapters/uppy.js';
import { type Client, Refused } from '../../src/index.js';
import { cast, desk, newVisit, phone } from './cast.js';
import { Network, type Sent } from './xhr.js';

const MB = 1024 * 1024;
/** Three parts: 8 MiB, 8 MiB and the rest. */
const LARGE = 18 * MB;

function chunk(kind: string, data: Uint8Array): Buffer {
  const made = Buffer.alloc(12 + data.length);
  made.writeUInt32BE(data.length);
  made.write(kind, 4, 'latin1');
  made.set(data, 8);
  made.writeUInt32BE(crc32(made.subarray(4, 8 + data.length)), 8 + data.length);
  return made;
}

/** A PNG of one pixel that no other test has, with as many bytes in a private chunk that readers pass over. */
function picture(size = 1000): Uint8Array<ArrayBuffer> {
  const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      chunk('IHDR', head),
      chunk('fiLl', randomBytes(size)),
      chunk('IDAT', deflateSync(Buffer.from([0, 255, 255, 255]))),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

/** Wei's phone with promised photos of these sizes, and an Uppy that has them. */
async function ready(t: TestContext, ...sizes: number[]) {
  const visitId = await newVisit('wei');
  const wei = await phone('wei');
  await wei.sync();
  const photos = [];
  for (const size of sizes) {
    const bytes = picture(size);
    photos.push({ id: await wei.takePhoto(visitId, 'before', bytes, 'image/png'), bytes });
  }
  await wei.sync();
  const network = new Network().install();
  const uppy = uppyOf(t, wei);
  for (const photo of photos) addPhoto(uppy, photo.id, blob(photo.bytes));
  return { wei, visitId, photos, network, uppy };
}

function uppyOf(t: TestContext, wei: Client): Uppy<PhotoMeta, AwsBody> {
  const uppy = new Uppy<PhotoMeta, AwsBody>();
  uppy.use(AwsS3<PhotoMeta, AwsBody>, photoUploads(uppy, wei.session));
  t.after(() => uppy.destroy());
  return uppy;
}

function blob(bytes: Uint8Array<ArrayBuffer>): Blob {
  return new Blob([bytes], { type: 'image/png' });
}

function inPart(number: number, sent: Sent): boolean {
  return sent.url.searchParams.get('partNumber') === String(number);
}

/** The state of each photo as the desk sees it. */
async function states(visitId: string): Promise<string[]> {
  const rows = await desk<{ state: string; finding: string }[]>('GET', `/v1/visits/${visitId}/photos`);
  return rows.map((row) => row.state + row.finding);
}

test('a small photo goes up by one PUT with the signed headers, a large one in parts, and both are verified', async (t) => {
  const { wei, visitId, photos, network, uppy } = await ready(t, 1000, LARGE);
  const done = await uppy.upload();
  assert.deepEqual(done?.failed, []);
  assert.equal(done?.successful?.length, 2);
  assert.deepEqual(network.parts, [1, 2, 3]);
  assert.equal(network.puts.length, 4);
  for (const put of network.puts) {
    const signed = put.url.searchParams.get('X-Amz-SignedHeaders')!.split(';');
    assert.deepEqual([...Object.keys(put.headers), 'content-length', 'host'].sort(), signed.sort());
    assert.ok(put.headers['x-amz-checksum-sha256']);
  }
  const single = network.puts.find((put) => !put.url.searchParams.has('partNumber'))!;
  assert.equal(single.headers['if-none-match'], '*');
  assert.equal(single.headers['content-type'], 'image/png');
  assert.deepEqual(await states(visitId), ['verified', 'verified']);
  await wei.sync();
  for (const { id } of photos) assert.equal((await wei.row('photo', id))?.body.state, 'verified');
  assert.deepEqual((await wei.uploadPhotos()).map((photo) => photo.state), ['verified', 'verified']);
  assert.equal(network.puts.length, 4, 'the client finds both verified and sends nothing');
});

test('after a connection that breaks in mid-part again and again, a retry sends only what is missing', async (t) => {
  const { visitId, network, uppy } = await ready(t, LARGE);
  network.carries = (sent) => !inPart(2, sent) || sent.bytes < MB;
  assert.equal((await uppy.upload())?.failed?.length, 1);
  assert.deepEqual(network.parts, [1]);
  assert.deepEqual(await states(visitId), ['promised']);
  network.carries = () => true;
  assert.equal((await uppy.retryAll())?.successful?.length, 1);
  assert.deepEqual(network.parts, [1, 2, 3]);
  assert.deepEqual(await states(visitId), ['verified']);
});

test('a pause in mid-part and a resume', async (t) => {
  const { visitId, network, uppy } = await ready(t, LARGE);
  let paused = false;
  network.carries = (sent) => {
    if (!paused && inPart(2, sent) && sent.bytes >= MB) {
      paused = true;
      uppy.pauseAll();
      setTimeout(() => uppy.resumeAll(), 200);
    }
    return true;
  };
  assert.equal((await uppy.upload())?.successful?.length, 1);
  assert.ok(paused);
  assert.deepEqual(network.parts, [1, 2, 3]);
  assert.deepEqual(await states(visitId), ['verified']);
});

test('cancelling drops the parts; the promise stays and can be kept later', async (t) => {
  const { wei, visitId, photos, network, uppy } = await ready(t, LARGE);
  const [photo] = photos as [(typeof photos)[0]];
  const warned: unknown[] = [];
  uppy.opts.logger = { ...uppy.opts.logger, warn: (...said: unknown[]) => warned.push(said) };
  network.carries = (sent) => {
    if (inPart(2, sent)) uppy.cancelAll();
    return true;
  };
  await uppy.upload();
  const path = `/v1/photos/${photo.id}/multipart`;
  const gone = (error: unknown): boolean => error instanceof Refused && error.code === 'no_upload';
  for (let tries = 0; tries < 50 && !(await wei.session.call('GET', path).then(() => false, gone)); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20)); // Uppy does not wait for it
  }
  await assert.rejects(wei.session.call('GET', path), gone);
  assert.deepEqual(warned, [], 'Uppy is content with the answer');
  assert.deepEqual(await states(visitId), ['promised']);
  network.carries = () => true;
  addPhoto(uppy, photo.id, blob(photo.bytes));
  assert.equal((await uppy.upload())?.successful?.length, 1);
  assert.deepEqual(network.parts, [1, 1, 2, 3]);
  assert.deepEqual(await states(visitId), ['verified']);
});

test('an app that is killed in mid-part goes on with what has arrived', async (t) => {
  const { visitId, photos, network, uppy } = await ready(t, LARGE);
  const folder = mkdtempSync(join(tmpdir(), 'uppy-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'photo.png'), photos[0]!.bytes);
  const killed = join(import.meta.dirname, 'uppy_killed.ts');
  const app = spawn(process.execPath, ['--import', 'tsx', killed, photos[0]!.id, join(folder, 'photo.png')]);
  t.after(() => app.kill('SIGKILL'));
  app.stderr.pipe(process.stderr);
  const [said] = await once(app.stdout, 'data', { signal: AbortSignal.timeout(20_000) });
  assert.match(String(said), /in the middle of part 2/);
  app.kill('SIGKILL');
  await once(app, 'exit');
  assert.equal((await uppy.upload())?.successful?.length, 1);
  assert.deepEqual(network.parts, [2, 3]);
  assert.deepEqual(await states(visitId), ['verified']);
});

test('a PUT whose answer is lost is answered 412 the next time, which is success', async (t) => {
  const { visitId, network, uppy } = await ready(t, 1000);
  network.delivers = (sent) => sent.status !== 200;
  const done = await uppy.upload();
  assert.deepEqual(network.sent.map((one) => one.status), [200, 412]);
  assert.equal(done?.successful?.length, 1);
  assert.deepEqual(await states(visitId), ['verified']);
});

test('a photo that is verified already is not sent again', async (t) => {
  const { wei, photos, network, uppy } = await ready(t, 1000, LARGE);
  await uppy.upload();
  const again = uppyOf(t, wei);
  for (const photo of photos) addPhoto(again, photo.id, blob(photo.bytes));
  assert.equal((await again.upload())?.successful?.length, 2);
  assert.equal(network.puts.length, 4);
});

test('other bytes than promised are refused by the storage, and the true ones go up afterwards', async (t) => {
  const { wei, visitId, photos, network, uppy } = await ready(t, 1000);
  const other = uppyOf(t, wei);
  addPhoto(other, photos[0]!.id, blob(picture(1000)));
  assert.equal((await other.upload())?.failed?.length, 1);
  assert.deepEqual(network.puts, []);
  assert.deepEqual(await states(visitId), ['promised']);
  assert.equal((await uppy.upload())?.successful?.length, 1);
  assert.deepEqual(await states(visitId), ['verified']);
});

test('Uppy gets what waits on the phone, and the phone knows afterwards that it is verified', async (t) => {
  const visitId = await newVisit('wei');
  const wei = await phone('wei');
  await wei.sync();
  const unsent = await wei.takePhoto(visitId, 'before', picture(), 'image/png');
  new Network().install();
  const uppy = uppyOf(t, wei);
  assert.deepEqual(await addWaiting(uppy, wei), [], 'its promise goes first');
  await wei.sync();
  assert.deepEqual(await addWaiting(uppy, wei), [unsent]);
  assert.deepEqual(await addWaiting(uppy, wei), [], 'Uppy has it');
  assert.equal((await uppy.upload())?.successful?.length, 1);
  await wei.uploadPhotos();
  assert.deepEqual((await wei.photoProgress()).map((one) => one.state), ['verified']);
  assert.equal(await wei.photoBytes(unsent), null);
  assert.deepEqual(await addWaiting(uppyOf(t, wei), wei), []);
});

test('a photo that was never promised fails with the reason', async (t) => {
  const { uppy } = await ready(t);
  const heard: string[] = [];
  uppy.on('upload-error', (_file, error) => heard.push(error.message));
  addPhoto(uppy, cast.ids['wei']!, blob(picture()));
  assert.equal((await uppy.upload())?.failed?.length, 1);
  assert.match(heard[0]!, /not_found/);
});
