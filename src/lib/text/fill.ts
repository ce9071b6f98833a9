// Fills the placeholders of texts, and ends before the result grows far beyond them: a name may stand there many times.

import { OrchError } from "../errors.ts";
import { MOST_FILLED_LETTERS } from "../limits.ts";
import { numberText } from "./words-of-numbers.ts";

/**
 * A function that fills texts. `pattern` is a global one whose first group is the name; a name without a value stays as it is.
 * All values that one such function fills in count together: it throws `invalid` when they have more letters than the limit.
 */
export function createFiller(
  pattern: RegExp,
  valueFor: (name: string) => string | undefined,
): (text: string) => string {
  const count = createLetterCount();
  return (text) => text.replace(pattern, (whole: string, name: string) => count(valueFor(name) ?? whole));
}

/** Gives a text back and counts its letters. Throws `invalid` beyond the limit. */
export function createLetterCount(): (text: string) => string {
  let letters = 0;
  return (text) => {
    letters += text.length;
    if (letters <= MOST_FILLED_LETTERS) return text;
    const limit = numberText(MOST_FILLED_LETTERS);
    throw new OrchError(
      "invalid",
      `The template is filled with more than ${limit} letters: use its long values less often.`,
    );
  };
}
