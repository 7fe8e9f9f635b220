/**
 * Uppy's AWS S3 plugin (6.3 or later) on the upload endpoints: it shows, pauses, retries and resumes; the server signs.
 *
 * The plugin speaks S3 itself: it asks for the address of every single request and reads S3's XML. Only bytes go to the
 * storage. Beginning, listing, joining and dropping an upload in parts are calls of the API, made while the plugin waits
 * for an address; it is given a `data:` address that holds what S3 would have answered.
 */
import type { AwsBody, AwsS3Options } from '@uppy/aws-s3';
import type { Body, Meta, Uppy, UppyFile } from '@uppy/core';
import { hex, sha256 } from '../bytes.js';
import type { Client } from '../client.js';
import { Refused } from '../retry.js';
import type { Session } from '../session.js';
import type { Schemas } from '../types.js';

/** What Uppy keeps with a file: the photo that was promised, whose id is also the key that the plugin speaks of. */
export interface PhotoMeta extends Meta {
  photo_id: string;
}

/** Bytes of a part, and bytes above which a photo is sent in parts. The plugin must know before it can ask. */
export interface PartSizes {
  part: number;
  above: number;
}

/** What the server has; it says so itself in `part_size` of its answers. */
export const PART_SIZES: PartSizes = { part: 8 * 1024 * 1024, above: 16 * 1024 * 1024 };

type Caller = Pick<Session, 'call'>;
type Signing = Extract<AwsS3Options<PhotoMeta, AwsBody>, { signRequest: unknown }>;
type Asked = Parameters<Signing['signRequest']>[0];
type Signed = Awaited<ReturnType<Signing['signRequest']>>;

/** Give Uppy a photo whose promise has reached the server. A large one goes on with the parts that arrived before. */
export function addPhoto<B extends Body>(
  uppy: Uppy<PhotoMeta, B>,
  photoId: string,
  bytes: Blob,
  sizes: PartSizes = PART_SIZES,
): string {
  const id = uppy.addFile({ name: photoId, type: bytes.type, data: bytes, meta: { photo_id: photoId } });
  // As if it had been interrupted: then the plugin begins by asking what is there. The server knows one upload a photo.
  if (bytes.size > sizes.above) uppy.setFileState(id, { s3Multipart: { uploadId: photoId, key: photoId } });
  return id;
}

/**
 * Give Uppy every photo of the client that waits for its bytes to go up, and that it does not have yet; the bytes are read from the
 * client's store, one photo at a time. Returns the photos' ids.
 */
export async function addWaiting<B extends Body>(
  uppy: Uppy<PhotoMeta, B>,
  client: Pick<Client, 'photoProgress' | 'photoBytes'>,
  sizes: PartSizes = PART_SIZES,
): Promise<string[]> {
  const there = new Set(uppy.getFiles().map((file) => file.meta.photo_id));
  const added: string[] = [];
  for (const { id, state, content_type: type } of await client.photoProgress()) {
    if (state !== 'waiting' || there.has(id)) continue;
    const bytes = await client.photoBytes(id);
    if (!bytes) continue;
    addPhoto(uppy, id, new Blob([new Uint8Array(bytes)], { type }), sizes);
    added.push(id);
  }
  return added;
}

/** The options for `uppy.use(AwsS3<PhotoMeta, AwsBody>, photoUploads(uppy, client.session))`; what it uploads is verified by the server. */
export function photoUploads(
  uppy: Uppy<PhotoMeta, AwsBody>,
  session: Caller,
  sizes: PartSizes = PART_SIZES,
): AwsS3Options<PhotoMeta, AwsBody> {
  const there = new Set<string>();
  uppy.on('upload-error', (file, error) => {
    if (file && (error as { status?: number }).status === 412) there.add(file.id);
  });
  uppy.addPostProcessor(async (ids) => {
    for (const id of ids) {
      const file = uppy.getFile(id);
      if (file && !inParts(file, sizes) && (!file.error || there.delete(id))) {
        await complete(uppy, session, file);
      }
    }
  });
  return {
    generateObjectKey: (file) => file.meta.photo_id,
    shouldUseMultipart: (file) => inParts(file, sizes),
    getChunkSize: () => sizes.part,
    signRequest: (asked) => sign(uppy, session, sizes, asked),
  };
}

function inParts(file: UppyFile<PhotoMeta, AwsBody>, sizes: PartSizes): boolean {
  return (file.size ?? 0) > sizes.above;
}

async function sign(uppy: Uppy<PhotoMeta, AwsBody>, session: Caller, sizes: PartSizes, asked: Asked): Promise<Signed> {
  const photo = `/v1/photos/${asked.key}`;
  if ('partNumber' in asked) return part(uppy, session, sizes, asked);
  if (asked.method === 'PUT') {
    const where = await session.call<Schemas['UploadOut']>('POST', `${photo}/upload`);
    return where.state === 'verified' ? said('') : { url: where.url, headers: where.headers };
  }
  if (asked.method === 'DELETE') {
    await drop(session, asked.key);
    return said('');
  }
  if (asked.method === 'POST' && 'uploadId' in asked) {
    await session.call<Schemas['PhotoOut']>('POST', `${photo}/multipart/complete`);
    const joined = `<Location>${photo}</Location><Key>${asked.key}</Key>`;
    return said(`<CompleteMultipartUploadResult>${joined}</CompleteMultipartUploadResult>`);
  }
  const under = await session.call<Schemas['MultipartOut']>('POST', `${photo}/multipart`);
  if (under.part_size !== sizes.part) {
    throw new Error(`The server takes parts of ${under.part_size} bytes, not ${sizes.part}: pass its sizes.`);
  }
  if (asked.method === 'POST') {
    const begun = `<UploadId>${asked.key}</UploadId>`;
    return said(`<InitiateMultipartUploadResult>${begun}</InitiateMultipartUploadResult>`);
  }
  return said(`<ListPartsResult>${arrived(under)}</ListPartsResult>`);
}

/** A photo that is verified already needs none of its parts. */
function arrived(under: Schemas['MultipartOut']): string {
  const numbers =
    under.state === 'verified'
      ? Array.from({ length: under.parts }, (_, index) => index + 1)
      : under.arrived.map((one) => one.number);
  return numbers.map((one) => `<Part><PartNumber>${one}</PartNumber><ETag>there</ETag></Part>`).join('');
}

/** An address for one part, signed for its checksum; the server joins by what the storage has, so ETags do not matter. */
async function part(
  uppy: Uppy<PhotoMeta, AwsBody>,
  session: Caller,
  sizes: PartSizes,
  { key: photoId, partNumber: number }: Extract<Asked, { partNumber: number }>,
): Promise<Signed> {
  const file = uppy.getFiles().find((one) => one.meta.photo_id === photoId);
  if (!(file?.data instanceof Blob)) throw new Error(`The bytes of photo ${photoId} are not here any more.`);
  const start = (number - 1) * sizes.part;
  const bytes = await file.data.slice(start, start + sizes.part).arrayBuffer();
  const wanted = { number, sha256: hex(await sha256(new Uint8Array(bytes))) };
  try {
    const signed = await session.call<Schemas['SignedPartsOut']>('POST', `/v1/photos/${photoId}/multipart/parts`, {
      parts: [wanted],
    });
    const { url, headers } = signed.parts[0]!;
    return { url, headers };
  } catch (error) {
    // Signed for other bytes once: only a new upload takes the true ones, and the next try begins it.
    if (error instanceof Refused && error.code === 'part_changed') await drop(session, photoId);
    throw error;
  }
}

async function drop(session: Caller, photoId: string): Promise<void> {
  try {
    await session.call('DELETE', `/v1/photos/${photoId}/multipart`);
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'no_upload')) throw error;
  }
}

/** Have a photo verified that went up in one piece. Uppy's next retry completes again, or sends again what was wrong. */
async function complete(
  uppy: Uppy<PhotoMeta, AwsBody>,
  session: Caller,
  file: UppyFile<PhotoMeta, AwsBody>,
): Promise<void> {
  try {
    await session.call<Schemas['PhotoOut']>('POST', `/v1/photos/${file.meta.photo_id}/complete`);
    if (file.error) {
      uppy.setFileState(file.id, { error: null });
      uppy.emit('upload-success', file, { status: 200 });
    }
  } catch (error) {
    const uploadComplete = !(error instanceof Refused);
    uppy.setFileState(file.id, { progress: { ...file.progress, uploadComplete } as typeof file.progress });
    uppy.emit('upload-error', uppy.getFile(file.id), error as Error);
  }
}

/** What S3 would have answered, as an address. */
function said(xml: string): Signed {
  return { url: `data:application/xml,${encodeURIComponent(xml)}` };
}
