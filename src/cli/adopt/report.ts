// Counts what becomes of each row that was found, and prints it.
import type { Layout } from "../terminal/layout.ts";
import { table } from "../terminal/output.ts";
import type { Plan } from "./plan.ts";
import { LEFT_OUT, NO_SUCH, PLANS, UNLISTED } from "./plans.ts";
import type { Lacking } from "./server/lacking.ts";

/** Rows of one table. Each is counted once: taken, here, joined or left. */
export interface Tally {
  readonly found: number;
  taken(): void;
  /** Its id is there: an earlier run has taken it. */
  here(): void;
  /** The target has another of this name, which stays. */
  joined(name: string): void;
  left(why: string, name?: string): void;
  /** Of a row that is counted otherwise. */
  changed(why: string): void;
  /** The same, where it is worth knowing that nothing was changed. */
  asItIs(why: string, name: string): void;
  done(): number;
}

interface Note {
  kind: "changed" | "as they are" | "kept" | "left out";
  why: string;
  count: number;
  /** The first of them. */
  names: string[];
}

export interface Line {
  table: string;
  what: string;
  found: number;
  taken: number;
  /** With their ids: nothing was done. */
  known: number;
  /** Another of the name, which was kept. */
  kept: number;
  left_out: number;
  notes: Note[];
}

export interface Tallies {
  of(plan: Plan): Tally;
  lines(): Line[];
}

const MOST_NAMES = 10;
const KEPT = "orch has one of the same name under another id: orch's stays, and what refers to it is joined to it";

/** `lacking`: what could not be read counts as found, and is left out. */
export function createTallies(counts: ReadonlyMap<string, number>, lacking: readonly Lacking[]): Tallies {
  const lines = new Map<string, Line>();

  function lineOf(name: string, what: string): Line {
    const known = lines.get(name);
    if (known) return known;
    const none = { taken: 0, known: 0, kept: 0, left_out: 0, notes: [] };
    const line: Line = withLacking({ table: name, what, found: counts.get(name) ?? 0, ...none });
    lines.set(name, line);
    return line;
  }

  function withLacking(line: Line): Line {
    const own = lacking.filter(({ table }) => table === line.table);
    const count = own.reduce((sum, one) => sum + one.count, 0);
    const notes = own.map((one): Note => ({ kind: "left out", why: one.why, count: one.count, names: [...one.names] }));
    return {
      ...{ ...line, found: line.found + count, left_out: line.left_out + count },
      notes: [...line.notes, ...notes],
    };
  }

  /** What no plan is for. */
  function others(): Line[] {
    const planned = new Set(PLANS.map((plan) => plan.table));
    const names = new Set([...counts.keys(), ...lacking.map((one) => one.table)]);
    return [...names].flatMap((name): Line[] => {
      const found = counts.get(name) ?? 0;
      if (planned.has(name) || UNLISTED.has(name)) return [];
      const notes: Note[] = [{ kind: "left out", why: LEFT_OUT[name] ?? NO_SUCH, count: found, names: [] }];
      const none = { taken: 0, known: 0, kept: 0 };
      const line = { table: name, what: name.replaceAll("_", " "), found, ...none, left_out: found };
      const whole = withLacking({ ...line, notes: found > 0 ? notes : [] });
      return whole.found > 0 ? [whole] : [];
    });
  }

  return {
    of: (plan) => tallyOn(lineOf(plan.table, plan.what)),
    lines: () => [...[...lines.values()].filter(({ found }) => found > 0), ...others()],
  };
}

function tallyOn(line: Line): Tally {
  function note(kind: Note["kind"], why: string, name: string | undefined): void {
    const known = line.notes.find((each) => each.kind === kind && each.why === why);
    const one = known ?? { kind, why, count: 0, names: [] };
    if (!known) line.notes.push(one);
    one.count += 1;
    if (name !== undefined && one.names.length < MOST_NAMES) one.names.push(name);
  }

  return {
    found: line.found,
    taken() {
      line.taken += 1;
    },
    here() {
      line.known += 1;
    },
    joined(name) {
      line.kept += 1;
      note("kept", KEPT, name);
    },
    left(why, name) {
      line.left_out += 1;
      note("left out", why, name);
    },
    changed: (why) => note("changed", why, undefined),
    asItIs: (why, name) => note("as they are", why, name),
    done: () => line.taken + line.known + line.kept + line.left_out,
  };
}

/** One line for each table, then what was not simply taken, with its reason. */
export function reportTable(lines: readonly Line[], isTrial: boolean, width: number): (string | Layout)[] {
  const shown = ["found", "taken", "known", "kept", "left_out"] as const;
  const rows = lines.map((line) => [line.what, ...shown.map((column) => line[column].toLocaleString("en"))]);
  const head = ["What", "Found", "Taken", "Known", "Kept", "Left out"];
  return [
    table(isTrial ? "What would be taken over" : "What was taken over", head, rows, width),
    ...lines.flatMap(({ what, notes }) => notes.map((note) => noteText(what, note))),
  ];
}

function noteText(what: string, { kind, why, count, names }: Note): string {
  return `${what}: ${count.toLocaleString("en")} ${kind}: ${why}${inBrackets(names, count)}.`;
}

/** The first names of so many, after a space; empty where none has a name. */
export function inBrackets(names: readonly string[], count: number, between = ", "): string {
  const first = names.slice(0, MOST_NAMES);
  if (first.length === 0) return "";
  const more = count > first.length ? ` and ${(count - first.length).toLocaleString("en")} more` : "";
  return ` (${first.join(between)}${more})`;
}
