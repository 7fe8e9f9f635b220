/** What the client keeps and hands out, in the words of the contract. */
import type { components } from './generated/api.js';
import type { Collections } from './generated/collections.js';
import type { Operations } from './generated/operations.js';

export type { Collections, Operations };
export type Schemas = components['schemas'];
export type SyncOut = Schemas['SyncOut'];
export type ScopeOut = Schemas['ScopeOut'];
/** Another phone that signs in this technician's name: when it was enrolled (microseconds), and who made its code. */
export type NewPhone = Schemas['NewPhone'];
export type WireOperation = Schemas['WireOperation'];
export type CollectionName = keyof Collections;
export type Kind = keyof Operations;

/** A row as the server sent it. `taken_away` means read-only: the server removed it while work on it was unsent. */
export interface Row<C extends CollectionName = CollectionName> {
  collection: C;
  id: string;
  scope: string;
  rev: number;
  hash: string;
  body: Collections[C];
  taken_away: boolean;
  /** The store's version when this row was written; what the adapters page by. */
  at: number;
  /** Its share of the scope's checksum, 16 hex digits. */
  share: string;
}

/** When a tap was made, on the phone's clocks; microseconds. */
export interface Reading {
  wall: number;
  monotonic: number;
  boot_id: string;
  sleeps: boolean;
  anchor: Anchor | null;
}

/** The server's signed time, and when it arrived by the phone's steady clock. */
export interface Anchor {
  token: string;
  monotonic: number;
  boot_id: string;
  round_trip: number;
}

/** What is inside an operation's signed text. */
export interface Envelope {
  id: string;
  device_id: string;
  seq: number;
  prev: string | null;
  kind: string;
  subject: { type: string; id: string };
  base: number | null;
  body: Record<string, unknown>;
  clock: Reading;
}

/** An operation that the server has not acknowledged yet. */
export interface Pending {
  seq: number;
  id: string;
  kind: string;
  visit_id: string;
  wire: WireOperation;
}

/**
 * What became of an operation. `duplicate` is told as what it was the first time. `refused`: no server takes it; an older
 * version of the app had let it in. It was left behind when the phone was enrolled anew, and `wire` has what it was.
 */
export interface Outcome {
  id: string;
  seq: number;
  kind: string;
  visit_id: string;
  outcome: 'applied' | 'merged' | 'parked' | 'refused';
  code: string | null;
  sentence: string | null;
  at: number;
  wire?: WireOperation;
}

/**
 * A photo that was taken here. Its bytes are dropped once the server has verified them. One that was `refused` is tried
 * again, not before `again_at` (milliseconds since the epoch); `finding` says why, and `code` for programs.
 */
export interface StoredPhoto {
  id: string;
  visit_id: string;
  /** What was promised; a photo that an older version took has it only in its row. */
  slot?: string;
  sha256?: string;
  operation_id?: string;
  size?: number;
  content_type: string;
  /** Beside what `uploadPhotos` returns, while they are here. On the disk they are apart: `photoBytes` reads them. */
  bytes: Uint8Array | null;
  state: 'waiting' | 'verified' | 'refused';
  finding: string | null;
  code?: string | null;
  tries?: number;
  again_at?: number;
  /** Bytes that the storage has acknowledged. */
  sent?: number;
  /** The operation by which it was taken back; unless that is parked, it is shown and sent no more. */
  withdrawn?: string;
}

/**
 * How far a photo is. `promised`: its promise is still unsent, and goes first. `waiting`: for the network, or for its turn.
 * `uploading`: a tab is at it now. `verified`: the server has hashed and decoded it. `refused`: with a finding.
 */
export interface PhotoProgress {
  id: string;
  visit_id: string;
  slot: string | null;
  content_type: string;
  state: 'promised' | 'waiting' | 'uploading' | 'verified' | 'refused';
  /** Bytes that the storage has acknowledged; they are not sent again. */
  sent: number;
  size: number;
  finding: string | null;
  code: string | null;
}
