/** Counts in a storage until it is killed, and says each number once it is kept. */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { update } from '../src/index.js';
import { openSqlite } from '../src/node/sqlite.js';

const storage = openSqlite(process.argv[2]!);
for (;;) {
  const kept = await update(storage, async () => {
    const value = ((await storage.get<number>('meta', 'there')) ?? 0) + 1;
    return { writes: [{ store: 'meta', key: 'there', value }], result: value };
  });
  writeSync(1, `${kept}\n`);
  await pause(3);
}
