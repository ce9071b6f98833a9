// What the page of runs makes of its address, and where its chart puts the dots. Without a browser.
import { describe, expect, test } from "bun:test";
import { zoneClock } from "../../../src/ui/data/zone-clock.ts";
import { BUILT_IN, filtersOf, rangeOf, valuesOf, viewOf } from "../../../src/ui/pages/flow-runs/run-filters.ts";
import type { Address } from "../../../src/ui/parts/address.ts";
import { durationScale, fittedStart, timeScale } from "../../../src/ui/parts/runs/dot-scales.ts";

const NOW = Date.parse("2026-11-27T12:00:00Z");
const HOUR = 3_600_000;

function addressOf(search: string): Address {
  const params = new URLSearchParams(search);
  return {
    one: (name) => params.get(name) ?? undefined,
    all: (name) => params.getAll(name),
    with: () => "",
    set: () => {},
  };
}

describe("the range", () => {
  const cases: [search: string, from: number | undefined, to: number | undefined][] = [
    ["", NOW - 7 * 24 * HOUR, NOW],
    ["range=2h", NOW - 2 * HOUR, NOW],
    ["range=next", NOW, NOW + 24 * HOUR],
    ["range=all", undefined, undefined],
    ["range=constructor", NOW - 7 * 24 * HOUR, NOW],
    ["from=2026-11-01T00:00:00.000Z", Date.parse("2026-11-01T00:00:00Z"), undefined],
    ["range=2h&from=nonsense", NOW - 2 * HOUR, NOW],
  ];
  for (const [search, from, to] of cases) {
    test(`of '${search}'`, () => expect(rangeOf(addressOf(search), NOW)).toEqual({ from, to }));
  }
});

describe("states", () => {
  const open = { from: undefined, to: undefined };
  const stateOf = (search: string) => filtersOf(addressOf(search), open).flow_runs?.state;
  test("are types", () =>
    expect(stateOf("state=Failed&state=Crashed")).toEqual({ type: { any_: ["FAILED", "CRASHED"] } }));
  test("but Late is a name, of scheduled runs: of an index", () =>
    expect(stateOf("state=Late")).toEqual({ type: { any_: ["SCHEDULED"] }, name: { any_: ["Late"] } }));
  test("and Skipped one of cancelled runs, as the rows call them", () =>
    expect(stateOf("state=Skipped")).toEqual({ type: { any_: ["CANCELLED"] }, name: { any_: ["Skipped"] } }));
  test("and both together are either", () => {
    const either = { operator: "or_" as const, type: { any_: ["RUNNING" as const] }, name: { any_: ["Late"] } };
    expect(stateOf("state=Late&state=Running")).toEqual(either);
  });
});

describe("a view", () => {
  const saved = { id: "", created: "", updated: "", name: "mine" };

  test("keeps what the address has", () => {
    const filters = viewOf(addressOf("state=Failed&tag=a&tag=b&range=2h&sort=NAME_ASC"));
    expect(valuesOf({ ...saved, filters })).toMatchObject({
      state: ["Failed"],
      tag: ["a", "b"],
      range: ["2h"],
      flow: null,
    });
  });

  test("Hide scheduled runs has every state but that one", () => {
    const search = new URLSearchParams();
    for (const state of BUILT_IN.find(({ name }) => name === "Hide scheduled runs")?.values["state"] ?? [])
      search.append("state", state);
    const filter = filtersOf(addressOf(`${search}`), { from: undefined, to: undefined }).flow_runs?.state;
    const types = [
      "RUNNING",
      "PENDING",
      "PAUSED",
      "COMPLETED",
      "FAILED",
      "CRASHED",
      "CANCELLING",
      "CANCELLED",
    ] as const;
    expect(filter).toEqual({ operator: "or_", type: { any_: [...types] }, name: { any_: ["Late", "Skipped"] } });
  });

  test("of Prefect's UI says as much of it as the address can", () => {
    const filter = { object: "flow_run", type: "", operation: "any" };
    const filters = [
      { ...filter, property: "state", value: ["FAILED", "Late"] },
      { ...filter, property: "tags", value: ["etl"] },
      { ...filter, property: "start_date", value: "2023-01-01" },
    ];
    expect(valuesOf({ ...saved, filters })).toMatchObject({ state: ["Failed", "Late"], tag: ["etl"], from: null });
  });
});

describe("the chart", () => {
  const plot = { left: 50, top: 10, width: 1000, height: 120 };

  test("has the shortest run below and the longest above, each within it", () => {
    const { at } = durationScale([0, 0.2, 30, 4000], plot);
    const places = [0, 0.2, 30, 4000].map(at);
    expect(places).toEqual(places.toSorted((a, b) => b - a));
    for (const place of places) expect(place >= plot.top && place <= plot.top + plot.height).toBe(true);
    expect(at(0)).toBe(plot.top + plot.height);
  });

  test("begins with its runs where all of them are new, and an hour before the end at least", () => {
    const [week, minute] = [NOW - 7 * 24 * HOUR, HOUR / 60];
    expect(fittedStart(week, NOW, [NOW - minute])).toBe(NOW - HOUR);
    expect(fittedStart(week, NOW, [NOW - 10 * HOUR, NOW])).toBe(NOW - 11 * HOUR);
    for (const at of [[NOW - 24 * HOUR], []]) expect(fittedStart(week, NOW, at)).toBe(week);
  });

  test("of no runs has lines all the same", () => expect(durationScale([], plot).ticks.length).toBeGreaterThan(0));

  test("begins days at midnight of the zone", () => {
    const options = { words: (millis: number) => new Date(millis).toISOString(), clock: zoneClock("Europe/Berlin") };
    const { ticks, at, value } = timeScale(NOW - 7 * 24 * HOUR, NOW, plot, options);
    expect(ticks.map(({ text }) => text.slice(11, 16))).toEqual(ticks.map(() => "23:00"));
    expect(at(NOW)).toBe(1050);
    expect(value(50)).toBe(NOW - 7 * 24 * HOUR);
  });
});
