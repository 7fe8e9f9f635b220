/** @fieldproof/client: an offline-first client of Fieldproof with no framework. */
export { base64url, hex, sha256, sha256Hex, utf8 } from './bytes.js';
export { canonical, NotCanonical, NotSendable } from './canonical.js';
export { changesSince, type Page } from './changes.js';
export { checksum, share } from './checksum.js';
export { Client, type ClientOptions, CONTRACT_VERSION, OtherTechniciansWork, type PhotoOptions, type TapOptions } from './client.js';
export { type Clock, systemClock } from './clock.js';
export { type Column, COLUMNS } from './generated/collections.js';
export { LIMITS } from './generated/limits.js';
export { uuid7 } from './ids.js';
export { keySigner, makeKey, type Signer } from './key.js';
export { type Decided, makeReport, signBody, strokesText } from './report.js';
export { DEFAULT_RETRY, Refused, type RetryPolicy, Unreachable } from './retry.js';
export { lineAmount, nextWhole, partAmount, totalsOf, type Total } from './shapes/amounts.js';
export { type Agreement, agreementOf, consent, type Held, type MadeReport, reportOf, type Said } from './shapes/build.js';
export { projected, type Projection, type Tapped } from './shapes/projection.js';
export { faultText, lineAnswer, lineText, textFor, type Chosen } from './shapes/texts.js';
export { lastDay, warrantyOf, type WarrantyStanding, type WarrantyStatus } from './shapes/warranty.js';
export { STEPS, moved, stateOf, type Moved } from './shapes/visits.js';
export { checkReport, checkSigning, checkStrokes, type Signing } from './shapes/check.js';
export { Unfit } from './shapes/fit.js';
export { shows } from './shapes/ink.js';
export { type Fetch, NotEnrolled, Session } from './session.js';
export { type PhotoLine, photosToShow } from './showing.js';
export { type IndexedDbOptions, openIndexedDb } from './storage/indexeddb.js';
export { MemoryStorage } from './storage/memory.js';
export { NewerVersion } from './storage/connection.js';
export {
  type Decision,
  INDEXED,
  type IndexedMember,
  type Storage,
  type StoreName,
  STORES,
  update,
  type Write,
} from './storage/storage.js';
export { type FoundBy } from './reading.js';
export { type Changed, type Watcher } from './telling.js';
export { browserThumbnail, type MakeThumbnail } from './thumbnail.js';
export type {
  CollectionName,
  Collections,
  Envelope,
  Kind,
  NewPhone,
  Operations,
  Outcome,
  Pending,
  PhotoProgress,
  Reading,
  Row,
  Schemas,
  StoredPhoto,
} from './types.js';
