/**
 * What the lines of a report come to: whole numbers of minor units, with a total for each currency and never a sum across.
 * The rules are those of `mobile_contract/shapes/amounts.py`; `vectors/shapes.json` holds the two together.
 */
import type { Json } from './fit.js';

const MILLI = 1000n;

/** A total of `totals`, in minor units. */
export interface Total {
  amount: number;
  currency: string;
}

/** What one currency's lines come to: charged parts and expenses, charges, and those of them that are no discount. */
export interface Sums {
  parts: bigint;
  charges: bigint;
  risen: bigint;
  hasCharges: boolean;
}

/** The next whole number up, which stands beside a fraction for who reads whole numbers only: 3 for 2500, -2 for -2500. */
export function nextWhole(milli: number): number {
  const rest = milli % 1000; // a quotient as a fraction would not be exact
  return (milli - rest) / 1000 + (rest > 0 ? 1 : 0) || 0;
}

/** Quantity (thousandths) times price in minor units, half up, and away from nought for what is taken back. */
export function lineAmount(milli: number, unitPrice: number): bigint {
  return rounded(BigInt(milli) * BigInt(unitPrice));
}

/** What a line of parts comes to, whether it is charged or not; null where it has no quantity or no price. */
export function partAmount(part: Json): bigint | null {
  const { quantity_milli: milli, quantity, unit_price: price } = part as Record<string, number | null | undefined>;
  if (price === null || price === undefined) return null;
  if (milli !== null && milli !== undefined) return lineAmount(milli, price);
  return quantity === null || quantity === undefined ? null : BigInt(quantity) * BigInt(price);
}

/** By currency, in the order in which they come. */
export function sumsOf(report: Json): Map<string, Sums> {
  const found = new Map<string, Sums>();
  const of = (currency: string): Sums => {
    const sums = found.get(currency) ?? { parts: 0n, charges: 0n, risen: 0n, hasCharges: false };
    found.set(currency, sums);
    return sums;
  };
  for (const part of (report.parts ?? []) as Json[]) {
    const amount = partAmount(part);
    if (amount && part.charged !== false) of(part.currency as string).parts += amount;
  }
  for (const { amount, currency, charged } of (report.expenses ?? []) as unknown as (Total & { charged?: boolean })[]) {
    if (charged) of(currency).parts += BigInt(amount);
  }
  for (const { amount, currency } of (report.charges ?? []) as unknown as Total[]) {
    const [sums, minor] = [of(currency), BigInt(amount)];
    sums.charges += minor;
    if (minor > 0n) sums.risen += minor;
    sums.hasCharges = true;
  }
  return found;
}

/** What a total may say: parts and charges, or the charges alone where their lines come to at least what the parts do. */
export function rightTotals({ parts, charges, risen, hasCharges }: Sums): bigint[] {
  return hasCharges && risen >= parts ? [parts + charges, charges] : [parts + charges];
}

/** The `totals` of a report whose charges are beside its parts: one for each currency that something is to be paid in. */
export function totalsOf(report: Json): Total[] {
  return [...sumsOf(report)]
    .filter(([, { parts, charges }]) => parts + charges !== 0n)
    .map(([currency, { parts, charges }]) => ({ amount: Number(parts + charges), currency }));
}

function rounded(exact: bigint): bigint {
  const size = exact < 0n ? -exact : exact;
  const whole = (size + MILLI / 2n) / MILLI;
  return exact < 0n ? -whole : whole;
}
