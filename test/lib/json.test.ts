import { expect, test } from "bun:test";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject, tryParseJson } from "#lib/json.ts";

test("isObject() is true for {…} alone", () => {
  expect([{}, { a: 1 }].every(isObject)).toBe(true);
  expect([null, [], "x", 1, undefined].some(isObject)).toBe(false);
});

test("tryParseJson() gives the value, or undefined for what is no JSON", () => {
  expect(tryParseJson('{"a": [1, null]}')).toEqual({ a: [1, null] });
  expect(tryParseJson("null")).toBeNull();
  expect(tryParseJson("ultimate")).toBeUndefined();
});

test("an OrchError carries its code, its sentence and its cause", () => {
  const cause = new Error("disk full");
  const error = new OrchError("unavailable", "The database could not be written.", { cause });
  expect(error).toMatchObject({ name: "OrchError", code: "unavailable", cause });
  expect(messageOf(error)).toBe("The database could not be written.");
  expect(messageOf("thrown text")).toBe("thrown text");
});
