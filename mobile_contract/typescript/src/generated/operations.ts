/** Generated from mobile_contract by `npm run generate`; do not edit. */
/**
 * Why a visit could not be completed.
 */
export type Cause = 'customer_absent' | 'no_access' | 'not_safe' | 'other' | 'other_skill' | 'part_missing';
/**
 * What is to come after a visit that could not be completed.
 */
export type ComesNext = 'another_visit' | 'customer_decides' | 'headquarters' | 'nothing' | 'parts';
/**
 * The coordinate system that a position was given in; always stated, never guessed from the position.
 */
export type Datum = 'bd09' | 'gcj02' | 'wgs84';
/**
 * What a phone runs; each means something else by the accuracy of a position.
 */
export type Platform = 'android' | 'ios' | 'web';
/**
 * What a technician spent money on.
 */
export type ExpenseKind = 'lodging' | 'material' | 'meal' | 'other' | 'parking' | 'travel';
/**
 * What a photo shows of the work.
 */
export type PhotoSlot = 'after' | 'before' | 'fault' | 'nameplate' | 'other' | 'part';
/**
 * In which language somebody reads, by its tag (BCP 47).
 */
export type Language = 'de' | 'en' | 'zh-CN';
/**
 * What the customer did with the report that was shown.
 */
export type SignatureOutcome = 'customer_absent' | 'refused' | 'signed';

/**
 * The body of each kind of operation.
 */
export interface Operations {
  accept: Plain;
  access_note: AccessNoteBody;
  cannot_complete: NotCompleted;
  check_in: CheckInBody;
  checklist_answer: ChecklistAnswer;
  complete: Completion;
  decline: Because;
  depart: Plain;
  expense: ExpenseBody;
  further_work: FurtherWorkBody;
  help_request: HelpRequestBody;
  hold: Because;
  meter_reading: MeterReadingBody;
  note: NoteBody;
  part_used: PartUsedBody;
  photo: PhotoBody;
  photo_impossible: PhotoImpossibleBody;
  photo_withdrawn: PhotoWithdrawnBody;
  report: ReportBody;
  resume: Plain;
  sign: SignBody;
  start: Plain;
  survey: SurveyBody;
}
/**
 * Nothing beside the tap itself.
 */
export interface Plain {}
/**
 * How to get in, corrected on the spot: the text that the phone showed, and the one it should be.
 */
export interface AccessNoteBody {
  text: string;
  was: string;
}
/**
 * The work could not be done: why in words, the cause, and what comes next.
 */
export interface NotCompleted {
  cause?: Cause | null;
  comes_next?: ComesNext | null;
  reason: string;
  reason_id?: string | null;
}
/**
 * 'I am here': fixes as the platform gave them, and the number of the plan that the phone had received.
 *
 *     `witness_code` is what the technician typed in from the customer's page or the site's plate, if there was one. A wrong
 *     code is kept like a right one and refused by nobody.
 */
export interface CheckInBody {
  check_in_id: string;
  /**
   * @maxItems 20
   */
  fixes: Fix[];
  plan_version: number;
  witness_code?: string | null;
}
/**
 * One position as the platform gave it. `age_ms` is its age at the tap; a negative age counts by its size.
 */
export interface Fix {
  accuracy_mm: number;
  age_ms: number;
  datum: Datum;
  lat_e7: number;
  lon_e7: number;
  mock?: boolean;
  platform: Platform;
  provider?: string | null;
  speed_mm_s?: number | null;
}
/**
 * An answer to one line of the checklist.
 */
export interface ChecklistAnswer {
  answer: string;
  item_id: string;
}
/**
 * The work is done: what was done, and the fault as the field's codes.
 */
export interface Completion {
  fault?: {
    [k: string]: string;
  } | null;
  work_summary: string;
}
/**
 * A tap with its reason in words; `reason_id` names one out of the office's list, where the words began with one.
 */
export interface Because {
  reason: string;
  reason_id?: string | null;
}
/**
 * Money spent, in minor units.
 */
export interface ExpenseBody {
  amount: number;
  currency: string;
  expense_id: string;
  kind: ExpenseKind;
  note?: string;
}
/**
 * More work that was found, perhaps at another asset than the visit's. The desk decides what becomes of it.
 */
export interface FurtherWorkBody {
  asset_id?: string | null;
  further_work_id: string;
  text: string;
  urgent?: boolean;
}
/**
 * A question to headquarters or the desk; the answer comes down with the row.
 */
export interface HelpRequestBody {
  help_request_id: string;
  text: string;
  urgent?: boolean;
}
/**
 * What a counter of the asset shows, in thousandths of its unit; it may name a photo of the counter.
 */
export interface MeterReadingBody {
  counter: string;
  meter_reading_id: string;
  photo_id?: string | null;
  unit: string;
  value_milli: number;
}
/**
 * Something written down.
 */
export interface NoteBody {
  note_id: string;
  text: string;
}
/**
 * A part that went in; a negative quantity takes back.
 *
 *     A fraction is `quantity_milli`, in thousandths of the part's unit, beside `quantity` as the next whole number up.
 */
export interface PartUsedBody {
  charged?: boolean;
  part_id: string;
  part_used_id: string;
  quantity: number;
  quantity_milli?: number | null;
}
/**
 * A photo that the phone holds and promises to bring. `amends_id`: taken for an amendment of that signed report.
 */
export interface PhotoBody {
  amends_id?: string | null;
  /**
   * one of image/jpeg, image/png, image/webp, image/heic, image/heif; as signed
   */
  content_type: string;
  photo_id: string;
  sha256: string;
  size: number;
  slot: PhotoSlot;
  taken?: {
    [k: string]: unknown;
  } | null;
}
/**
 * A slot of which no photo can be taken, and why: it frees one that the job requires.
 */
export interface PhotoImpossibleBody {
  photo_impossible_id: string;
  reason: string;
  reason_id?: string | null;
  slot: PhotoSlot;
}
/**
 * A photo that the phone had promised and is not to be shown: taken back before the customer has decided.
 */
export interface PhotoWithdrawnBody {
  photo_id: string;
  reason?: string;
}
/**
 * A report: the canonical JSON text that the phone rendered for the customer; `schemas/report.json` has its shape.
 */
export interface ReportBody {
  amends_id?: string | null;
  canonical: string;
  locale: Language;
  report_id: string;
}
/**
 * What the customer did: signed (with strokes as the attachment), refused, or was not there.
 *
 *     `schemas/strokes.json` has the shape of the strokes. `reason_id` names one out of the office's list, of why not.
 */
export interface SignBody {
  consent: Consent;
  outcome: SignatureOutcome;
  reason?: string;
  reason_id?: string | null;
  report_id: string;
  shown_sha256: string;
  signature_id: string;
  signer?: Signer | null;
  strokes_sha256?: string | null;
}
/**
 * The text the customer agreed to, by id and hash.
 */
export interface Consent {
  id: string;
  locale: string;
  sha256: string;
}
/**
 * Who signed.
 */
export interface Signer {
  contact?: string;
  name: string;
  role?: string;
}
/**
 * Satisfaction 1 to 5, likelihood to recommend 0 to 10.
 */
export interface SurveyBody {
  comment?: string;
  recommend?: number | null;
  satisfaction: number;
  survey_id: string;
}
