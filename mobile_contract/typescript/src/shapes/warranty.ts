/**
 * Where the warranty of a piece of equipment stands, and why. It runs from the day on which the equipment arrived, its last day counts,
 * and it is judged by the day on which the customer told us, at the site. The rule is that of `mobile_contract/shapes/warranty.py`;
 * `vectors/warranty.json` holds the two together.
 */

export type WarrantyStatus = 'under_warranty' | 'out_of_warranty';

/** What is said of a warranty, its last day, and the day by which it was judged; days are `YYYY-MM-DD`. */
export interface WarrantyStanding {
  status: WarrantyStatus;
  until: string;
  noticed_on: string;
}

const LAST = '9999-12-31';

/** The last day of the warranty: the same day of the month `months` later, or that month's last day; at most the calendar's last. */
export function lastDay(arrival: string, months: number): string {
  const [year, month, day] = arrival.split('-').map(Number) as [number, number, number];
  const whole = month - 1 + months;
  const to = { year: year + Math.floor(whole / 12), month: (whole % 12) + 1 };
  if (to.year > 9999) return LAST;
  return written(to.year, to.month, Math.min(day, daysIn(to.year, to.month)));
}

/** From bodies of the rows that a job's phone holds. */
export function warrantyOf(
  asset: { arrival_date: string },
  product: { warranty_months: number },
  job: { noticed_at: number },
  site: { time_zone: string },
): WarrantyStanding {
  const until = lastDay(asset.arrival_date, product.warranty_months);
  const noticed = dayAt(job.noticed_at, site.time_zone);
  return { status: noticed <= until ? 'under_warranty' : 'out_of_warranty', until, noticed_on: noticed };
}

function dayAt(micros: number, zone: string): string {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', calendar: 'gregory' });
  const parts = new Map(format.formatToParts(new Date(Math.floor(micros / 1000))).map((part) => [part.type, Number(part.value)]));
  return written(parts.get('year') ?? 0, parts.get('month') ?? 0, parts.get('day') ?? 0);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function written(year: number, month: number, day: number): string {
  return [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
}
