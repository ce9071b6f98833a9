// The coercions of pydantic 1, as clients of the old server rely on them.
import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import {
  bool,
  duration,
  float,
  integer,
  jsonObject,
  maybe,
  oneOf,
  orDefault,
  text,
  timestamp,
  uuid,
} from "#wire/primitives.ts";

const REFUSED = Symbol("refused");

function read(schema: v.GenericSchema, input: unknown): unknown {
  const result = v.safeParse(schema, input);
  return result.success ? result.output : REFUSED;
}

function refusal(schema: v.GenericSchema, input: unknown): [message: string, type: string | null] {
  const issue = v.safeParse(schema, input).issues?.[0];
  if (!issue) throw new Error("the input was accepted");
  return [issue.message, issue.expected];
}

const CASES: [name: string, schema: v.GenericSchema, input: unknown, expected: unknown][] = [
  ["text", text(), "a", "a"],
  ["text", text(), 5, "5"],
  ["text", text(), true, "True"],
  ["text", text(), false, "False"],
  ["text", text(), [], REFUSED],
  ["text", text(), null, REFUSED],
  ["text of at most 2", text({ max: 2 }), "abc", REFUSED],
  ["a slug", text({ pattern: /^[a-z0-9-]*$/ }), "My Block", REFUSED],
  ["a name", text({ name: true }), "say hi", "say hi"],
  ["a name", text({ name: true }), "a/b", REFUSED],
  ["integer", integer(), 5, 5],
  ["integer", integer(), "5", 5],
  ["integer", integer(), 5.9, 5],
  ["integer", integer(), true, 1],
  ["integer", integer(), "five", REFUSED],
  ["integer", integer(), "", REFUSED],
  ["integer of at least 0", integer({ min: 0 }), -1, REFUSED],
  ["integer of at most 9", integer({ max: 9 }), 10, REFUSED],
  ["float", float(), "0.5", 0.5],
  ["float", float(), {}, REFUSED],
  ["float above 0", float({ above: 0 }), 0, REFUSED],
  ["bool", bool(), true, true],
  ["bool", bool(), "on", true],
  ["bool", bool(), "No", false],
  ["bool", bool(), 0, false],
  ["bool", bool(), "maybe", REFUSED],
  ["uuid", uuid(), "0191E5A000007000800000000000000A", "0191e5a0-0000-7000-8000-00000000000a"],
  ["uuid", uuid(), "x", REFUSED],
  ["uuid", uuid(), 5, REFUSED],
  ["timestamp", timestamp(), "2026-11-23T06:34:15Z", "2026-11-23T06:34:15.000000+00:00"],
  ["timestamp", timestamp(), 1_700_000_000, REFUSED],
  ["duration", duration(), "PT1H", 3600],
  ["duration", duration(), 90, 90],
  ["duration", duration(), "soon", REFUSED],
  ["object", jsonObject(), { a: 1 }, { a: 1 }],
  ["object", jsonObject(), [], REFUSED],
  ["one of", oneOf(["and_", "or_"]), "or_", "or_"],
  ["one of", oneOf(["and_", "or_"]), "xor_", REFUSED],
  ["maybe text", maybe(text()), null, null],
  ["maybe text", maybe(text()), undefined, null],
  ["text or default", orDefault(text(), () => "x"), undefined, "x"],
  ["text or default", orDefault(text(), () => "x"), null, REFUSED],
];

for (const [name, schema, input, expected] of CASES) {
  const outcome = expected === REFUSED ? "is refused" : `reads as ${JSON.stringify(expected)}`;
  test(`${name}: ${JSON.stringify(input)} ${outcome}`, () => expect(read(schema, input)).toEqual(expected));
}

describe("a refusal carries the old message and the old type", () => {
  const REFUSALS: [schema: v.GenericSchema, input: unknown, message: string, type: string][] = [
    [uuid(), "x", "value is not a valid uuid", "type_error.uuid"],
    [text(), null, "none is not an allowed value", "type_error.none.not_allowed"],
    [integer({ min: 0 }), -1, "ensure this value is greater than or equal to 0", "value_error.number.not_ge"],
    [oneOf(["A", "B"]), "C", "value is not a valid enumeration member; permitted: 'A', 'B'", "type_error.enum"],
    [
      text({ name: true }),
      "a/b",
      "Name 'a/b' contains an invalid character. Must not contain any of: ['/', '%', '&', '>', '<'].",
      "value_error.invalidname",
    ],
  ];
  for (const [schema, input, message, type] of REFUSALS) {
    test(type, () => expect(refusal(schema, input)).toEqual([message, type]));
  }
});
