// Names the limits on what a request may bring, in one place. The sentence of a refusal says which was passed, and its number.
// They keep a request from stopping the server for more than 100 ms, or from taking more than some times its own size.

const KB = 1024;
const MB = 1024 * KB;

/** Of one body. Batches of logs have 4 MB at most. */
export const MOST_BODY_BYTES = 8 * MB;
/** Of all bodies that are under way at the same time. */
export const MOST_BODIES_BYTES = 64 * MB;
/** From here on a body is read piece by piece, counted and timed, and checked in steps. */
export const LARGE_BODY_BYTES = 64 * KB;
/** In which a large body has to arrive. */
export const MOST_BODY_SECONDS = 60;

/** Deeper than this no value is stored: SQLite and Python's reader stop at 1,000 levels, with what is around it. */
export const MOST_LEVELS = 500;
/** Of a whole text: a value of the deepest kind, and what is around it in a body or an answer. */
export const MOST_TEXT_LEVELS = 600;
/** Of a body: its numbers, texts, lists, objects, … all together. */
export const MOST_VALUES = 200_000;
/** Of one list in a body, a filter's too. */
export const MOST_ITEMS = 50_000;
/** Of the text that a filter searches for. */
export const MOST_PATTERN_LENGTH = 5_000;

/** Faults that a 422 lists. */
export const MOST_FAULTS = 100;
/** Of a list that is longer, only the first fault is looked for. */
export const LONG_LIST = 100;
/** Of a body that a 422 repeats. */
export const MOST_ECHO_LENGTH = 10_000;
/** Of one sentence of a refusal. */
export const MOST_SENTENCE_LENGTH = 2_000;
/** Of a text of the caller that a sentence repeats. */
export const MOST_QUOTED_LENGTH = 500;

export const TOO_LARGE = `The body is larger than ${MOST_BODY_BYTES / MB} MB.`;
export const TOO_MUCH = `Bodies of ${MOST_BODIES_BYTES / MB} MB are being received already: try again later.`;
export const TOO_SLOW = `The body has not come within ${MOST_BODY_SECONDS} seconds.`;

/** At most so many characters; the cut is shown, and never within a character of two halves. */
export function shortened(text: string, most = MOST_QUOTED_LENGTH): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "")}… (${text.length - most} more characters)`;
}
