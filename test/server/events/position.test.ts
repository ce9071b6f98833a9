// How far a listener has read, as text and back.
import { describe, expect, test } from "bun:test";
import { newId } from "#lib/ids.ts";
import { idBefore, parsePosition, positionText, timeBefore } from "#server/events/position.ts";

test("a position comes back from its text as it was", () => {
  const position = { row: newId(), changed: "2026-11-23T12:00:00.123456+00:00", log: 42, deletion: 7 };
  expect(parsePosition(positionText(position))).toEqual(position);
  expect(positionText(position)).toMatch(/^[0-9a-f-]{36}\.\d{16}\.42\.7$/);
});

describe("a text that is no position is none", () => {
  const id = "019aafd0-1f43-7000-8000-000000000000";
  for (const text of [
    "",
    "1",
    id,
    `${id}.`,
    `${id}.x`,
    `${id}.12345678901234567`,
    `x${id.slice(1)}.1`,
    `${id}.1`,
    `${id}.1.1`,
    `${id}.1.1.1 `,
    `${id}.1.x`,
    `${id}.-1`,
  ]) {
    test(`'${text}'`, () => expect(parsePosition(text)).toBeUndefined());
  }
});

describe("the ids before an id", () => {
  const id = "019aafd0-1f43-7123-8456-000000000001";
  const cases: [millis: number, least: string][] = [
    [0, "019aafd0-1f43-0000-0000-000000000000"],
    [5, "019aafd0-1f3e-0000-0000-000000000000"],
    [0x1f44, "019aafcf-ffff-0000-0000-000000000000"],
    [Number.MAX_SAFE_INTEGER, "00000000-0000-0000-0000-000000000000"],
  ];
  for (const [millis, least] of cases) {
    test(`by ${millis} ms begin with ${least}`, () => expect(idBefore(id, millis)).toBe(least));
  }

  test("are less than those made now, but not than those made before", () => {
    const [before, now] = [newId(), newId()];
    expect(idBefore(now, 1_000) < before).toBe(true);
    expect(before < now).toBe(true);
  });
});

test("a time before a time is a time", () => {
  expect(timeBefore("2026-11-23T12:00:00.001000+00:00", 5)).toBe("2026-11-23T11:59:59.996000+00:00");
});
