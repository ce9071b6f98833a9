// Looks at JSON text before it is parsed: how deep and how long it is, and whether a number in it would change. One pass.

export interface JsonLimits {
  /** Of lists and objects within each other. */
  levels: number;
  /** Of values of every kind, about: separators and brackets are counted. */
  values: number;
}

/** Text that is JSON, maybe, but passes a limit. The message completes "The body …". */
export class JsonLimitError extends RangeError {}

/**
 * True when the text may hold a number that JSON.parse would change: an integer of 16 digits, an exponent, `1.0`, `-0`.
 * Text that is no JSON is looked at up to where it stops making sense; JSON.parse refuses it afterwards.
 *
 * @throws JsonLimitError when a limit is passed.
 */
export function scanJson(text: string, most: JsonLimits): boolean {
  let levels = 0;
  let values = 1;
  let changes = false;
  const { length } = text;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfText(text, at);
      if (at === -1) return changes;
    } else if (code === COMMA) {
      values += 1;
      if (values > most.values) throw new JsonLimitError(`has more than ${most.values} values`);
    } else if (code === LIST || code === OBJECT) {
      levels += 1;
      values += 1;
      if (levels > most.levels) throw new JsonLimitError(`is nested deeper than ${most.levels} levels`);
    } else if (code === LIST_END || code === OBJECT_END) {
      levels -= 1;
    } else if (code <= NINE && code >= MINUS) {
      const end = endOfNumber(text, at);
      changes ||= mayChange(text, at, end);
      at = end - 1;
    }
  }
  return changes;
}

const [QUOTE, COMMA, LIST, OBJECT, LIST_END, OBJECT_END, BACKSLASH] = [34, 44, 91, 123, 93, 125, 92];
const [PLUS, MINUS, POINT, ZERO, NINE, SMALL_E, LARGE_E] = [43, 45, 46, 48, 57, 101, 69];

/** Where the quote that ends a text is, or -1. A quote after an odd number of backslashes belongs to the text. */
function endOfText(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return -1;
}

function endOfNumber(text: string, begin: number): number {
  let end = begin + 1;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    const isPart = (code <= NINE && code >= ZERO) || code === POINT || code === SMALL_E || code === LARGE_E;
    if (!isPart && code !== PLUS && code !== MINUS) break;
  }
  return end;
}

/** Of 16 characters and more every number is looked at more closely by the reader. */
const SURE_LENGTH = 15;

function mayChange(text: string, begin: number, end: number): boolean {
  if (end - begin > SURE_LENGTH) return true;
  let isWhole = true;
  let isZero = true;
  for (let at = begin; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === SMALL_E || code === LARGE_E) return true;
    if (code === POINT) {
      isWhole = false;
      isZero = true;
    } else if (code !== ZERO && code !== MINUS) isZero = false;
  }
  // `1.0` and `1.00`; `-0`.
  return isWhole ? isZero && text.charCodeAt(begin) === MINUS : isZero;
}
