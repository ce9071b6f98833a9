// Catch-up and overlap policies as people write them.
import { expect, test } from "bun:test";
import { catchupText, readCatchup, readOverlap, spanSeconds } from "#domain/catchup.ts";

test.each<[string, number | undefined]>([
  ["6h", 21_600],
  ["90 min", 5400],
  ["1h30m", 5400],
  ["2 days 12 hours", 216_000],
  ["1w", 604_800],
  ["45s", 45],
  ["1.5h", 5400],
  ["3600", 3600],
  ["PT6H", 21_600],
  ["06:00:00", 21_600],
  ["6 parsecs", undefined],
  ["soon", undefined],
  ["6h!", undefined],
])("'%s' is %p seconds", (text, seconds) => {
  expect(spanSeconds(text)).toBe(seconds);
});

test.each<[unknown, unknown]>([
  ["all", "all"],
  ["last", "last"],
  ["none", "none"],
  ["within 6h", { within: 21_600 }],
  ["within=90min", { within: 5400 }],
  ["within: 1d", { within: 86_400 }],
  [{ within: "6h" }, { within: 21_600 }],
  [{ within: 60 }, { within: 60 }],
])("%j is read", (given, expected) => {
  expect(readCatchup(given, "x")).toEqual(expected as never);
});

test("anything else is refused", () => {
  for (const given of [
    "",
    "some",
    "within",
    "within soon",
    "within 0s",
    { within: -1 },
    { within: 1, more: 1 },
    false,
    6,
    [],
  ]) {
    expect(() => readCatchup(given, "'catchup'")).toThrow(
      "'catchup' is all, last, none, or within and a length of time",
    );
  }
});

test("what is written is read again as the same", () => {
  for (const catchup of ["all", "last", "none", { within: 5400 }, { within: 90_061.5 }] as const) {
    expect(readCatchup(catchupText(catchup), "x")).toEqual(catchup);
  }
});

test("an overlap is one of four", () => {
  expect(readOverlap("cancel-older", "x")).toBe("cancel-older");
  expect(() => readOverlap("forbid", "--overlap")).toThrow(
    "--overlap is allow, skip, wait or cancel-older; not 'forbid'.",
  );
});

test.each(["within 520w 30d 200d", "within 99999d", { within: 1e12 }])(
  "D17: %j is longer than a policy may look back",
  (given) => {
    expect(() => readCatchup(given, "--catchup")).toThrow("--catchup is within ten years at most; not ");
  },
);
