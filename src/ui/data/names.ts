// Finds the names of flows, deployments and runs by their ids, many in one call, for rows that know the id alone.
import { type Signal, signal } from "@preact/signals";
import { call } from "./call.ts";

type Kind = "flow" | "deployment" | "flowRun" | "taskRun";

const MOST_IDS = 200;

/** The records with these ids. */
const READERS: Record<Kind, (any_: string[]) => Promise<{ id: string; name: string }[]>> = {
  flow: (any_) => call("listFlows", { body: { flows: { id: { any_ } }, limit: MOST_IDS } }),
  deployment: (any_) => call("listDeployments", { body: { deployments: { id: { any_ } }, limit: MOST_IDS } }),
  // Rows of them: a whole run may have parameters of a megabyte.
  flowRun: async (any_) => {
    const body = { flow_runs: { id: { any_ } }, parts: ["rows" as const], limit: MOST_IDS };
    return (await call("readFlowRunPage", { body })).rows ?? [];
  },
  taskRun: (any_) => call("listTaskRuns", { body: { task_runs: { id: { any_ } }, limit: MOST_IDS } }),
};

const known: Record<Kind, Map<string, Signal<string | undefined>>> = {
  ...{ flow: new Map(), deployment: new Map(), flowRun: new Map(), taskRun: new Map() },
};
const wanted: Record<Kind, Set<string>> = {
  ...{ flow: new Set(), deployment: new Set(), flowRun: new Set(), taskRun: new Set() },
};

/** `undefined` while it is looked up. A component that reads it is drawn again when it is there. */
export function nameOf(kind: Kind, id: string): string | undefined {
  let name = known[kind].get(id);
  if (!name) {
    name = signal(undefined);
    known[kind].set(id, name);
    if (wanted[kind].size === 0) queueMicrotask(() => ask(kind));
    wanted[kind].add(id);
  }
  return name.value;
}

async function ask(kind: Kind): Promise<void> {
  const ids = [...wanted[kind]];
  wanted[kind].clear();
  for (let from = 0; from < ids.length; from += MOST_IDS) await askFor(kind, ids.slice(from, from + MOST_IDS));
}

async function askFor(kind: Kind, any_: string[]): Promise<void> {
  try {
    const names = new Map((await READERS[kind](any_)).map(({ id, name }) => [id, name]));
    for (const id of any_) setName(kind, id, names.get(id) ?? "deleted");
  } catch {
    for (const id of any_) known[kind].delete(id); // asked again when it is next drawn
  }
}

function setName(kind: Kind, id: string, name: string): void {
  const signalOf = known[kind].get(id);
  if (signalOf) signalOf.value = name;
}
