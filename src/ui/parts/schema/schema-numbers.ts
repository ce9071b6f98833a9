// Compares numbers of JSON by their digits, so that neither long integers nor decimal fractions are rounded.
import { type ExactNumber, isExact } from "#lib/json.ts";

export type JsonNumber = number | ExactNumber;

/** `digits` divided by ten to the power of `scale`. */
interface Decimal {
  digits: bigint;
  scale: number;
}

/** Beyond this exponent a number is compared as the browser rounds it. */
const MOST_SCALE = 1_000;
const DECIMAL = /^(-?\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;

export function isNumber(value: unknown): value is JsonNumber {
  return typeof value === "number" || isExact(value);
}

export function textOfNumber(value: JsonNumber): string {
  return isExact(value) ? value.rawJSON : String(value);
}

/** Below 0 when the first is less, 0 when both are the same number. */
export function compared(one: JsonNumber, other: JsonNumber): number {
  const [left, right] = aligned(one, other);
  if (left !== undefined && right !== undefined) return left < right ? -1 : left > right ? 1 : 0;
  const [first, second] = [Number(textOfNumber(one)), Number(textOfNumber(other))];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** Whether it is a whole multiple, as 0.3 is of 0.1. What is too long to tell counts as one. */
export function isMultiple(value: JsonNumber, of: JsonNumber): boolean {
  const [digits, step] = aligned(value, of);
  return digits === undefined || step === undefined || step === 0n || digits % step === 0n;
}

/** The digits of both at the same scale. */
function aligned(one: JsonNumber, other: JsonNumber): [bigint, bigint] | [undefined, undefined] {
  const [first, second] = [decimalOf(one), decimalOf(other)];
  if (!first || !second) return [undefined, undefined];
  const scale = Math.max(first.scale, second.scale);
  const at = ({ digits, scale: own }: Decimal) => digits * 10n ** BigInt(scale - own);
  return [at(first), at(second)];
}

function decimalOf(value: JsonNumber): Decimal | undefined {
  const [, whole, fraction = "", exponent = "0"] = DECIMAL.exec(textOfNumber(value)) ?? [];
  const scale = fraction.length - Number(exponent);
  if (whole === undefined || Math.abs(scale) > MOST_SCALE) return undefined;
  return { digits: BigInt(whole + fraction), scale };
}
