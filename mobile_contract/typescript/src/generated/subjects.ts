/** Generated from mobile_contract by `npm run generate`; do not edit. */
/** What operations of each kind are about; one that is not here is about a visit. */
export const SUBJECTS: Readonly<Record<string, string>> = {
  accept: 'visit',
  access_note: 'visit',
  cannot_complete: 'visit',
  check_in: 'visit',
  checklist_answer: 'visit',
  complete: 'visit',
  decline: 'visit',
  depart: 'visit',
  expense: 'visit',
  hold: 'visit',
  meter_reading: 'asset',
  note: 'visit',
  part_used: 'visit',
  photo: 'visit',
  report: 'visit',
  resume: 'visit',
  sign: 'visit',
  start: 'visit',
  survey: 'visit',
};
