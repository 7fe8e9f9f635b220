/**
 * The visit's state machine: what a tap makes of who taps, and what its crew makes of the visit. The rules are those of
 * `mobile_contract/shapes/visits.py`, its tables come from `visit_states.json`, and `vectors/visits.json` holds the two together.
 */
import { VISIT_STATES } from '../generated/visit_states.js';

interface Step {
  readonly to: string;
  readonly from: readonly string[];
  readonly overtaken: readonly string[];
  readonly in_crew: readonly string[];
}

/** Every tap that moves a visit. */
export const STEPS: Readonly<Record<string, Step>> = VISIT_STATES.steps;

/** Where a member's row says when they said it first; `finished_at` has the last of their ends. */
export const STAMPS: Readonly<Record<string, string>> = VISIT_STATES.stamps;

const ENDED: readonly string[] = VISIT_STATES.ended;
const CONTRADICTS: Readonly<Record<string, string>> = VISIT_STATES.contradicts;

/** Where a member is after a tap, and the visit. */
export interface Moved {
  member: string;
  visit: string;
}

/** What a tap makes of a visit and of who tapped; null where it is not possible. `crew` has everybody who was sent by id. */
export function moved(visit: string, crew: ReadonlyMap<string, string>, who: string, tap: string): Moved | null {
  const [step, own] = [STEPS[tap], crew.get(who)];
  if (!step || own === undefined || CONTRADICTS[visit] === tap) return null;
  const possible = step.from.includes(own) || (crew.size > 1 && step.in_crew.includes(own));
  const stays = own === step.to || step.overtaken.includes(own);
  if (!possible && !stays) return null;
  const member = possible ? step.to : own;
  return { member, visit: ENDED.includes(visit) ? visit : stateOf(new Map(crew).set(who, member).values()) };
}

/** The state of a visit whose crew is in these states: an end, else work, else a pause, else the furthest station. */
export function stateOf(crew: Iterable<string>): string {
  const states = new Set(crew);
  return VISIT_STATES.of_crew.find((one) => states.has(one)) ?? VISIT_STATES.declined;
}
