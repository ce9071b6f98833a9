// Turns the address of the page of runs into filters of the API, and into a saved view and back.

import type { StateType } from "#wire/runs/states.ts";
import type { SavedSearch } from "#wire/saved-searches.ts";
import type { Address, Values } from "../../parts/address.ts";
import type { RunFilters } from "../../parts/runs/run-rows.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Ranges by their word in the address: from and to, in milliseconds from now; no end means from there on. */
export const RANGES = {
  "2h": { title: "Last 2 hours", from: -2 * HOUR, to: 0 },
  "24h": { title: "Last 24 hours", from: -DAY, to: 0 },
  "7d": { title: "Last 7 days", from: -7 * DAY, to: 0 },
  "30d": { title: "Last 30 days", from: -30 * DAY, to: 0 },
  next: { title: "Next 24 hours", from: 0, to: DAY },
  all: { title: "All times", from: undefined, to: undefined },
} as const;
export type RangeName = keyof typeof RANGES;
export const USUAL_RANGE: RangeName = "7d";

/** What the reader may filter by, as it is called in the address. */
export const NAMES = ["state", "flow", "deployment", "pool", "tag", "search", "range", "from", "to"] as const;

/** As the rows of the list call them: names of runs of a type, all others are types. */
export const STATES = [
  ...["Running", "Late", "Scheduled", "Pending", "Paused", "Completed", "Failed", "Crashed", "Cancelling", "Cancelled"],
  "Skipped",
] as const;
const NAMED: Record<string, StateType> = { Late: "SCHEDULED", Skipped: "CANCELLED" };

/** The type of the runs that one of `STATES` is about. */
export function typeOf(word: string): StateType {
  return NAMED[word] ?? (word.toUpperCase() as StateType); // the others are types
}

export interface Range {
  /** Milliseconds since 1970; open where it is `undefined`. */
  from: number | undefined;
  to: number | undefined;
}

/** The views that every server has. */
export const BUILT_IN: readonly { name: string; values: Values }[] = [
  { name: "Default view", values: {} },
  { name: "Hide scheduled runs", values: { state: STATES.filter((word) => word !== "Scheduled") } },
  { name: "Failures", values: { state: ["Failed", "Crashed"] } },
  { name: "What comes next", values: { range: "next" } },
];

/** The end of the minute that runs at `now`; both in milliseconds since 1970. */
export function endOfMinute(now: number): number {
  return Math.ceil(now / MINUTE) * MINUTE;
}

/** Of the address: two moments, or a word. `now` is the end of the running minute, so that the same minute asks the same. */
export function rangeOf(address: Address, now: number): Range {
  const [from, to] = [moment(address.one("from")), moment(address.one("to"))];
  if (from !== undefined || to !== undefined) return { from, to };
  const range = RANGES[rangeName(address)];
  return {
    from: range.from === undefined ? undefined : now + range.from,
    to: range.to === undefined ? undefined : now + range.to,
  };
}

export function rangeName(address: Address): RangeName {
  const given = address.one("range");
  return given !== undefined && Object.hasOwn(RANGES, given) ? (given as RangeName) : USUAL_RANGE; // just looked up
}

function moment(text: string | undefined): number | undefined {
  const millis = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(millis) ? undefined : millis;
}

export function filtersOf(address: Address, { from, to }: Range): RunFilters {
  const any = (name: string) => {
    const values = address.all(name);
    return values.length > 0 ? { any_: values } : null;
  };
  const tags = address.all("tag");
  const search = address.one("search");
  const [flow, pool] = [any("flow"), any("pool")];
  return {
    flow_runs: {
      expected_start_time: {
        after_: from === undefined ? null : new Date(from).toISOString(),
        before_: to === undefined ? null : new Date(to).toISOString(),
      },
      state: stateFilter(address.all("state")),
      deployment_id: any("deployment"),
      tags: tags.length > 0 ? { all_: tags } : null,
      name: search ? { like_: search } : null,
    },
    ...(flow ? { flows: { id: flow } } : {}),
    ...(pool ? { work_pools: { name: pool } } : {}),
  };
}

/** The numbers by state and the dots of the chart: what the page of runs reads beside its rows. */
export function countsAndDots(filters: RunFilters) {
  return { ...filters, parts: ["counts" as const, "dots" as const] };
}

function stateFilter(words: readonly string[]) {
  if (words.length === 0) return null;
  const names = words.filter((word) => word in NAMED);
  const types = words.filter((word) => !(word in NAMED)).map(typeOf);
  if (names.length === 0) return { type: { any_: types } };
  if (types.length > 0) return { operator: "or_" as const, type: { any_: types }, name: { any_: names } };
  // By the type too, which has an index.
  return { type: { any_: names.map(typeOf) }, name: { any_: names } };
}

/** A view keeps the address as it is: one filter for each of its values. */
export function viewOf(address: Address): SavedSearch["filters"] {
  return NAMES.flatMap((name) =>
    address.all(name).map((value) => ({
      ...{ object: "flow_run", property: name, type: "address", operation: "equals" },
      value,
    })),
  );
}

/** The values of a saved view; those that Prefect's own UI saved are read as far as they say the same. */
export function valuesOf({ filters }: SavedSearch): Values {
  const values: Record<string, string[]> = {};
  for (const { property, value } of filters) {
    const name = PREFECT[property] ?? property;
    if (!NAMES.some((known) => known === name)) continue;
    const items = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
    values[name] = [...(values[name] ?? []), ...items.map((item) => (name === "state" ? stateWord(item) : item))];
  }
  return Object.fromEntries(NAMES.map((name) => [name, values[name] ?? null]));
}

const PREFECT: Record<string, string> = { flow_id: "flow", deployment_id: "deployment", tags: "tag", name: "search" };

/** `FAILED` is `Failed`. */
function stateWord(given: string): string {
  return given.slice(0, 1).toUpperCase() + given.slice(1).toLowerCase();
}
