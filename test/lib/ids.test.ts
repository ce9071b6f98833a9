import { expect, test } from "bun:test";
import { newId, parseId } from "#lib/ids.ts";

test("new ids are UUIDs in the order they were made", () => {
  const ids = Array.from({ length: 1000 }, newId);
  expect(ids.toSorted()).toEqual(ids);
  expect(ids.every((id) => parseId(id) === id)).toBe(true);
});

const CASES: [text: string, expected: string | null][] = [
  ["0191E5A0-0000-7000-8000-00000000000A", "0191e5a0-0000-7000-8000-00000000000a"],
  ["0191e5a0000070008000 00000000000a", null],
  ["0191e5a000007000800000000000000a", "0191e5a0-0000-7000-8000-00000000000a"],
  ["{0191e5a0-0000-7000-8000-00000000000a}", "0191e5a0-0000-7000-8000-00000000000a"],
  ["urn:uuid:0191e5a0-0000-7000-8000-00000000000a", "0191e5a0-0000-7000-8000-00000000000a"],
  ["urn:0191e5a0", null],
  ["not-a-uuid", null],
  ["", null],
];
for (const [text, expected] of CASES) {
  test(`parseId(${JSON.stringify(text)}) is ${expected}`, () => expect(parseId(text)).toBe(expected));
}
