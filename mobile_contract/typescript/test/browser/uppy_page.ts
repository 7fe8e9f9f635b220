/** What a page does with Uppy; `tests/browser/test_uppy.py` bundles it and calls `bring` in a browser. */
import AwsS3, { type AwsBody } from '@uppy/aws-s3';
import Uppy from '@uppy/core';
import { type PhotoMeta, addPhoto, photoUploads } from '../../src/adapters/uppy.js';
import { DEFAULT_RETRY, Refused, problemOf, withRetry } from '../../src/retry.js';

interface Photo {
  id: string;
  type: string;
  /** Base64. */
  bytes: string;
}

/** Upload a photo, with a pause after the first part of a large one. Returns what went wrong. */
async function bring(token: string, photo: Photo): Promise<string[]> {
  const uppy = new Uppy<PhotoMeta, AwsBody>();
  uppy.use(AwsS3<PhotoMeta, AwsBody>, photoUploads(uppy, { call: caller(token) }));
  const failed: string[] = [];
  uppy.on('upload-error', (_file, error) => failed.push(error.message));
  uppy.once('s3-multipart:part-uploaded', () => {
    uppy.pauseAll();
    setTimeout(() => uppy.resumeAll(), 100);
  });
  addPhoto(uppy, photo.id, await (await fetch(`data:${photo.type};base64,${photo.bytes}`)).blob());
  await uppy.upload();
  return failed;
}

function caller(token: string) {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await withRetry(DEFAULT_RETRY, () => fetch(path, { method, headers, ...sent }));
    if (!answer.ok) throw new Refused(answer.status, await problemOf(answer));
    return (await answer.json()) as T;
  };
}

Object.assign(globalThis, { bring });
