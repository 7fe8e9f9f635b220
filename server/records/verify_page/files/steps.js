// Steps of the server's clock that a record names: it was set back. (As verify/steps.py.)
import { whole } from './strict.js';

const STEPS = 'clock_steps';

/** The steps that a record or an answer names, and which of them were needed; `problems` says what is wrong with them. */
export class Steps {
  constructor(value) {
    const there = Object.hasOwn(value, STEPS);
    this.named = there ? value[STEPS] : [];
    this.problems = !there || isForm(this.named) ? [] : ['the steps of the clock are not of the known form'];
    this.used = new Set();
  }

  /** Whether what was stamped `before` may have come before what was stamped `after`. */
  inOrder(before, after) {
    if (whole(before) <= whole(after)) return true;
    if (this.problems.length) return false;
    const covering = this.named.filter((step) => step.to <= after && before <= step.from);
    for (const step of covering) this.used.add(step);
    return covering.length > 0;
  }

  /** What is wrong with steps that nothing asked for. */
  unused() {
    if (this.problems.length || this.named.every((step) => this.used.has(step))) return [];
    return ['a step of the clock is named that no times show'];
  }

  /** What the steps say. */
  words() {
    if (this.problems.length) return [];
    return this.named.map(
      (step) => `the clock was set back from ${moment(step.from)} to ${moment(step.to)} UTC, and the company says so`,
    );
  }
}

function isForm(named) {
  return (
    Array.isArray(named) &&
    named.length > 0 &&
    named.every(
      (step) =>
        step !== null &&
        typeof step === 'object' &&
        Object.keys(step).sort().join() === 'from,to' &&
        Number.isSafeInteger(step.from) &&
        Number.isSafeInteger(step.to) &&
        step.to >= 0 &&
        step.to < step.from,
    )
  );
}

const moment = (micros) => new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19).replace('T', ' ');
