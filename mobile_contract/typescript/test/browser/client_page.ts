/** What a page does with the client's own parts; `tests/browser/test_client.py` bundles it and calls it in a browser. */
import { Client, browserThumbnail, keySigner, makeKey, openIndexedDb, update, uuid7 } from '../../src/index.js';
import { inTurn } from '../../src/turn.js';
import { writeMeta } from '../../src/state.js';

const VISIT = '0192f6a0-0000-7000-8000-0000000000f1';

/** Open the phone that all pages of this origin share. */
async function open(): Promise<Client> {
  const storage = await openIndexedDb('phone');
  await update(storage, async () => ({ writes: [writeMeta('device', { id: uuid7(), userId: uuid7() })], result: null }));
  return Client.open({ server: location.origin, storage, signer: keySigner(await makeKey()), thumbnail: browserThumbnail(64) });
}

const phone = open();
const told: object[] = [];
void phone.then((client) => client.watch(({ photos, from }) => told.push({ photos, from })));

/** Take a photo that is given in base64; the sizes of what is kept, and the pixels of its small picture. */
async function take(base64: string, type: string): Promise<object> {
  const client = await phone;
  const bytes = new Uint8Array(await (await fetch(`data:${type};base64,${base64}`)).arrayBuffer());
  const id = await client.takePhoto(VISIT, 'before', bytes, type);
  const small = await client.thumbnail(id);
  const pixels = small && (await createImageBitmap(new Blob([new Uint8Array(small)])));
  return { id, kept: (await client.photoBytes(id))?.length, pixels: pixels && [pixels.width, pixels.height] };
}

/** Take the turn and keep it until the page is gone. */
async function keepTurn(): Promise<void> {
  const { storage } = await phone;
  await new Promise<void>((taken) => void inTurn(storage, async () => (taken(), new Promise(() => undefined))));
}

/** Whether the turn comes within so many milliseconds. */
async function turnWithin(milliseconds: number): Promise<boolean> {
  const { storage } = await phone;
  const mine = inTurn(storage, async () => true);
  return Promise.race([mine, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), milliseconds))]);
}

Object.assign(globalThis, { take, told: () => told, keepTurn, turnWithin });
