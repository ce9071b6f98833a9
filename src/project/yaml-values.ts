// What plain words mean in YAML 1.1 as PyYAML reads it: `yes` is true, `1:30` is 90, `1e3` is text. Readers of other
// versions differ, so both directions use this one table.

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

/** The value of a word without quotes. Times stay text, and so does what JSON has no number for. */
export function plainValue(word: string): null | boolean | number | string {
  if (NULL.test(word)) return null;
  if (TRUE.test(word)) return true;
  if (FALSE.test(word)) return false;
  if (!INTEGER.test(word) && !FLOAT.test(word)) return word;
  const sign = word.startsWith("-") ? -1 : 1;
  const digits = word.replace(/^[-+]/, "").replaceAll("_", "");
  if (digits.includes(":")) return sign * digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  const isOctal = INTEGER.test(word) && /^0[0-7]/.test(digits);
  return sign * (isOctal ? Number.parseInt(digits, 8) : Number(digits)) + 0; // no negative zero
}
