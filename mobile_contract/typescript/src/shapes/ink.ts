/** What shows on paper: whether a text has a visible character, and whether strokes have ink. As `shapes/ink.py`. */

/**
 * What draws nothing: marks alone, controls, white space, Unicode's Default_Ignorable_Code_Point, the blank of Braille and the
 * fillers of Hangul.
 */
const BLANK =
  /[\p{M}\u0000-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/** Whether a text has a visible character. */
export function shows(text: string | null | undefined): boolean {
  return (text ?? '').replace(BLANK, '') !== '';
}

/** A drawing: its lines of points x and y, and the pad's size where it is known. */
export interface Drawing {
  strokes: readonly (readonly (readonly [number, number])[])[];
  width?: number | null;
  height?: number | null;
}

/**
 * Whether a line of the strokes moves, from its first point in x or in y, by at least the share `moves` of the pad's longer side;
 * `pad` is that of a pad that does not say its size, unless all its points lie between 0 and 1.
 */
export function hasInk(drawing: Drawing, moves: number, pad: number): boolean {
  const { strokes } = drawing;
  const isUnit = strokes.every((stroke) => stroke.every(([x, y]) => x >= 0 && x <= 1 && y >= 0 && y <= 1));
  const side = isUnit ? 1 : Math.max(drawing.width ?? 0, drawing.height ?? 0, 0) || pad;
  const least = moves * side;
  return strokes.some((stroke) =>
    stroke.some(([x, y]) => Math.max(Math.abs(x - stroke[0]![0]), Math.abs(y - stroke[0]![1])) >= least),
  );
}
