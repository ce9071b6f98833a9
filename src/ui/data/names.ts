// Finds the names of flows and deployments by their ids, many in one call, for rows that know the id alone.
import { type Signal, signal } from "@preact/signals";
import { call } from "./call.ts";

type Kind = "flow" | "deployment";

const known: Record<Kind, Map<string, Signal<string | undefined>>> = { flow: new Map(), deployment: new Map() };
const wanted: Record<Kind, Set<string>> = { flow: new Set(), deployment: new Set() };
const MOST_IDS = 200;

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
    const found =
      kind === "flow"
        ? await call("listFlows", { body: { flows: { id: { any_ } }, limit: MOST_IDS } })
        : await call("listDeployments", { body: { deployments: { id: { any_ } }, limit: MOST_IDS } });
    const names = new Map(found.map(({ id, name }) => [id, name]));
    for (const id of any_) setName(kind, id, names.get(id) ?? "deleted");
  } catch {
    for (const id of any_) known[kind].delete(id); // asked again when it is next drawn
  }
}

function setName(kind: Kind, id: string, name: string): void {
  const signalOf = known[kind].get(id);
  if (signalOf) signalOf.value = name;
}
