import { expect, test } from "bun:test";
import { messageOf, OrchError } from "#lib/errors.ts";
import {
  copyJson,
  exactNumber,
  isObject,
  isTooDeep,
  type Json,
  parseJson,
  tryParseJson,
  withNumbers,
  writtenExactly,
} from "#lib/json.ts";

test("isObject() is true for {…} alone", () => {
  expect([{}, { a: 1 }].every(isObject)).toBe(true);
  expect([null, [], "x", 1, undefined].some(isObject)).toBe(false);
});

test("tryParseJson() gives the value, or undefined for what is no JSON", () => {
  expect(tryParseJson('{"a": [1, null]}')).toEqual({ a: [1, null] });
  expect(tryParseJson("null")).toBeNull();
  expect(tryParseJson("ultimate")).toBeUndefined();
});

const KEPT = [
  "9007199254740993",
  "-12345678901234567890",
  "1152921504606847000",
  "1E400",
  "-1e-400",
  "1.0",
  "-0",
  "-0.0",
  "1e5",
  "100.00",
  "123456789012.999999",
];
for (const literal of KEPT) {
  test(`T6: ${literal} keeps its digits, wherever it is in a text`, () => {
    for (const text of [literal, `[${literal}]`, `{"a":${literal}}`, `[1,${literal},"x"]`, ` ${literal} `]) {
      expect(JSON.stringify(parseJson(text))).toBe(text.trim());
    }
    expect(isObject(parseJson(literal))).toBe(false);
  });
}

test("a number that says the same is a number", () => {
  for (const literal of ["0", "5", "-7", "1.5", "0.1", "1e-7", "9007199254740991", "1e21", "1.50"]) {
    expect(exactNumber(literal)).toBe(Number(literal));
  }
});

test("the look at the text finds every number that would change: 100,000 random ones", () => {
  let seed = 7;
  const random = (most: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * most);
  };
  const digits = (most: number) => Array.from({ length: 1 + random(most) }, () => "0099123456"[random(10)]).join("");
  for (let turn = 0; turn < 100_000; turn += 1) {
    const fraction = random(2) ? `.${digits(22)}` : "";
    const exponent = random(5) ? "" : `e${["", "-", "+"][random(3)]}${digits(3)}`;
    const literal = `${random(2) ? "-" : ""}${BigInt(digits(20))}${fraction}${exponent}`;
    const kept = JSON.stringify([exactNumber(literal)]);
    if (JSON.stringify(parseJson(`[${literal}]`)) !== kept) throw new Error(`${literal} is not found`);
  }
});

test("programs get numbers, and bigints beyond them", () => {
  const value = parseJson('{"id":9007199254740993,"one":[1.0],"huge":1E400,"__proto__":{"a":2.0}}');
  const expected = JSON.parse('{"__proto__":{"a":2}}');
  expect(withNumbers(value)).toEqual({ ...expected, id: 9007199254740993n, one: [1], huge: Number.POSITIVE_INFINITY });
  expect(Object.keys(withNumbers(value) as object)).toContain("__proto__");
});

test("numbers of programs are written so that others read the same number", () => {
  expect([5, -0, 2 ** 60, 1e21].map((number) => JSON.stringify(writtenExactly(number)))).toEqual([
    ...["5", "-0.0", "1152921504606846976", "1e+21"],
  ]);
});

test("a copy keeps the digits and shares nothing", () => {
  const value = parseJson('{"a":[9007199254740993,{"b":1.0}]}') as { a: Json[] };
  const copy = copyJson(value);
  expect(JSON.stringify(copy)).toBe('{"a":[9007199254740993,{"b":1.0}]}');
  copy.a.push(1);
  expect(value.a).toHaveLength(2);
});

test("depth counts lists and objects", () => {
  const deep = (levels: number) => parseJson("[".repeat(levels) + "]".repeat(levels));
  expect([500, 501].map((levels) => isTooDeep(deep(levels)))).toEqual([false, true]);
});

test("an OrchError carries its code, its sentence and its cause", () => {
  const cause = new Error("disk full");
  const error = new OrchError("unavailable", "The database could not be written.", { cause });
  expect(error).toMatchObject({ name: "OrchError", code: "unavailable", cause });
  expect(messageOf(error)).toBe("The database could not be written.");
  expect(messageOf("thrown text")).toBe("thrown text");
});
