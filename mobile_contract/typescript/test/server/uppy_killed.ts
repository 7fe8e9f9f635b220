/** A phone that uploads one photo with Uppy and hangs in the middle of the second part, until it is killed. */
import { readFileSync } from 'node:fs';
import AwsS3, { type AwsBody } from '@uppy/aws-s3';
import Uppy from '@uppy/core';
import { type PhotoMeta, addPhoto, photoUploads } from '../../src/adapters/uppy.js';
import { desk } from './cast.js';
import { Network } from './xhr.js';

const [photoId, file] = process.argv.slice(2) as [string, string];
const network = new Network().install();
network.carries = (sent) => {
  if (sent.url.searchParams.get('partNumber') !== '2' || sent.bytes < 1024 * 1024) return true;
  console.log('in the middle of part 2');
  return new Promise(() => setInterval(() => undefined, 1000));
};
const uppy = new Uppy<PhotoMeta, AwsBody>();
const call = <T>(method: string, path: string, body?: unknown): Promise<T> => desk<T>(method, path, body, 'wei');
uppy.use(AwsS3<PhotoMeta, AwsBody>, photoUploads(uppy, { call }));
addPhoto(uppy, photoId, new Blob([readFileSync(file)], { type: 'image/png' }));
await uppy.upload();
console.log('it ended, which it must not');
