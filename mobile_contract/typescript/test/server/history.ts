/** One seed makes one history: plain steps, which every adapter's phone of one technician takes part in. */

export const PHONES = ['client', 'rxdb', 'watermelondb', 'powersync'] as const;
export type PhoneName = (typeof PHONES)[number];

/** `nr` counts the steps and makes texts and choices different from each other; `visit` is 0, 1 or 2. */
export interface TapStep {
  do: 'tap';
  phone: PhoneName;
  visit: number;
  kind: string;
  nr: number;
}

/** With the network up; down; or with so many replies lost first. `meanwhile` is tapped while the phone waits for a reply. */
export interface SyncStep {
  do: 'sync';
  phone: PhoneName;
  network: 'up' | 'down' | number;
  meanwhile?: TapStep;
}

/** `must`: the office is known to be allowed to; otherwise it may be told that the visit has gone too far. */
export interface AssignStep {
  do: 'assign';
  visit: number;
  to: 'us' | 'another' | 'both';
  must: boolean;
}

/** A change by SQL, which no application code of the server sees. */
export interface SqlStep {
  do: 'sql';
  change: (typeof CHANGES)[number];
  visit: number;
  nr: number;
}

export type Step = TapStep | SyncStep | AssignStep | SqlStep;

export const CHANGES = [
  'price', 'gate', 'phone', 'title', 'add contact', 'delete contacts', 'add part', 'delete parts', 'retire or restore',
  'delete a note', 'new epoch', 'forget removals', 'retire',
] as const; // prettier-ignore
/** Operations that no server can apply; each is parked. */
export const POISON = ['teleport', 'half a note', 'unheard-of part'] as const;
const MOVES = ['accept', 'depart', 'start', 'hold', 'resume', 'complete', 'decline'] as const;
const RECORDS = ['note', 'note', 'checklist_answer', 'checklist_answer', 'part_used'] as const;

/**
 * Each history holds a poison operation, a visit that leaves with unsent work and comes back, a price that changes, and a
 * phone that is in the dark for some steps.
 */
export function history(seed: number): Step[] {
  const chance = dice(seed);
  const one = <T>(of: readonly T[]): T => of[chance(of.length)]!;
  const steps: Step[] = PHONES.map((phone) => ({ do: 'sync', phone, network: 'up' }));
  let dark: PhoneName | null = null;

  // Nobody but the episode below moves visit 0, so that the office may certainly take it away there.
  const record = (phone = one(PHONES), visit = chance(3)): TapStep => ({ do: 'tap', phone, visit, kind: one(RECORDS), nr: steps.length });
  const move = (): TapStep => ({ do: 'tap', phone: one(PHONES), visit: 1 + chance(2), kind: one(MOVES), nr: steps.length });
  const sync = (phone = one(PHONES)): SyncStep => {
    const network = phone === dark ? 'down' : chance(3) === 0 ? 1 + chance(4) : 'up';
    return { do: 'sync', phone, network, ...(chance(4) === 0 ? { meanwhile: record(phone) } : {}) };
  };
  const sql = (change = one(CHANGES.slice(0, -1))): SqlStep => ({ do: 'sql', change, visit: 1 + chance(2), nr: steps.length });
  const assign = (): AssignStep => ({ do: 'assign', visit: 1 + chance(2), to: one(['us', 'us', 'another', 'both']), must: false });
  const makers = [record, record, record, record, move, move, sync, sync, sync, sql, sql, assign];
  const some = (count: number) => {
    for (let at = 0; at < count; at++) steps.push(one<() => Step>(makers)());
  };

  const episodes: (() => void)[] = [
    () => steps.push({ ...record(), kind: one(POISON) }),
    () => steps.push(sql('price')),
    () => {
      dark = one(PHONES);
      some(6);
      steps.push(record(dark), sync(dark));
      dark = null;
    },
    () => {
      const [phone, later] = [PHONES[seed % PHONES.length]!, PHONES[(seed + 1 + chance(PHONES.length - 1)) % PHONES.length]!];
      for (const unsent of [phone, later]) {
        steps.push({ do: 'sync', phone: unsent, network: 'up' });
        steps.push({ ...record(unsent, 0), kind: 'note' }, { ...record(unsent, 0), kind: 'start' });
      }
      steps.push({ do: 'assign', visit: 0, to: 'another', must: true });
      some(chance(4));
      // The removal meets work that is not sent yet: the row stays for reading until it is.
      steps.push({ do: 'sync', phone, network: 'up', meanwhile: record(phone, 0) });
      some(chance(4));
      steps.push({ do: 'assign', visit: 0, to: 'us', must: true });
    },
  ];
  while (episodes.length > 0) {
    some(2 + chance(5));
    episodes.splice(chance(episodes.length), 1)[0]!();
  }
  some(4);
  // Whatever came before, in the end each phone has rows that it must let go of.
  steps.push(...PHONES.map((phone) => sync(phone)), { do: 'sql', change: 'retire', visit: 0, nr: steps.length });
  return steps;
}

/** Throws of a die with so many sides, from 0; the same for the same seed (the generator known as mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}
