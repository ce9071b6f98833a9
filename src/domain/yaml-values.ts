// What plain words mean in YAML 1.1 as PyYAML reads it: `yes` is true, `1:30` is 90, `1e3` is text. Readers of other
// versions differ, so both directions use this one table.

import { exactNumber, type Json } from "#lib/json.ts";
import { type Typed, TypedWord } from "./parameters/typed-values.ts";

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const INTEGER =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/;
const INFINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d{1,2}(?::\d{2})?))?$/;
const OTHERS = /^(?:<<|=)$/;

const NOT_TEXT = [NULL, TRUE, FALSE, INTEGER, FLOAT, INFINITE, DAY, MOMENT, OTHERS];

/** True for text that would be read as something else if it were written without quotes. */
export function meansSomethingElse(text: string): boolean {
  return NOT_TEXT.some((pattern) => pattern.test(text));
}

/** As Python writes integers, with signs, underscores, and in other bases. */
export function isWholeNumber(word: string): boolean {
  return INTEGER.test(word);
}

/** The value of a word without quotes, with its digits. Times stay text, and so does what JSON has no number for. */
export function plainValue(word: string): Json {
  if (NULL.test(word)) return null;
  if (TRUE.test(word)) return true;
  if (FALSE.test(word)) return false;
  const digits = word.replace(/^[-+]/, "").replaceAll("_", "");
  const sign = word.startsWith("-") ? "-" : "";
  if (INTEGER.test(word)) {
    const size = integerOf(digits);
    return exactNumber(size === 0n ? "0" : `${sign}${size}`);
  }
  if (!FLOAT.test(word)) return word;
  if (digits.includes(":"))
    return Number(`${sign}1`) * digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  // JSON wants a digit on either side of the point.
  return exactNumber(sign + digits.replace(/^\./, "0.").replace(/\.(?!\d)/, ".0"));
}

/** The word that a plain scalar is, and what it means. Null is no word: there is nothing to be typed otherwise. */
export function typedWord(word: string): Typed {
  const value = plainValue(word);
  return value === null || value === word ? value : new TypedWord(word, value);
}

function integerOf(digits: string): bigint {
  if (digits.includes(":")) return digits.split(":").reduce((sum, part) => sum * 60n + BigInt(part), 0n);
  return BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
}
