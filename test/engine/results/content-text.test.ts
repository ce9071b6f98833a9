// Content as text: equal for equal content, different for all else, none for what has no content to compare.
import { expect, test } from "bun:test";
import { contentText } from "#engine/results/content-text.ts";

const VALUES: unknown[] = [
  ...[null, undefined, true, false, 0, 1, 1.5, "", "0", "null", "true", 1n, "1n", Number.NaN, "NaN"],
  ...[[], {}, [[]], [null], [1, 2], ["1,2"], [[1], 2], [[1, 2]], { a: 1 }, { a: "1" }, { b: 1 }, { a: { b: 1 } }],
  ...[new Date(0), new Date(1), 0.1, new Set(), new Set([1]), new Map(), new Map([[1, 2]]), new Set([[1, 2]])],
  ...[new Uint8Array([1]), new Uint8Array([1, 0]), new Uint16Array([1]), new URL("http://a/"), "http://a/"],
];

test("different values have different texts", () => {
  const texts = VALUES.map((value) => contentText(value));
  expect(texts.filter((text) => text === undefined)).toEqual([]);
  expect(new Set(texts).size).toBe(VALUES.length);
});

test("the order of keys is no difference, nor is a property that is undefined", () => {
  expect(contentText({ a: 1, b: { d: 2, c: 3 } })).toBe(contentText({ b: { c: 3, d: 2 }, a: 1, e: undefined }));
  expect(contentText(Object.assign(Object.create(null), { a: 1 }))).toBe(contentText({ a: 1 }));
  expect(contentText(-0)).toBe(contentText(0));
});

test("a part of a buffer is its own content", () => {
  expect(contentText(new Uint8Array([9, 1, 9]).subarray(1, 2))).toBe(contentText(new Uint8Array([1])));
});

test("what has no content to compare has no text, wherever it lies", () => {
  const loop: unknown[] = [];
  loop.push(loop);
  class Own {}
  for (const value of [() => 1, Symbol("s"), new Own(), new WeakMap(), Promise.resolve(), loop]) {
    expect(contentText(value)).toBeUndefined();
    expect(contentText({ deep: [value] })).toBeUndefined();
    expect(contentText(new Map([["k", value]]))).toBeUndefined();
  }
});
