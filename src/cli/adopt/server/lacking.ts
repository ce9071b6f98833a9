// Notes what a server of Prefect has and could not send, so that the report names it.
import type { JsonObject } from "#lib/json.ts";
import type { Unsent } from "./paging.ts";

/** Objects of one table, by one reason. */
export interface Lacking {
  table: string;
  why: string;
  count: number;
  /** What names each, as far as that is known. */
  names: readonly string[];
}

export interface LackingNotes {
  /** One that the server answers with an error; once for each name. */
  unsent(table: string, name: string): void;
  /** Names an object that was noted only by its place in a list. False when there is none. */
  rename(table: string, name: string): boolean;
  /** An object noted by its place was read in another way: its note is removed. */
  found(table: string): void;
  /** Those that the server counts and does not show. */
  uncounted(table: string, count: number): void;
  unsentOf(table: string): number;
  /** Before a table is read again. */
  forget(table: string): void;
  all(): Lacking[];
}

const UNSENT =
  "Prefect's server answers with an error when it is asked for them, and its own log says why. Adopt again when it can send them, or adopt its database where that is a file";
const UNCOUNTED =
  "Prefect's server says that it has more of them than it lists. Run orch adopt again, or give its database file";

export function createLackingNotes(): LackingNotes {
  const unsent = new Map<string, Set<string>>();
  const uncounted = new Map<string, number>();
  const of = (table: string) => {
    const known = unsent.get(table) ?? new Set();
    unsent.set(table, known);
    return known;
  };
  function dropPlaced(table: string): boolean {
    const placed = [...of(table)].find((name) => name.startsWith(BY_PLACE));
    return placed !== undefined && of(table).delete(placed);
  }

  return {
    unsent: (table, name) => {
      of(table).add(name);
    },
    rename(table, name) {
      if (!dropPlaced(table)) return false;
      of(table).add(name);
      return true;
    },
    found: (table) => {
      dropPlaced(table);
    },
    uncounted: (table, count) => {
      uncounted.set(table, count);
    },
    unsentOf: (table) => of(table).size,
    forget: (table) => {
      unsent.delete(table);
    },
    all: () => [
      ...[...unsent].flatMap(([table, names]) =>
        names.size > 0 ? [{ table, why: UNSENT, count: names.size, names: [...names] }] : [],
      ),
      ...[...uncounted].map(([table, count]) => ({ table, why: UNCOUNTED, count, names: [] })),
    ],
  };
}

const BY_PLACE = "the one ";

/** Describes an unknown object by its neighbours in the list. */
export function placeName({ before, after }: Unsent): string {
  if (before && after) return `${BY_PLACE}between ${labelOf(before)} and ${labelOf(after)}`;
  if (before) return `${BY_PLACE}after ${labelOf(before)}`;
  return after ? `${BY_PLACE}before ${labelOf(after)}` : `${BY_PLACE}that is alone`;
}

function labelOf({ id, name, key, timestamp }: JsonObject): string {
  const given = name ?? key ?? timestamp;
  return typeof given === "string" ? `'${given}' (${id})` : String(id);
}
