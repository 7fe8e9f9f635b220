/** The phone's clocks, in whole microseconds. */
import { uuid7 } from './ids.js';

export interface Clock {
  /** Since the epoch; the user may set it to anything. */
  wall(): number;
  /** Steady within one boot. */
  monotonic(): number;
  /** Changes whenever `monotonic` starts anew. */
  readonly bootId: string;
  /** Whether `monotonic` may stop while the device sleeps. */
  readonly sleeps: boolean;
}

/** The clock of a browser or of Node: `performance.now()` starts with the page and may stop while the device sleeps. */
export function systemClock(): Clock {
  return {
    wall: () => Date.now() * 1000,
    monotonic: () => Math.floor(performance.now() * 1000),
    bootId: uuid7(),
    sleeps: true,
  };
}
