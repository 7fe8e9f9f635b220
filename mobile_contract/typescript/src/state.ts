/** The few values under `meta`, and how rows, outbox and outcomes are keyed. */
import type { Storage, Write } from './storage/storage.js';
import type { Anchor, NewPhone, ScopeOut } from './types.js';

export interface DeviceState {
  id: string;
  userId: string;
}

/** The end of the chain: the next operation follows it. */
export interface Head {
  seq: number;
  prev: string | null;
  id: string | null;
}

/** How far this phone is. `held` are the keys of rows that were taken away and are kept for unsent work. */
export interface Feed {
  cursor: string | null;
  scopes: Record<string, ScopeOut>;
  held: string[];
}

/** The operation that the server does not take, with its problem; the phone stops sending until it is enrolled anew. */
export interface Stopped {
  id: string;
  /** It is not the chain that is broken: this one operation can be read by no server. */
  poison: boolean;
  code: string;
  sentence: string;
}

/** Which tab brings photos, which one it brings now, and until when that is to be believed (milliseconds). */
export interface Turn {
  by: string;
  photo: string | null;
  until: number;
}

interface Meta {
  device: DeviceState;
  key: CryptoKeyPair;
  head: Head;
  feed: Feed;
  anchor: Anchor;
  stopped: Stopped;
  /** The phone was revoked: it hands in what it has, and then forgets every row. */
  revoked: boolean;
  /** Phones that were enrolled in the technician's name and are to be shown. */
  newPhones: NewPhone[];
  /** Removals up to this version are forgotten; who is behind it compares whole collections. */
  floor: number;
  /** How photos are kept; see `pictures.ts`. */
  layout: number;
  turn: Turn;
}

export function meta<K extends keyof Meta>(storage: Storage, key: K): Promise<Meta[K] | undefined> {
  return storage.get<Meta[K]>('meta', key);
}

export function writeMeta<K extends keyof Meta>(key: K, value: Meta[K] | undefined): Write {
  return { store: 'meta', key, value };
}

export const EMPTY_HEAD: Readonly<Head> = { seq: 0, prev: null, id: null };

/** The feed as stored; a phone that never synced is at its beginning. */
export async function feedOf(storage: Storage): Promise<Feed> {
  return (await meta(storage, 'feed')) ?? { cursor: null, scopes: {}, held: [] };
}

export function rowKey(row: { collection: string; id: string; scope: string }): string {
  return `${row.collection}/${row.id}/${row.scope}`;
}

/** Ten digits, so that keys sort as numbers do. */
export function seqKey(seq: number): string {
  return String(seq).padStart(10, '0');
}
