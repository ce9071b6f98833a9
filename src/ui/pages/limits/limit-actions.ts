// Frees and deletes concurrency limits, after asking.
import type { ConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import { change } from "../../data/query.ts";
import { attempt } from "../../parts/forms/attempt.ts";
import { confirm, named } from "../../parts/forms/confirm.tsx";
import { shellWord } from "../../parts/text/command.tsx";

/** Resolves to whether its slots are free. */
export async function freed(limit: ConcurrencyLimit): Promise<boolean> {
  const title = `Free the slots of ${limit.tag}?`;
  const body = "Task runs that hold them go on, so for a while more may run than the limit allows.";
  const command = `orch concurrency-limit reset ${shellWord(limit.tag)}`;
  if (!(await confirm({ title, body, command, action: "Free all slots" }))) return false;
  const act = () => change("resetConcurrencyLimit", { params: { tag: limit.tag }, body: {} });
  return attempt(act, `The slots of ${limit.tag} are free.`);
}

/** Resolves to whether they are gone. */
export async function removed(limits: readonly ConcurrencyLimit[]): Promise<boolean> {
  const tags = limits.map(({ tag }) => tag);
  const body = "Task runs with these tags no longer wait for each other.";
  const command = tags.map((tag) => `orch concurrency-limit delete ${shellWord(tag)}`).join(" && ");
  const title = named("Delete", "concurrency limit", tags);
  if (!(await confirm({ title, body, command, action: "Delete" }))) return false;
  const act = () => Promise.all(limits.map(({ id }) => change("deleteConcurrencyLimit", { params: { id } })));
  return attempt(act, tags.length === 1 ? `Deleted the limit of ${tags[0]}.` : `Deleted ${tags.length} limits.`);
}
