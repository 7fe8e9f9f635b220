/** Generated from mobile_contract by `npm run generate`; do not edit. */
/** Sizes that clients and server agree on; bytes are of UTF-8. limits.py says what each means. */
export const LIMITS = {
  attachment_bytes: 500000,
  batch_operations: 500,
  depth: 100,
  integer: 9007199254740991,
  kind_bytes: 64000,
  kind_characters: 40,
  large_kinds: ['check_in', 'report'],
  operation_bytes: 1000000,
  page_bytes_least: 4096,
  page_bytes_most: 4194304,
  photo_bytes: 268435456,
  request_bytes: 8388608,
  visit_bytes: 8388608,
} as const;
