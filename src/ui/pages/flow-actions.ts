// Deletes flows, after asking.
import type { Flow } from "#wire/deployments/flows.ts";
import { change } from "../data/query.ts";
import { attempt } from "../parts/forms/attempt.ts";
import { confirm, named } from "../parts/forms/confirm.tsx";
import { shellWord } from "../parts/text/command.tsx";

/** Resolves to whether they are gone. */
export async function removedFlows(flows: readonly Flow[]): Promise<boolean> {
  const title = named(
    "Delete",
    "flow",
    flows.map(({ name }) => name),
  );
  const body = "Their deployments and runs are deleted with them. This cannot be taken back.";
  const command = `orch flow delete ${flows.map(({ name }) => shellWord(name)).join(" ")}`;
  if (!(await confirm({ title, body, command, action: "Delete" }))) return false;
  const act = () => Promise.all(flows.map(({ id }) => change("deleteFlow", { params: { id } })));
  return attempt(act, flows.length === 1 ? `Deleted ${flows[0]?.name}.` : `Deleted ${flows.length} flows.`);
}
