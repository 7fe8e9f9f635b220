/** Which rows unsent work still needs: they stay readable, marked `taken_away`, although the server removed them. */
import type { Storage } from './storage/storage.js';
import type { Collections, Pending, Row } from './types.js';

/**
 * A test for rows that belong to a visit with unsent operations: the visit, what hangs on it, its job, and the job's
 * site, customer, contacts and assets.
 */
export async function neededBy(storage: Storage, unsent: readonly Pending[]): Promise<(row: Row) => boolean> {
  const needed = new Set(unsent.map((one) => one.visit_id));
  for (const visitId of [...needed]) {
    const [visit] = await storage.list<Row<'visit'>>('rows', `visit/${visitId}/`);
    const [job] = visit ? await storage.list<Row<'job'>>('rows', `job/${visit.body.job_id}/`) : [];
    if (job) for (const id of [job.id, job.body.site_id, job.body.customer_id]) needed.add(id);
  }
  return (row) => needed.has(row.id) || owners(row).some((id) => needed.has(id));
}

function owners(row: Row): string[] {
  switch (row.collection) {
    case 'contact':
      return [(row.body as Collections['contact']).customer_id];
    case 'asset':
      return [(row.body as Collections['asset']).site_id];
    default:
      return 'visit_id' in row.body && row.body.visit_id ? [row.body.visit_id] : [];
  }
}
